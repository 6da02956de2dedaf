//! `cargo xtask bench --lambda`: how long each function takes from the start of its process to its
//! request for the first invocation, beside a function that does nothing, built the same way.
//!
//! For this machine, by its own linker: what is measured is work, and that is the same in what
//! `cargo xtask build --lambda` links for Amazon Linux.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::workspace;

const RUNS: usize = 60;
/// Starts of each that aren't counted, since they read the file from the disk.
const WARM_UP: usize = 3;
/// Far more than any start takes.
const GIVE_UP: Duration = Duration::from_secs(10);
/// The peer first.
const FUNCTIONS: [&str; 3] = ["hello", "api", "fetcher"];
/// The question for an invocation, from Lambda's Runtime API.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";

/// What Lambda sets, and the template. Nothing here is called before the first invocation.
const VARIABLES: [(&str, &str); 19] = [
    ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
    ("AWS_LAMBDA_FUNCTION_NAME", "rollcall"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/rollcall"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "1"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_SECRET_ACCESS_KEY", "example"),
    ("AWS_SESSION_TOKEN", "example"),
    ("LANG", "en_US.UTF-8"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
    ("TZ", ":UTC"),
    ("_HANDLER", "bootstrap"),
    ("ROLLCALL_BUCKET", "rollcall-data"),
    ("ROLLCALL_STATE_MACHINE_ARN", STATE_MACHINE),
    ("ROLLCALL_UPSTREAM_URL", "https://records.example.gov/ssn/"),
];
const STATE_MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollcall";

/// A function, its size, and the milliseconds of its starts.
struct Function {
    name: &'static str,
    bootstrap: PathBuf,
    milliseconds: Vec<f64>,
}

/// Builds the functions, starts each in turn, and prints the figures.
pub(crate) fn cold_start() -> anyhow::Result<()> {
    let mut functions = build()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let runtime_api = listener.local_addr()?.to_string();
    let asked = listen(listener);
    // In turn, so that whatever else this machine does meets all of them.
    for run in 0..WARM_UP + RUNS {
        for function in &mut functions {
            let took = function.start(&runtime_api, &asked)?;
            if run >= WARM_UP {
                function.milliseconds.push(took.as_secs_f64() * 1e3);
            }
        }
    }
    print(&mut functions)
}

/// All three in one build, so that they share dependencies, features and profile.
fn build() -> anyhow::Result<Vec<Function>> {
    let target = workspace::target();
    let mut command = workspace::cargo();
    command
        .args(["build", "--profile", "lambda", "--target-dir"])
        .arg(&target)
        .args(["--package", "backend", "--package", "fetcher"])
        .args(["--features", "backend/lambda,fetcher/hello"]);
    for function in FUNCTIONS {
        command.args(["--bin", function]);
    }
    workspace::call(&mut command)?;
    let function = |name| Function {
        name,
        bootstrap: target.join("lambda").join(name),
        milliseconds: Vec::new(),
    };
    Ok(FUNCTIONS.map(function).into())
}

/// When a request came, its first line, and its connection: were that closed before the function is
/// killed, the function would ask again, and be heard in place of the next one.
type Asked = (Instant, String, TcpStream);

/// Takes requests on a thread, and tells of each.
fn listen(listener: TcpListener) -> Receiver<Asked> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut line = String::new();
            let read = BufReader::new(&stream).read_line(&mut line);
            let now = Instant::now();
            if read.is_err() || tell.send((now, line, stream)).is_err() {
                break;
            }
        }
    });
    told
}

impl Function {
    /// The time from the start of its process to its first request.
    fn start(&self, runtime_api: &str, asked: &Receiver<Asked>) -> anyhow::Result<Duration> {
        let mut command = Command::new(&self.bootstrap);
        command
            .env_clear()
            .envs(VARIABLES)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let mut process = command
            .spawn()
            .with_context(|| format!("could not start {}", self.bootstrap.display()))?;
        let first = asked.recv_timeout(GIVE_UP);
        process.kill()?;
        let status = process.wait()?;
        match first {
            Ok((at, line, _)) if line.starts_with(NEXT) => Ok(at - start),
            Ok((_, line, _)) => bail!("{} asked for something else first: {line}", self.name),
            Err(_) => bail!("{} asked for no invocation ({status})", self.name),
        }
    }
}

fn print(functions: &mut [Function]) -> anyhow::Result<()> {
    println!("start of the process to its first request for an invocation: ms of {RUNS} starts");
    let mut hello = None;
    for function in functions {
        let Function {
            name,
            bootstrap,
            milliseconds,
        } = function;
        milliseconds.sort_by(f64::total_cmp);
        let (min, median, max) = (
            milliseconds[0],
            milliseconds[RUNS / 2],
            milliseconds[RUNS - 1],
        );
        let ratio = median / *hello.get_or_insert(median);
        let megabytes = fs::metadata(bootstrap)?.len() as f64 / 1e6;
        println!(
            "  {name:<8} min {min:>5.2}  median {median:>5.2}  max {max:>6.2}  {ratio:.2} times hello  {megabytes:>4.1} MB"
        );
    }
    Ok(())
}
