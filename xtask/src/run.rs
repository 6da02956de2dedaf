//! `cargo xtask run`: build, then start rollcall.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Context;

use crate::build;

/// What `cargo xtask run` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Arguments for rollcall; without any it serves the page
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    rollcall: Vec<OsString>,
}

/// Builds, then becomes rollcall, which opens the page in the browser, so that signals reach it and its exit code is this one's.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let binary = build::build()?;
    let mut command = Command::new(&binary);
    command.args(args.rollcall);
    // A variable, which only the server heeds, and which a flag outdoes.
    if std::env::var_os("ROLLCALL_OPEN").is_none() {
        command.env("ROLLCALL_OPEN", "true");
    }
    become_it(&mut command).with_context(|| format!("could not start {}", binary.display()))
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
