//! Peak memory of `rollcall serve` for lists of two lengths.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::fetch::number;
use crate::nginx::Nginx;

const LINES: [usize; 2] = [100_000, 1_000_000];
/// Lines in one part of an upload: below its 4,000,000 bytes.
const PART: usize = 400_000;
/// Readers of all rows at the same time.
const READERS: &str = "4";

/// Measures each phase of each list and prints the figures.
pub(crate) fn measure(rollcall: &Path) -> anyhow::Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "a process's peak memory is read from /proc, which only Linux has"
    );
    for lines in LINES {
        let folder = tempfile::tempdir()?;
        let nginx = Nginx::start(folder.path())?;
        let server = Server::start(rollcall, folder.path(), &nginx.url("record"))?;
        println!("{lines} lines, 1000 requests at a time, bodies of 240 bytes: peak memory, time");
        let list = server.phase("upload", || server.upload(folder.path(), lines))?;
        let run = server.phase("run", || server.run_to_end(&list))?;
        for accept in ["application/json", "text/csv"] {
            server.phase(accept, || server.read(&run, lines, accept))?;
        }
    }
    Ok(())
}

/// A running `rollcall serve`. Dropping it ends the process.
struct Server {
    process: Child,
    api: String,
    bearer: String,
}

impl Server {
    fn start(rollcall: &Path, folder: &Path, upstream: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(rollcall);
        command.args(["serve", "--listen", "127.0.0.1:0", "--open=false"]);
        command.args(["--upstream", upstream, "--data"]);
        command.arg(folder.join("data"));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().context("rollcall")?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let printed = line.trim().split_once("/?token=");
        let (address, token) = printed.context("rollcall serve printed no address")?;
        Ok(Self {
            process,
            api: format!("{address}/api"),
            bearer: format!("Authorization: Bearer {token}"),
        })
    }

    /// Runs a phase and prints the server's peak memory and the time it took.
    fn phase<T>(&self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let process = format!("/proc/{}", self.process.id());
        // Resets the peak (proc(5), clear_refs).
        fs::write(format!("{process}/clear_refs"), "5")?;
        let began = Instant::now();
        let result = work()?;
        let took = began.elapsed().as_secs_f64();
        let status = fs::read_to_string(format!("{process}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
        let kilobytes: u64 = peak.context("no VmHWM in /proc")?.parse()?;
        println!("  {name:<18} {:>4} MB  {took:>6.1} s", kilobytes / 1_000);
        Ok(result)
    }

    fn upload(&self, folder: &Path, lines: usize) -> anyhow::Result<Value> {
        let list = self.call("POST", "/lists", "application/json", "{}")?["id"].take();
        let id = list.as_str().context("a list has an id")?;
        let part = folder.join("part.txt");
        for (number_of_part, first) in (0..lines).step_by(PART).enumerate() {
            let end = (first + PART).min(lines);
            fs::write(
                &part,
                (first..end).map(|n| number(n) + "\n").collect::<String>(),
            )?;
            let path = format!("/lists/{id}/{number_of_part}");
            self.call("PUT", &path, "text/plain", &format!("@{}", part.display()))?;
        }
        Ok(list)
    }

    /// Starts a run, polls it once a second as the page does, and returns its id.
    #[expect(
        clippy::disallowed_methods,
        reason = "a page waits between polls, and this measures the server under them"
    )]
    fn run_to_end(&self, list: &Value) -> anyhow::Result<String> {
        let body = format!("{{\"listId\": {list}}}");
        let started = self.call("POST", "/executions", "application/json", &body)?;
        let id = started["id"]
            .as_str()
            .context("a run has an id")?
            .to_owned();
        loop {
            let run = self.call("GET", &format!("/executions/{id}"), "text/plain", "")?;
            match run["status"].as_str() {
                Some("RUNNING") => thread::sleep(Duration::from_secs(1)),
                Some("SUCCEEDED") => return Ok(id),
                _ => bail!("the run did not succeed: {run}"),
            }
        }
    }

    /// Reads every row, a thousand per request.
    fn read(&self, id: &str, lines: usize, accept: &str) -> anyhow::Result<()> {
        let last = lines - 1_000;
        let pages = format!(
            "{}/executions/{id}/results?count=1000&first=[0-{last}:1000]",
            self.api
        );
        let mut curl = self.curl();
        curl.args(["--parallel", "--parallel-max", READERS, "-H"]);
        curl.args([&format!("Accept: {accept}"), &pages]);
        let status = curl.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "the rows could not be read ({status})");
        Ok(())
    }

    fn call(&self, method: &str, path: &str, kind: &str, body: &str) -> anyhow::Result<Value> {
        let mut curl = self.curl();
        curl.args(["-X", method, "-H", &format!("Content-Type: {kind}")]);
        if !body.is_empty() {
            curl.args(["--data-binary", body]);
        }
        let output = curl.arg(format!("{}{path}", self.api)).output()?;
        ensure!(output.status.success(), "{method} {path} failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn curl(&self) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "-H", &self.bearer]);
        curl
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("rollcall may still be running: {error}");
        }
    }
}
