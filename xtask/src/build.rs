//! `cargo xtask build`: the one binary, with the page inside; or the functions for AWS Lambda.

use std::path::PathBuf;

use crate::lambda::{self, Architecture};
use crate::{page, workspace};

/// What `cargo xtask build` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build the functions for AWS Lambda, as zips in target/lambda
    #[arg(long)]
    lambda: bool,
    /// What the functions run on
    #[arg(long, value_enum, default_value = "arm64", requires = "lambda")]
    arch: Architecture,
}

/// Builds what is asked for.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    if args.lambda {
        lambda::build(args.arch)
    } else {
        build().map(drop)
    }
}

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
