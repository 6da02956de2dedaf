//! `cargo xtask build`: the one binary, with the page inside.

use std::path::PathBuf;

use crate::{page, workspace};

/// Builds the page, then the binary that embeds it; answers where the binary is.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    page::page()?;
    binary()
}

/// Builds the binary with the page that stands in `target/page`, if any; answers where it is.
pub(crate) fn binary() -> anyhow::Result<PathBuf> {
    let target = workspace::target();
    workspace::call(
        workspace::cargo()
            .args(["build", "--release", "--package", "rollcall"])
            .arg("--target-dir")
            .arg(&target),
    )?;
    let binary = target
        .join("release/rollcall")
        .with_extension(std::env::consts::EXE_EXTENSION);
    eprintln!("built {}", binary.display());
    Ok(binary)
}
