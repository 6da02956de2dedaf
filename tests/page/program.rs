//! The program itself, serving the page.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::upstream::Upstream;

/// The program, killed with its test.
pub struct Program {
    process: Child,
    /// The address that it printed.
    pub printed: String,
}

impl Program {
    /// Starts it on this address, such as `127.0.0.1:0`, over this folder.
    pub fn start(listen: &str, data: &Path, upstream: &Upstream) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_rollcall"))
            .args(["serve", "--listen", listen, "--upstream", &upstream.url])
            .arg("--data")
            .arg(data)
            // What this machine's user has set is no part of a test.
            .env("ROLLCALL_SETTINGS", "/dev/null")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = process.stdout.take().unwrap();
        let mut program = Self {
            process,
            printed: String::new(),
        };
        BufReader::new(stdout)
            .read_line(&mut program.printed)
            .unwrap();
        program.printed.truncate(program.printed.trim_end().len());
        program
    }

    /// The printed address without its token, and the token.
    pub fn address_and_token(&self) -> (&str, &str) {
        let parts = self.printed.split_once("?token=");
        parts.expect("a token in the printed address")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
