//! Compares `rollcall fetch` with oha and curl, with nginx as the upstream.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::nginx::Nginx;

/// Runs of each program on each case.
const RUNS: usize = 5;

/// One workload.
struct Case {
    /// The location in nginx that serves as the upstream.
    location: &'static str,
    /// The number of requests, each for one made-up number.
    numbers: usize,
    /// The maximum number of requests in flight.
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

/// Parallel transfers of curl: the most that older versions allow.
const CURL_CONCURRENCY: usize = 300;

/// A program, its command for one case, and the duration of each run in seconds.
struct Program {
    name: &'static str,
    command: Command,
    seconds: Vec<f64>,
}

/// Measures each program on each case and prints the results.
pub(crate) fn measure(rollcall: &Path) -> anyhow::Result<()> {
    let has_oha = is_installed("oha", "cargo install oha");
    let has_curl = is_installed("curl", "apt install curl");
    let folder = tempfile::tempdir()?;
    let nginx = Nginx::start(folder.path())?;
    for case in &CASES {
        let mut programs = vec![Program::rollcall(case, &nginx, rollcall)?];
        programs.extend(has_oha.then(|| Program::oha(case, &nginx)));
        // curl's concurrency is too low for a comparison with 10,000 requests in flight.
        if has_curl && case.concurrency <= 1_000 {
            programs.push(Program::curl(case, &nginx)?);
        }
        // The programs run in turn, so that other load on this machine affects all of them equally.
        for _ in 0..RUNS {
            programs
                .iter_mut()
                .try_for_each(|program| program.run(case))?;
        }
        print(case, &mut programs);
    }
    Ok(())
}

/// Returns whether a program is installed, and prints how to install it if it isn't.
fn is_installed(program: &str, install: &str) -> bool {
    let status = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_installed = status.is_ok_and(|status| status.success());
    if !is_installed {
        eprintln!("{program} is not installed and won't be measured: {install}");
    }
    is_installed
}

impl Program {
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
        let prefix = format!("url = {}", nginx.url(case.location));
        fs::write(&config, lines(case, &prefix))?;
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

    /// Runs the program once and records its duration.
    ///
    /// Missing responses are an error: the program would seem faster than it is.
    fn run(&mut self, case: &Case) -> anyhow::Result<()> {
        let start = Instant::now();
        let child = self.command.spawn();
        let child = child.with_context(|| format!("could not start {}", self.name))?;
        let output = child.wait_with_output()?;
        self.seconds.push(start.elapsed().as_secs_f64());
        let (report, status) = (String::from_utf8_lossy(&output.stdout), output.status);
        // oha exits with 0 even if requests failed, so its report is checked.
        let expected = format!("[200] {} responses", case.numbers);
        let is_complete = self.name != "oha" || report.contains(&expected);
        ensure!(
            is_complete && status.success(),
            "{} did not receive all responses ({status}): {report}",
            self.name
        );
        Ok(())
    }

    fn median(&self) -> f64 {
        self.seconds[RUNS / 2]
    }
}

/// Returns a line for each number of a case.
fn lines(case: &Case, prefix: &str) -> String {
    let line = |n| format!("{prefix}{}\n", number(n));
    (0..case.numbers).map(line).collect()
}

/// Returns the nth made-up number. All are distinct and have the form of an issued number.
pub(crate) fn number(n: usize) -> String {
    let (area, group, serial) = (n / 989_901, n / 9_999 % 99, n % 9_999);
    format!("{}{:02}{:04}", 100 + area, group + 1, serial + 1)
}

fn print(case: &Case, programs: &mut [Program]) {
    println!(
        "{} upstream, {} numbers, {} at a time: seconds, {RUNS} runs",
        case.location, case.numbers, case.concurrency
    );
    for program in &mut *programs {
        program.seconds.sort_by(f64::total_cmp);
        let (name, min, median) = (program.name, program.seconds[0], program.median());
        println!("  {name:<15} min {min:.3}  median {median:.3}");
    }
    for program in &programs[1..] {
        let (name, ratio) = (program.name, programs[0].median() / program.median());
        println!("  rollcall fetch takes {ratio:.2} times as long as {name} (median)");
    }
}
