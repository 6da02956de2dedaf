//! Measures the peak memory of `rollcall serve` for lists of two lengths.

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

/// The length of each list.
const LINES: [usize; 2] = [100_000, 1_000_000];
/// Lines in one part of an upload: with ten bytes each, 4,000,000 bytes, which is the limit.
const PART_LINES: usize = 400_000;
/// Requests for rows at the same time.
const READ_CONCURRENCY: &str = "4";

/// Measures each phase for each list and prints the results.
pub(crate) fn measure(rollcall: &Path) -> anyhow::Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "this measurement needs Linux: it reads the peak memory from /proc"
    );
    for lines in LINES {
        let folder = tempfile::tempdir()?;
        let nginx = Nginx::start(folder.path())?;
        let server = Server::start(rollcall, folder.path(), &nginx.url("record"))?;
        println!("{lines} lines, 1000 requests at a time, bodies of 236 bytes: peak memory, time");
        let list_id = server.phase("upload", || server.upload(folder.path(), lines))?;
        let run = server.phase("run", || server.run_to_end(&list_id))?;
        for accept in ["application/json", "text/csv"] {
            server.phase(accept, || server.read_rows(&run, lines, accept))?;
        }
    }
    Ok(())
}

/// A running `rollcall serve`, which is killed when this is dropped.
struct Server {
    process: Child,
    api: String,
    authorization: String,
}

impl Server {
    fn start(rollcall: &Path, folder: &Path, upstream: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(rollcall);
        command.args(["serve", "--listen", "127.0.0.1:0", "--open=false"]);
        command.args(["--upstream", upstream, "--data"]);
        command.arg(folder.join("data"));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().context("could not start rollcall")?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let url_and_token = line.trim().split_once("/?token=");
        let (address, token) = url_and_token.context("rollcall serve printed no address")?;
        Ok(Self {
            process,
            api: format!("{address}/api"),
            authorization: format!("Authorization: Bearer {token}"),
        })
    }

    /// Runs one phase and prints the server's peak memory and the duration.
    fn phase<T>(&self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let process = format!("/proc/{}", self.process.id());
        // Writing 5 resets the peak, VmHWM (proc(5), clear_refs).
        fs::write(format!("{process}/clear_refs"), "5")?;
        let start = Instant::now();
        let result = work()?;
        let seconds = start.elapsed().as_secs_f64();
        let status = fs::read_to_string(format!("{process}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
        let kilobytes: u64 = peak.context("no VmHWM in /proc")?.parse()?;
        println!("  {name:<18} {:>4} MB  {seconds:>6.1} s", kilobytes / 1_000);
        Ok(result)
    }

    /// Uploads a list in parts and returns its id.
    fn upload(&self, folder: &Path, lines: usize) -> anyhow::Result<Value> {
        let list_id = self.call("POST", "/lists", "application/json", "{}")?["id"].take();
        let id = list_id.as_str().context("the response has no id")?;
        let part_file = folder.join("part.txt");
        for (part, first) in (0..lines).step_by(PART_LINES).enumerate() {
            let end = (first + PART_LINES).min(lines);
            fs::write(
                &part_file,
                (first..end).map(|n| number(n) + "\n").collect::<String>(),
            )?;
            let path = format!("/lists/{id}/{part}");
            self.call(
                "PUT",
                &path,
                "text/plain",
                &format!("@{}", part_file.display()),
            )?;
        }
        Ok(list_id)
    }

    /// Starts a run, polls it once a second as the page does, and returns its id.
    #[expect(
        clippy::disallowed_methods,
        reason = "the page waits between polls, and the load on the server must be the same"
    )]
    fn run_to_end(&self, list_id: &Value) -> anyhow::Result<String> {
        let body = format!("{{\"listId\": {list_id}}}");
        let started = self.call("POST", "/executions", "application/json", &body)?;
        let id = started["id"]
            .as_str()
            .context("the response has no id")?
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

    /// Reads all rows, a thousand per request.
    fn read_rows(&self, id: &str, lines: usize, accept: &str) -> anyhow::Result<()> {
        let last = lines - 1_000;
        let pages = format!(
            "{}/executions/{id}/results?count=1000&first=[0-{last}:1000]",
            self.api
        );
        let mut curl = self.curl();
        curl.args(["--parallel", "--parallel-max", READ_CONCURRENCY, "-H"]);
        curl.args([&format!("Accept: {accept}"), &pages]);
        let status = curl.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "the rows could not be read ({status})");
        Ok(())
    }

    /// Sends a request to the API with curl, and returns the JSON of the response.
    ///
    /// `body` is curl's `--data-binary`: the body itself, or `@` and the file that contains it.
    fn call(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> anyhow::Result<Value> {
        let mut curl = self.curl();
        curl.args(["-X", method, "-H", &format!("Content-Type: {content_type}")]);
        if !body.is_empty() {
            curl.args(["--data-binary", body]);
        }
        let output = curl.arg(format!("{}{path}", self.api)).output()?;
        ensure!(output.status.success(), "{method} {path} failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn curl(&self) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "-H", &self.authorization]);
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
