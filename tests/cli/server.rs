//! `rollcall serve` as a child process, and a client of it.

use std::path::Path;
use std::process::Stdio;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::executions::check_sums;
use crate::support::program;
use crate::support::wait::wait_for;

/// A server. It is killed on drop.
pub struct Server {
    pub child: Child,
    pub address: String,
    pub token: String,
    client: Client,
}

/// The program, without the settings of the user who runs the tests. It is killed on drop.
pub fn rollcall() -> Command {
    let mut command = Command::from(program::rollcall());
    command.kill_on_drop(true);
    command
}

/// Sets timeouts that no test runs into, so that a slow machine adds no attempts.
pub fn without_timeouts(command: &mut Command) -> &mut Command {
    program::without_timeouts(command.as_std_mut());
    command
}

impl Server {
    /// Starts a server with this data folder, and waits until it prints its address.
    pub async fn start(data: &Path, upstream: &str, further: &[&str]) -> Self {
        Self::start_as(rollcall(), data, upstream, further).await
    }

    /// Starts a server as [`Self::start`] does, with this command's environment.
    pub async fn start_as(
        mut command: Command,
        data: &Path,
        upstream: &str,
        further: &[&str],
    ) -> Self {
        without_timeouts(&mut command)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(["--upstream", upstream])
            .args(further);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("a line with the address");
        let (address, token) = line.split_once("/?token=").expect("a token in the address");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            child,
            address: address.to_owned(),
            token: token.to_owned(),
            client,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.address))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(response.status(), 202, "{path}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub async fn wait_for_end(&self, id: &str) -> Value {
        wait_for("the end of the run", async || {
            let execution = self.get(&format!("/api/executions/{id}")).await;
            check_sums(&execution);
            (execution["status"] != "RUNNING").then_some(execution)
        })
        .await
    }

    /// All rows with full numbers.
    pub async fn rows(&self, id: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut query = "reveal=true".to_owned();
        loop {
            let page = self
                .get(&format!("/api/executions/{id}/results?{query}"))
                .await;
            rows.extend(page["rows"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => query = format!("reveal=true&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// Kills the server with SIGKILL.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends SIGTERM, and waits for the server's end.
    pub async fn terminate(mut self) -> std::process::ExitStatus {
        let pid = rustix::process::Pid::from_raw(self.child.id().unwrap() as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().await.unwrap()
    }
}
