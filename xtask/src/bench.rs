//! `cargo xtask bench`: builds what is measured, then runs the measurements of `benches/`.

use crate::{build, workspace};

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measure the peak memory of `rollcall serve` instead
    #[arg(long)]
    memory: bool,
    /// Measure the cold start of the functions for AWS Lambda instead
    #[arg(long, conflicts_with = "memory")]
    lambda: bool,
}

/// Builds and measures.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let (benchmark, path) = match args {
        Args { lambda: true, .. } => ("cold-start", functions()?),
        Args { memory: true, .. } => ("memory", build::binary()?),
        _ => ("fetch", build::binary()?),
    };
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--package", "benches", "--target-dir"]);
    command.arg(workspace::target());
    command.args(["--", benchmark]).arg(path);
    workspace::call(&mut command)
}

/// Builds the functions, and an empty one to compare them with. Returns their folder.
///
/// It is one build, so that all have the same dependencies, features and profile.
fn functions() -> anyhow::Result<std::path::PathBuf> {
    let target = workspace::target();
    let mut command = workspace::cargo();
    command
        .args(["build", "--profile", "lambda", "--target-dir"])
        .arg(&target)
        .args(["--features", "benches/hello,backend/lambda,fetcher/lambda"]);
    for (package, function) in [
        ("benches", "hello"),
        ("backend", "api"),
        ("fetcher", "fetcher"),
    ] {
        command.args(["--package", package, "--bin", function]);
    }
    workspace::call(&mut command)?;
    Ok(target.join("lambda"))
}
