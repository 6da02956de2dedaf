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

/// Builds, then runs rollcall, which opens the page in the browser.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let binary = build::build()?;
    let mut command = Command::new(&binary);
    command.args(args.rollcall);
    // A variable, not a flag: commands other than `serve` ignore it, and the user's flag overrides it.
    if std::env::var_os("ROLLCALL_OPEN").is_none() {
        command.env("ROLLCALL_OPEN", "true");
    }
    replace_process(&mut command).with_context(|| format!("could not start {}", binary.display()))
}

/// Replaces this process by the command, so that signals reach it and its exit code is ours.
#[cfg(unix)]
fn replace_process(command: &mut Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn replace_process(command: &mut Command) -> anyhow::Result<()> {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(crate::Reported::from(status).into()),
    }
}
