//! `cargo xtask bench`: `rollcall fetch` beside what others wrote, at an upstream others wrote.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::{build, cold_start, memory, needs};

const RUNS: usize = 5;
// Where Debian has them.
const NGINX: &str = "/usr/sbin/nginx";
const ECHO: &str = "/usr/lib/nginx/modules/ngx_http_echo_module.so";

/// Without a master process, so that ending the child ends all of it.
const CONFIGURATION: &str = r#"
load_module ECHO;
daemon off; master_process off; worker_processes 1;
pid nginx.pid; error_log stderr error;
events { worker_connections 16000; }
http {
  client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  access_log off; keepalive_requests 1000000; default_type application/json;
  server {
    listen LISTEN backlog=16384;
    location /instant/ { return 200 '{"name":"Ada Example"}'; }
    location /record/ { return 200 'RECORD'; }
    location /slow/ { echo_sleep 0.2; echo '{"name":"Ada Example"}'; }
  }
}
"#;

/// A record as an upstream may have it.
const RECORD: &str = r#"{"name":"Ada Example","state":"NY","status":"ACTIVE","score":640,"since":"2003-04-05","address":{"street":"12 Long Street","city":"Springfield","zip":"10001"},"notes":"no open matters; last seen in the office in March, papers complete"}"#;

/// What is looked up, and how: place at the upstream, numbers, GETs at once.
type Case = (&'static str, usize, usize);
const CASES: [Case; 2] = [("instant", 50_000, 1_000), ("slow", 10_000, 10_000)];

/// A program that looks a case up, its call, and the seconds it took.
struct Peer(&'static str, Command, Vec<f64>);

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measure the memory of `rollcall serve` instead: the peaks of an upload, a run, its reading
    #[arg(long)]
    memory: bool,
    /// Measure the cold start of the functions for AWS Lambda instead, beside one that does nothing
    #[arg(long, conflicts_with = "memory")]
    lambda: bool,
}

/// Measures what is asked for.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    if args.lambda {
        return cold_start::cold_start();
    }
    ensure!(
        Path::new(NGINX).exists() && Path::new(ECHO).exists(),
        "{NGINX} or {ECHO} is missing: apt install nginx-light libnginx-mod-http-echo"
    );
    if args.memory {
        memory::memory()
    } else {
        bench()
    }
}

/// Builds the binary, measures all, and prints the figures.
fn bench() -> anyhow::Result<()> {
    let oha = installed("oha", "cargo install oha");
    let curl = installed("curl", "apt install curl");
    let rollcall = build::binary()?;
    let folder = tempfile::tempdir()?;
    let upstream = Upstream::start(folder.path())?;
    for case in CASES {
        let mut peers = vec![upstream.rollcall(case, &rollcall)?];
        peers.extend(oha.then(|| upstream.oha(case)));
        // curl has no more than 300 transfers at once: it would say nothing of 10,000.
        if curl && case.0 == "instant" {
            peers.push(upstream.curl(case)?);
        }
        // In turn, so that whatever else this machine does meets all of them.
        for _ in 0..RUNS {
            peers.iter_mut().try_for_each(|peer| peer.measure(case))?;
        }
        print(case, &mut peers);
    }
    Ok(())
}

/// Whether a peer is installed; says how to install it where it isn't.
fn installed(peer: &str, how: &str) -> bool {
    let installed = needs::succeeds(&[peer, "--version"]);
    if !installed {
        eprintln!("{peer} is missing and left out: {how}");
    }
    installed
}

/// nginx with one process, ended when this is dropped.
pub(crate) struct Upstream {
    process: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Upstream {
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let text = CONFIGURATION.replace("LISTEN", &address.to_string());
        let text = text.replace("RECORD", RECORD).replace("ECHO", ECHO);
        fs::write(folder.join("nginx.conf"), text)?;
        let mut nginx = Command::new(NGINX);
        nginx.args(["-e", "stderr", "-c", "nginx.conf", "-p"]);
        let process = nginx.arg(folder).stdin(Stdio::null()).spawn()?;
        let folder = folder.to_owned();
        let mut upstream = Self {
            process,
            address,
            folder,
        };
        while TcpStream::connect(address).is_err() {
            if let Some(status) = upstream.process.try_wait()? {
                bail!("nginx ended with {status}: see its messages above");
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(upstream)
    }

    /// Where every number has a record.
    pub(crate) fn record_url(&self) -> String {
        format!("http://{}/record/", self.address)
    }

    fn url(&self, (place, ..): Case) -> String {
        format!("http://{}/{place}/", self.address)
    }

    fn rollcall(&self, case: Case, binary: &Path) -> anyhow::Result<Peer> {
        let list = self.folder.join("list.txt");
        fs::write(&list, lines(case, ""))?;
        let (url, at_once) = (self.url(case), case.2.to_string());
        let options = ["--upstream", &url, "--max-concurrency", &at_once];
        let mut command = Command::new(binary);
        command
            .arg("fetch")
            .arg(list)
            .args(options)
            .stdout(Stdio::null());
        Ok(Peer("rollcall fetch", command, Vec::new()))
    }

    fn oha(&self, case: Case) -> Peer {
        let (count, at_once) = (case.1.to_string(), case.2.to_string());
        let mut command = Command::new("oha");
        command.args(["-n", &count, "-c", &at_once, "--no-tui"]);
        command
            .arg(self.url(case) + &number(0))
            .stdout(Stdio::piped());
        Peer("oha", command, Vec::new())
    }

    fn curl(&self, case: Case) -> anyhow::Result<Peer> {
        let config = self.folder.join("curl.conf");
        fs::write(&config, lines(case, &format!("url = {}", self.url(case))))?;
        let mut command = Command::new("curl");
        command.args(["-s", "--parallel", "--parallel-max", "300", "-K"]);
        // It shows its progress even where it is told not to.
        command
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Peer("curl --parallel", command, Vec::new()))
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("nginx may still run: {error}");
        }
    }
}

/// A line for each number of a case.
fn lines((_, count, _): Case, before: &str) -> String {
    let line = |n| format!("{before}{}\n", number(n));
    (0..count).map(line).collect()
}

/// The nth made-up number of many millions, all as SSA could issue them.
pub(crate) fn number(n: usize) -> String {
    let (area, group, serial) = (n / 989_901, n / 9_999 % 99, n % 9_999);
    format!("{}{:02}{:04}", 100 + area, group + 1, serial + 1)
}

impl Peer {
    /// Runs once; an answer too few is an error, since it would be fast. oha's exit code doesn't
    /// tell, so its report must; the others write elsewhere.
    fn measure(&mut self, (_, count, _): Case) -> anyhow::Result<()> {
        let Self(name, command, seconds) = self;
        let start = Instant::now();
        let output = command.spawn().context(*name)?.wait_with_output()?;
        seconds.push(start.elapsed().as_secs_f64());
        let (told, status) = (String::from_utf8_lossy(&output.stdout), output.status);
        let whole = *name != "oha" || told.contains(&format!("[200] {count} responses"));
        let whole = whole && status.success();
        ensure!(whole, "{name} lacks answers ({status}): {told}");
        Ok(())
    }
}

fn print((place, count, at_once): Case, peers: &mut [Peer]) {
    println!("{place} upstream, {count} numbers, {at_once} at once: seconds of {RUNS} runs");
    for Peer(name, _, seconds) in &mut *peers {
        seconds.sort_by(f64::total_cmp);
        let (min, median) = (seconds[0], seconds[RUNS / 2]);
        println!("  {name:<15} min {min:.3}  median {median:.3}");
    }
    for Peer(name, _, seconds) in &peers[1..] {
        let ratio = peers[0].2[RUNS / 2] / seconds[RUNS / 2];
        println!("  rollcall fetch takes {ratio:.2} times what {name} takes (median)");
    }
}
