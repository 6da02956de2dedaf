//! The workspace's folder, and calls of its tools.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, bail};

static ROOT: OnceLock<PathBuf> = OnceLock::new();

/// Finds the workspace of the current folder. Call this once, before everything else here.
///
/// The path isn't compiled in. Otherwise, in a copy of a checkout with its `target` folder, this
/// program would build the original.
pub(crate) fn find() -> anyhow::Result<()> {
    let output = Command::new(cargo_program())
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo: install Rust from https://rustup.rs")?;
    let manifest = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    match manifest.parent() {
        Some(root) if root.join("xtask").is_dir() => {
            ROOT.get_or_init(|| root.to_owned());
            Ok(())
        }
        _ => bail!("this is not a checkout of Rollcall: run `cargo xtask` in one"),
    }
}

/// The folder of the root Cargo.toml.
pub(crate) fn root() -> &'static Path {
    ROOT.get().expect("`main` finds the workspace first")
}

/// The folder for builds: the workspace's own `target`, even if cargo is configured for another.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Returns a command for the cargo that started this program, in the workspace's folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(cargo_program());
    command.current_dir(root());
    command
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
