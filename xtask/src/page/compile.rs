//! Compiles the page's programs for the browser.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::workspace::{self, call, cargo};

const TRIPLE: &str = "wasm32-unknown-unknown";

/// The paths of the wasm files.
pub(crate) struct Built {
    /// The page.
    pub(crate) page: PathBuf,
    /// Its worker.
    pub(crate) worker: PathBuf,
    /// The program that the worker extracts sheets of workbooks with.
    pub(crate) workbook: PathBuf,
}

/// Compiles the page's programs with the profile `web`.
pub(crate) fn compile() -> anyhow::Result<Built> {
    install_target()?;
    let target = workspace::target();
    // Panics name the file they happened in. With paths of this machine, the page's size and its names
    // would depend on where the crates are.
    let registry = cargo_home()?.join("registry/src");
    let remap = [workspace::root(), &registry]
        .map(|folder| format!("--remap-path-prefix={}=", folder.display()));
    let flags = serde_json::to_string(&remap)?;
    call(
        cargo()
            .args(["--config", &format!("target.{TRIPLE}.rustflags={flags}")])
            .args([
                "build",
                "--profile=web",
                "--package=frontend",
                "--package=worker",
                "--package=workbook",
                "--bin=frontend",
                "--bin=worker",
                "--bin=workbook",
            ])
            .args(["--target", TRIPLE])
            .arg("--target-dir")
            .arg(&target),
    )?;
    let built = target.join(TRIPLE).join("web");
    Ok(Built {
        page: built.join("frontend.wasm"),
        worker: built.join("worker.wasm"),
        workbook: built.join("workbook.wasm"),
    })
}

/// Returns the folder where cargo keeps the crates' sources.
fn cargo_home() -> anyhow::Result<PathBuf> {
    match env::var_os("CARGO_HOME") {
        Some(folder) => Ok(workspace::root().join(folder)),
        None => Ok(env::home_dir()
            .context("there is no home folder")?
            .join(".cargo")),
    }
}

/// Installs Rust's standard library for the browser if it is missing.
fn install_target() -> anyhow::Result<()> {
    let output = Command::new("rustc")
        .current_dir(workspace::root())
        .args(["--print", "target-libdir", "--target", TRIPLE])
        .output()
        .context("could not start rustc: install Rust from https://rustup.rs")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if output.status.success() && folder.is_dir() {
        return Ok(());
    }
    call(Command::new("rustup").current_dir(workspace::root()).args(["target", "add", TRIPLE]))
        .with_context(|| format!("Rust's {TRIPLE} target is missing: install Rust from https://rustup.rs, or install this target with your system's packages"))
}
