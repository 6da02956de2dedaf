//! `rollcall fetch` beside programs that others wrote, with nginx as the upstream.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::nginx::Nginx;

const RUNS: usize = 5;

/// One workload.
struct Case {
    /// The location at nginx.
    location: &'static str,
    /// Numbers to look up.
    numbers: usize,
    /// Requests at the same time.
    concurrency: usize,
}

const CASES: [Case; 2] = [
    Case {
        location: "instant",
        numbers: 50_000,
        concurrency: 1_000,
    },
    Case {
        location: "slow",
        numbers: 10_000,
        concurrency: 10_000,
    },
];

/// The most transfers that curl makes at the same time.
const CURL_CONCURRENCY: usize = 300;

/// A program, its command for one case, and the seconds of each run.
struct Peer {
    name: &'static str,
    command: Command,
    seconds: Vec<f64>,
}

/// Measures every program on every case and prints the figures.
pub(crate) fn measure(rollcall: &Path) -> anyhow::Result<()> {
    let has_oha = is_installed("oha", "cargo install oha");
    let has_curl = is_installed("curl", "apt install curl");
    let folder = tempfile::tempdir()?;
    let nginx = Nginx::start(folder.path())?;
    for case in &CASES {
        let mut peers = vec![Peer::rollcall(case, &nginx, rollcall)?];
        peers.extend(has_oha.then(|| Peer::oha(case, &nginx)));
        if has_curl && case.concurrency <= 1_000 {
            peers.push(Peer::curl(case, &nginx)?);
        }
        // In turn, so that other work on this machine affects all of them alike.
        for _ in 0..RUNS {
            peers.iter_mut().try_for_each(|peer| peer.measure(case))?;
        }
        print(case, &mut peers);
    }
    Ok(())
}

/// Whether a program is installed. Prints how to install it otherwise.
fn is_installed(program: &str, how: &str) -> bool {
    let status = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_installed = status.is_ok_and(|status| status.success());
    if !is_installed {
        eprintln!("{program} is not installed and is left out: {how}");
    }
    is_installed
}

impl Peer {
    fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            seconds: Vec::new(),
        }
    }

    fn rollcall(case: &Case, nginx: &Nginx, rollcall: &Path) -> anyhow::Result<Self> {
        let list = nginx.folder().join("list.txt");
        fs::write(&list, lines(case, ""))?;
        let mut command = Command::new(rollcall);
        command
            .arg("fetch")
            .arg(list)
            .args(["--upstream", &nginx.url(case.location)])
            .args(["--max-concurrency", &case.concurrency.to_string()])
            .stdout(Stdio::null());
        Ok(Self::new("rollcall fetch", command))
    }

    fn oha(case: &Case, nginx: &Nginx) -> Self {
        let mut command = Command::new("oha");
        command
            .args(["-n", &case.numbers.to_string()])
            .args(["-c", &case.concurrency.to_string(), "--no-tui"])
            .arg(nginx.url(case.location) + &number(0))
            .stdout(Stdio::piped());
        Self::new("oha", command)
    }

    fn curl(case: &Case, nginx: &Nginx) -> anyhow::Result<Self> {
        let config = nginx.folder().join("curl.conf");
        let before = format!("url = {}", nginx.url(case.location));
        fs::write(&config, lines(case, &before))?;
        let mut command = Command::new("curl");
        command
            .args(["-s", "--parallel", "--parallel-max"])
            .arg(CURL_CONCURRENCY.to_string())
            .arg("-K")
            .arg(config)
            .stdout(Stdio::null())
            // It prints its progress even with `-s`.
            .stderr(Stdio::null());
        Ok(Self::new("curl --parallel", command))
    }

    /// Runs once. Too few responses are an error, since fewer would be faster.
    fn measure(&mut self, case: &Case) -> anyhow::Result<()> {
        let start = Instant::now();
        let child = self.command.spawn().context(self.name)?;
        let output = child.wait_with_output()?;
        self.seconds.push(start.elapsed().as_secs_f64());
        let (report, status) = (String::from_utf8_lossy(&output.stdout), output.status);
        // oha exits with 0 whatever the responses were, so its report is checked.
        let expected = format!("[200] {} responses", case.numbers);
        let is_whole = self.name != "oha" || report.contains(&expected);
        ensure!(
            is_whole && status.success(),
            "{} lacks responses ({status}): {report}",
            self.name
        );
        Ok(())
    }

    fn median(&self) -> f64 {
        self.seconds[RUNS / 2]
    }
}

/// A line for each number of a case.
fn lines(case: &Case, before: &str) -> String {
    let line = |n| format!("{before}{}\n", number(n));
    (0..case.numbers).map(line).collect()
}

/// The nth of many millions of made-up numbers, each of a form that the SSA issues.
pub(crate) fn number(n: usize) -> String {
    let (area, group, serial) = (n / 989_901, n / 9_999 % 99, n % 9_999);
    format!("{}{:02}{:04}", 100 + area, group + 1, serial + 1)
}

fn print(case: &Case, peers: &mut [Peer]) {
    println!(
        "{} upstream, {} numbers, {} at a time: seconds of {RUNS} runs",
        case.location, case.numbers, case.concurrency
    );
    for peer in &mut *peers {
        peer.seconds.sort_by(f64::total_cmp);
        let (name, min, median) = (peer.name, peer.seconds[0], peer.median());
        println!("  {name:<15} min {min:.3}  median {median:.3}");
    }
    for peer in &peers[1..] {
        let (name, ratio) = (peer.name, peers[0].median() / peer.median());
        println!("  rollcall fetch takes {ratio:.2} times as long as {name} (median)");
    }
}
