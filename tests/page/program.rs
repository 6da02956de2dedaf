//! The program as a server of the page.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use tokio::net::TcpSocket;

use crate::support::program::{rollcall, without_timeouts};
use crate::support::upstream::Upstream;

/// A reserved port of 127.0.0.1, on which servers can listen one after another.
///
/// The system gives it to no other program until this is dropped.
pub struct Port(TcpSocket);

impl Port {
    pub fn reserve() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Otherwise no server could bind the port.
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }
}

/// The program. It is killed on drop.
pub struct Program {
    process: Child,
    /// The printed address.
    pub printed: String,
}

impl Program {
    /// Starts the program on this port with this data folder.
    pub fn start(port: &Port, data: &Path, upstream: &Upstream) -> Self {
        let listen = port.0.local_addr().unwrap().to_string();
        let mut process = without_timeouts(&mut rollcall())
            .args(["serve", "--listen", &listen, "--upstream", &upstream.url])
            .arg("--data")
            .arg(data)
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
