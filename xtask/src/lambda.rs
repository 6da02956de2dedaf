//! `cargo xtask build --lambda`: both functions as zips for Amazon Linux, built on any machine.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::{needs, workspace};

/// The glibc version of Amazon Linux 2023. The functions must run with it.
const GLIBC: &str = "2.34";

/// The functions. Each becomes a zip of this name in `target/lambda`.
const FUNCTIONS: [&str; 2] = ["api", "fetcher"];

/// A processor architecture of Lambda.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Architecture {
    /// AWS Graviton, which costs a fifth less.
    Arm64,
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// Returns the architecture of this machine, on which an emulator runs the functions.
    pub(crate) fn host() -> Self {
        match env::consts::ARCH {
            "aarch64" => Self::Arm64,
            _ => Self::X86_64,
        }
    }

    /// Returns Lambda's name of the architecture.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// Builds both functions as zips in `target/lambda`. Each zip has the program `bootstrap` at its root.
pub(crate) fn build(architecture: Architecture) -> anyhow::Result<()> {
    let python = needs::aws_python()?;
    let target = workspace::target();
    let folder = target.join("lambda");
    let built = folder.join(architecture.name());
    let mut command = Command::new(python.with_file_name("cargo-lambda"));
    command
        .current_dir(workspace::root())
        .env("PATH", path_with(&python)?)
        .env("CARGO_TARGET_DIR", &target)
        .args(["lambda", "build", "--profile", "lambda"])
        .args(["--target", &format!("{}.{GLIBC}", architecture.target())])
        .args(["--features", "backend/lambda,fetcher/lambda"])
        .args(["--package", "backend", "--package", "fetcher"])
        .arg("--lambda-dir")
        .arg(&built);
    for function in FUNCTIONS {
        command.args(["--bin", function]);
    }
    workspace::call(&mut command)?;
    let bootstrap = |function: &str| built.join(function).join("bootstrap");
    for zip in pack(&python, bootstrap, &folder)? {
        let bytes = fs::metadata(&zip)
            .with_context(|| format!("could not read {}", zip.display()))?
            .len();
        eprintln!(
            "built {} for {}: {:.1} MB",
            zip.display(),
            architecture.name(),
            bytes as f64 / 1e6
        );
    }
    Ok(())
}

/// Packs the functions into zips in a folder. Returns their paths.
pub(crate) fn pack(
    python: &Path,
    bootstrap: impl Fn(&str) -> PathBuf,
    folder: &Path,
) -> anyhow::Result<[PathBuf; 2]> {
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    let zips = FUNCTIONS.map(|function| folder.join(format!("{function}.zip")));
    for (function, zip) in FUNCTIONS.into_iter().zip(&zips) {
        workspace::call(
            Command::new(python)
                .arg(workspace::root().join("infra/pack.py"))
                .arg(bootstrap(function))
                .arg(zip),
        )?;
    }
    Ok(zips)
}

/// Returns `PATH` with this Python's folder first, so that cargo-lambda finds the Zig there.
fn path_with(python: &Path) -> anyhow::Result<OsString> {
    let own = python.parent().map(PathBuf::from);
    let rest = env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(env::split_paths(&rest));
    env::join_paths(all)
        .context("PATH has an entry that can't be joined: it contains a colon or a quote")
}
