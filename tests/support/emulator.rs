//! Deployments in the AWS emulator that `cargo xtask test` starts. Each test makes its own, with
//! its own upstream, bucket, Lambdas, state machines and HTTP API; they end with the test.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{self, Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use backend::step_functions::{StepFunctions, StepFunctionsSettings, load_aws_config};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Store;

use super::patience::until;

/// What a deployment is made with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The upstream's address.
    pub upstream: String,
    /// Variables for both Lambdas, such as `ROLLCALL_ATTEMPT_TIMEOUT` (see
    /// `UpstreamSettings::from_environment`).
    pub env: Vec<(String, String)>,
    /// The fetcher's time limit; none: 15 minutes.
    pub fetcher_timeout: Option<Duration>,
}

/// A deployment; dropping it ends its Lambdas.
#[derive(Clone, Debug)]
pub struct Deployment {
    name: String,
    outputs: Outputs,
}

/// What the deployment made.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outputs {
    /// The data bucket.
    pub bucket: String,
    /// The HTTP API, without a last slash. Its host is a subdomain of `localhost`: a browser knows
    /// where that is, another client is told by [`Deployment::api_address`].
    pub api_url: String,
    /// The state machine that drives a pass.
    pub state_machine_arn: String,
    /// The state machine that takes numbers.
    pub direct_state_machine_arn: String,
}

impl Deployment {
    /// Makes one for this upstream.
    pub fn new(upstream: impl Into<String>) -> Self {
        Self::with(Options {
            upstream: upstream.into(),
            ..Options::default()
        })
    }

    /// Makes one.
    pub fn with(options: Options) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}", process::id());
        let env: serde_json::Map<String, Value> = options
            .env
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        let mut request = json!({"name": name, "upstream": options.upstream, "env": env});
        if let Some(timeout) = options.fetcher_timeout {
            request["fetcherTimeout"] = timeout.as_secs().into();
        }
        let outputs = serde_json::from_value(ask(&request)).expect("the deployment's outputs");
        Self { name, outputs }
    }

    /// What it made.
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// The HTTP API's host and where it is, for a client that resolves names itself, such as
    /// reqwest's `ClientBuilder::resolve`.
    pub fn api_address(&self) -> (String, SocketAddr) {
        let url: http::Uri = self.outputs.api_url.parse().expect("the API's address");
        let host = url.host().expect("the API's host").to_owned();
        let port = url.port_u16().expect("the API's port");
        (host, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Its executions' files.
    pub fn store(&self) -> Store {
        Store::in_bucket(&self.outputs.bucket).expect("the deployment's bucket")
    }

    /// Its engine, for a router in this process.
    pub async fn engine(&self) -> StepFunctions {
        let settings = StepFunctionsSettings {
            state_machine: self.outputs.state_machine_arn.parse().expect("an ARN"),
            fetcher_concurrency: StepFunctionsSettings::DEFAULT_FETCHER_CONCURRENCY,
            sweep_after: Duration::from_secs(1),
        };
        StepFunctions::new(&load_aws_config().await, settings)
    }

    /// Runs one of its state machines to its end: the status, and the output or the error.
    pub async fn run(&self, state_machine_arn: &str, input: &Value) -> (String, Value) {
        let client = aws_sdk_sfn::Client::new(&load_aws_config().await);
        let started = client
            .start_execution()
            .state_machine_arn(state_machine_arn)
            .input(input.to_string())
            .send()
            .await
            .expect("a started execution");
        let execution = until("the end of an execution", async || {
            let execution = client
                .describe_execution()
                .execution_arn(&started.execution_arn)
                .send()
                .await
                .expect("an execution");
            let runs = *execution.status() == aws_sdk_sfn::types::ExecutionStatus::Running;
            (!runs).then_some(execution)
        })
        .await;
        let end = match (execution.error(), execution.output()) {
            (Some(error), _) => json!({"error": error, "cause": execution.cause()}),
            (None, output) => output.map_or(Value::Null, |json| {
                serde_json::from_str(json).expect("JSON")
            }),
        };
        (execution.status().to_string(), end)
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        ask(&json!({"destroy": self.name}));
    }
}

/// The script that creates deployments; it ends with this process, whose end closes its input.
struct Deployer {
    _process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

fn ask(request: &Value) -> Value {
    static DEPLOYER: LazyLock<Mutex<Deployer>> = LazyLock::new(|| Mutex::new(deployer()));
    let mut deployer = DEPLOYER.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(deployer.stdin, "{request}").expect("a deployer that listens");
    let mut line = String::new();
    deployer.stdout.read_line(&mut line).expect("its answer");
    let answer: Value = serde_json::from_str(&line).expect("its answer is JSON");
    assert!(answer.get("error").is_none(), "{request}: {answer}");
    answer
}

fn deployer() -> Deployer {
    let mut process = Command::new(told("PYTHON"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/infra/emulator.py"))
        .arg("deploy")
        .args([told("ENDPOINT"), told("API"), told("FETCHER")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    Deployer {
        stdin: process.stdin.take().expect("its input is piped"),
        stdout: BufReader::new(process.stdout.take().expect("its output is piped")),
        _process: process,
    }
}

/// What `cargo xtask test` has told about the emulator.
pub fn told(what: &str) -> String {
    env::var(format!("ROLLCALL_E2E_{what}"))
        .unwrap_or_else(|_| panic!("no emulator runs: start these tests by `cargo xtask test`"))
}
