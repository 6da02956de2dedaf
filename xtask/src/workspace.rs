//! The workspace's folder, and calls of its tools.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, bail};

static ROOT: OnceLock<PathBuf> = OnceLock::new();

/// Finds the workspace of the current folder. Call this once, before everything else here.
///
/// The path isn't compiled in. Otherwise, in a copy of a checkout with its `target` folder, this
/// program would build the original.
pub(crate) fn find() -> anyhow::Result<()> {
    let current = env::current_dir().context("there is no current folder")?;
    let mut folders = current.ancestors();
    let Some(root) = folders.find(|folder| folder.join("xtask/Cargo.toml").is_file()) else {
        bail!("this is not a checkout of Rollcall: run `cargo xtask` in one");
    };
    ROOT.get_or_init(|| root.to_owned());
    Ok(())
}

/// The folder of the root Cargo.toml.
pub(crate) fn root() -> &'static Path {
    ROOT.get().expect("`main` finds the workspace first")
}

/// The folder for builds: the workspace's own `target`, even if cargo is configured for another.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// Returns a command for the cargo that started this program, in the workspace's folder.
pub(crate) fn cargo() -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root());
    // `cargo run` sets them for this program. Build scripts depend on them, and would run again.
    let variables = env::vars_os().map(|(name, _)| name);
    for name in variables.filter(|name| is_of_package(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether a variable describes the package that `cargo run` runs.
fn is_of_package(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Runs a command to its end. An error names the command.
pub(crate) fn call(command: &mut Command) -> anyhow::Result<()> {
    let shown = command_line(command);
    let status = command
        .status()
        .with_context(|| format!("could not start `{shown}`: is it installed?"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}: see its messages above");
    }
    Ok(())
}

/// Returns the command as a user would type it.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
