//! Where the workspace stands, and how its tools are called.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The folder of the root Cargo.toml.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// The folder that builds go to. Always the workspace's own, so that what is built stands where
/// the documents say.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// A call of the cargo that runs this program, in the workspace's folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end; an error names the command.
pub(crate) fn call(command: &mut Command) -> anyhow::Result<()> {
    let words = words(command);
    let status = command
        .status()
        .with_context(|| format!("could not start `{words}`: is it installed?"))?;
    if !status.success() {
        bail!("`{words}` ended with {status}: see its messages above");
    }
    Ok(())
}

/// The command as it would be typed.
fn words(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
