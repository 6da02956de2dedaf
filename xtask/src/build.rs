//! `cargo xtask build`: the binary with the page inside, or the functions for AWS Lambda.

use std::path::PathBuf;

use crate::lambda::{self, Architecture};
use crate::{page, workspace};

/// What `cargo xtask build` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build the functions for AWS Lambda, as zips in target/lambda
    #[arg(long)]
    lambda: bool,
    /// The processor that the functions run on
    #[arg(long, value_enum, default_value = "arm64", requires = "lambda")]
    arch: Architecture,
}

/// Builds the binary or the functions.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    if args.lambda {
        lambda::build(args.arch)
    } else {
        build().map(drop)
    }
}

/// Builds the page and the binary that embeds it. Returns the path of the binary.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    page::build()?;
    binary()
}

/// Builds the binary with the page in `target/page`, if there is one. Returns its path.
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
