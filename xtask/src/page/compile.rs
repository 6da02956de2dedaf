//! The frontend, compiled for the browser.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::workspace::{self, call, cargo};

const TRIPLE: &str = "wasm32-unknown-unknown";

/// Compiles the frontend with the profile `web`; answers where the wasm file is.
pub(crate) fn compile() -> anyhow::Result<PathBuf> {
    install_target()?;
    let target = workspace::target();
    call(
        cargo()
            .args([
                "build",
                "--profile",
                "web",
                "--package",
                "frontend",
                "--bin",
                "frontend",
            ])
            .args(["--target", TRIPLE])
            .arg("--target-dir")
            .arg(&target),
    )?;
    Ok(target.join(TRIPLE).join("web/frontend.wasm"))
}

/// Gets Rust's standard library for the browser where it is missing.
fn install_target() -> anyhow::Result<()> {
    let answer = Command::new("rustc")
        .current_dir(workspace::root())
        .args(["--print", "target-libdir", "--target", TRIPLE])
        .output()
        .context("could not start rustc: install Rust from https://rustup.rs")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    if answer.status.success() && folder.is_dir() {
        return Ok(());
    }
    call(Command::new("rustup").current_dir(workspace::root()).args(["target", "add", TRIPLE]))
        .with_context(|| format!("Rust's {TRIPLE} target is missing: install Rust from https://rustup.rs, or this target as your system has it"))
}
