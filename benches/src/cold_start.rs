//! Measures the cold start of each Lambda function.
//!
//! That is the time from the start of its process to its request for the first invocation. The
//! function `hello`, which does nothing and is built in the same way, is the baseline.
//!
//! The functions are built for this machine. `cargo xtask build --lambda` builds the same code for
//! Amazon Linux.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Starts of each function that are measured.
const RUNS: usize = 60;
/// Starts of each function that aren't measured: the first ones read the program from disk.
const WARM_UP: usize = 3;
/// The time limit for one start. A start takes much less.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// The programs. The baseline is first.
const FUNCTIONS: [&str; 3] = ["hello", "api", "fetcher"];
/// The start of the request for the next invocation (Lambda Runtime API).
const NEXT_INVOCATION: &str = "GET /2018-06-01/runtime/invocation/next ";

/// The variables that Lambda and the template set.
///
/// Starting a function sends no request to the addresses in them.
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
    ("ROLLCALL_UPSTREAM", "https://records.example.gov/ssn/"),
];
const STATE_MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollcall";

/// A function and the duration of each of its starts, in milliseconds.
struct Function {
    name: &'static str,
    program: PathBuf,
    milliseconds: Vec<f64>,
}

/// Starts the functions in turn and prints the results.
pub(crate) fn measure(folder: &Path) -> anyhow::Result<()> {
    let mut functions = FUNCTIONS.map(|name| Function {
        name,
        program: folder.join(name),
        milliseconds: Vec::new(),
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let runtime_api = listener.local_addr()?.to_string();
    let requests = listen(listener);
    // The functions start in turn, so that other load on this machine affects all of them equally.
    for run in 0..WARM_UP + RUNS {
        for function in &mut functions {
            let duration = function.start(&runtime_api, &requests)?;
            if run >= WARM_UP {
                function.milliseconds.push(duration.as_secs_f64() * 1e3);
            }
        }
    }
    print(&mut functions)
}

/// A request: the time of its arrival, its first line and its connection.
///
/// The connection stays open until the function is killed. If it were closed, the function would
/// retry, and the retry would be taken for the next function's request.
type Request = (Instant, String, TcpStream);

/// Accepts requests on a new thread, and returns the channel that receives them.
fn listen(listener: TcpListener) -> Receiver<Request> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut line = String::new();
            let read = BufReader::new(&stream).read_line(&mut line);
            let now = Instant::now();
            if read.is_err() || sender.send((now, line, stream)).is_err() {
                break;
            }
        }
    });
    receiver
}

impl Function {
    /// Starts the function once and returns the time until its first request.
    fn start(&self, runtime_api: &str, requests: &Receiver<Request>) -> anyhow::Result<Duration> {
        let mut command = Command::new(&self.program);
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
            .with_context(|| format!("could not start {}", self.program.display()))?;
        let first = requests.recv_timeout(TIME_LIMIT);
        process.kill()?;
        let status = process.wait()?;
        match first {
            Ok((arrival, line, _)) if line.starts_with(NEXT_INVOCATION) => Ok(arrival - start),
            Ok((_, line, _)) => bail!("{} sent another request first: {line}", self.name),
            Err(_) => bail!("{} did not request an invocation ({status})", self.name),
        }
    }
}

fn print(functions: &mut [Function]) -> anyhow::Result<()> {
    println!("ms from the start of the process to its request for an invocation, {RUNS} starts");
    let mut baseline = None;
    for function in functions {
        let Function {
            name,
            program,
            milliseconds,
        } = function;
        milliseconds.sort_by(f64::total_cmp);
        let (min, median, max) = (
            milliseconds[0],
            milliseconds[RUNS / 2],
            milliseconds[RUNS - 1],
        );
        let ratio = median / *baseline.get_or_insert(median);
        let megabytes = fs::metadata(program)?.len() as f64 / 1e6;
        println!(
            "  {name:<8} min {min:>5.2}  median {median:>5.2}  max {max:>6.2}  {ratio:.2} x hello  {megabytes:>4.1} MB"
        );
    }
    Ok(())
}
