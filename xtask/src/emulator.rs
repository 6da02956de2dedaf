//! The AWS emulator, for the tests of the deployment and `cargo xtask aws-local`.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, bail};

use crate::workspace;

/// A running emulator. It ends when its standard input closes.
///
/// That happens when this is dropped, and when this process ends in any way.
pub(crate) struct Emulator {
    endpoint: String,
    stdin: Option<ChildStdin>,
    process: Child,
    /// A lock on the folder, which no other emulator may use at the same time.
    _lock: File,
}

impl Emulator {
    /// Starts the emulator and waits until it responds.
    ///
    /// `python` is the interpreter with the emulator's packages. `folder` is the folder within `target`
    /// for its files.
    pub(crate) fn start(python: &Path, folder: &str) -> anyhow::Result<Self> {
        let lock = lock(folder)?;
        let folder = workspace::target().join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("could not empty {}", folder.display()))?;
        }
        let mut process = Command::new(python)
            .arg(workspace::root().join("infra/emulator.py"))
            .arg("serve")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", python.display()))?;
        let stdin = process.stdin.take();
        let stdout = process
            .stdout
            .take()
            .context("the emulator has no output")?;
        let mut endpoint = String::new();
        BufReader::new(stdout).read_line(&mut endpoint)?;
        let endpoint = endpoint.trim().to_owned();
        if endpoint.is_empty() {
            bail!("the emulator did not start: see {}", folder.display());
        }
        Ok(Self {
            endpoint,
            stdin,
            process,
            _lock: lock,
        })
    }

    /// Waits until it ends, for example after Ctrl-C.
    pub(crate) fn wait(mut self) -> anyhow::Result<()> {
        self.process.wait()?;
        Ok(())
    }

    /// Its address, such as `http://127.0.0.1:40001`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// Waits until no other emulator uses this folder.
fn lock(folder: &str) -> anyhow::Result<File> {
    let path = workspace::target().join(format!("{folder}.lock"));
    let open_and_lock = || {
        let file = File::create(&path)?;
        if file.try_lock().is_err() {
            eprintln!("waiting for the emulator of another `cargo xtask` to end");
            file.lock()?;
        }
        std::io::Result::Ok(file)
    };
    open_and_lock().with_context(|| format!("could not lock {}", path.display()))
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("the emulator may still be running: {error}");
        }
    }
}
