//! Stacks of `infra/template.yaml` in the emulator.
//!
//! `cargo xtask deploy` creates them, and `cargo xtask destroy` removes them.

use std::net::SocketAddr;
use std::process::{self, Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use aws_sdk_sfn::config::timeout::TimeoutConfig;
use aws_sdk_sfn::types::ExecutionStatus;
use axum::http::{Uri, header};
use backend::step_functions::{StepFunctions, StepFunctionsSettings, load_aws_config};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use store::Store;
use tokio::time::timeout;

use super::app::NO_TIMEOUT;
use super::aws::{client, configuration, setting, update_configuration};
use super::client::ApiClient;
use super::users::sign_in;
use super::wait::wait_for;

/// The user that every stack has.
pub const USER: &str = "ann@example.gov";

/// Stacks that tests have released. A deployment takes longer than most tests.
static RELEASED: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// How long a released stack may take until nothing runs in it.
///
/// The API reports the end of a run somewhat before the state machine ends.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// The functions whose variables tests change.
const FUNCTIONS: [&str; 2] = ["ApiFunction", "FetcherFunction"];

/// A stack. It is destroyed on drop.
pub struct Stack {
    name: String,
    /// What the deployment prints: the stack's outputs and its user's password.
    deployed: Value,
    client: Client,
    /// The variables of [`FUNCTIONS`] as deployed.
    variables: [Value; 2],
    /// The test that released the stack last.
    released_by: Option<String>,
}

impl Stack {
    /// Takes a released stack and gives it this upstream, or deploys one.
    ///
    /// A reused stack has no objects in its data bucket and the variables of a new one. A stack in
    /// which something still runs after [`IDLE_LIMIT`] isn't reused but destroyed.
    pub async fn reuse(upstream: &str) -> Self {
        loop {
            let released = RELEASED.lock().expect("no panic").pop();
            let Some(mut stack) = released else {
                return Self::with_upstream(upstream).await;
            };
            let idle = wait_for("an idle stack", async || {
                stack.is_idle().await.then_some(())
            });
            if timeout(IDLE_LIMIT, idle).await.is_ok() {
                // The connections of the earlier client ended with the runtime of its test.
                stack.client = client_of(&stack.deployed);
                stack.reset(upstream).await;
                return stack;
            }
        }
    }

    /// Makes the stack available to later tests. It is removed when the emulator ends.
    pub fn release(mut self) {
        self.released_by = thread::current().name().map(str::to_owned);
        RELEASED.lock().expect("no panic").push(self);
    }

    async fn is_idle(&self) -> bool {
        let client = step_functions_client();
        for state_machine in ["StateMachineArn", "DirectStateMachineArn"] {
            let running = client
                .list_executions()
                .state_machine_arn(self.output(state_machine))
                .status_filter(ExecutionStatus::Running)
                .send()
                .await
                .expect("the running executions");
            if !running.executions.is_empty() {
                return false;
            }
        }
        true
    }

    async fn reset(&self, upstream: &str) {
        for (function, variables) in FUNCTIONS.iter().zip(&self.variables) {
            update_configuration(self.output(function), |configuration| {
                let mut variables = variables.clone();
                variables["ROLLCALL_UPSTREAM"] = upstream.into();
                configuration["Environment"]["Variables"] = variables;
            })
            .await;
        }
        let objects = self.store().objects();
        let paths = objects.list(None).map_ok(|object| object.location);
        let deleted = objects.delete_stream(paths.boxed());
        let deleted: Vec<_> = deleted.try_collect().await.expect("no objects left");
        drop(deleted);
    }

    /// Deploys a stack with this upstream.
    pub async fn with_upstream(upstream: &str) -> Self {
        Self::deploy(&[("UpstreamUrl", upstream)]).await
    }

    /// Deploys a stack with these parameters of the template.
    pub async fn deploy(parameters: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rollcall-{}-{number}", process::id());
        let mut command = xtask("deploy", &name);
        command.args(["--built", &setting("ZIPS"), "--user", USER]);
        for (parameter, value) in parameters {
            command.args(["--set", &format!("{parameter}={value}")]);
        }
        let output = run_to_success(command).await;
        let deployed: Value = serde_json::from_slice(&output.stdout).expect("outputs");
        let mut stack = Self {
            name,
            client: client_of(&deployed),
            deployed,
            variables: [Value::Null, Value::Null],
            released_by: None,
        };
        let never = format!("{}s", NO_TIMEOUT.as_secs());
        let timeouts = ["ROLLCALL_CONNECT_TIMEOUT", "ROLLCALL_ATTEMPT_TIMEOUT"];
        let timeouts = timeouts.map(|name| (name, never.as_str()));
        stack.set_variables("FetcherFunction", &timeouts).await;
        for (index, function) in FUNCTIONS.into_iter().enumerate() {
            let configuration = configuration(stack.output(function)).await;
            stack.variables[index] = configuration["Environment"]["Variables"].clone();
        }
        stack
    }

    /// The stack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One of the stack's outputs.
    pub fn output(&self, name: &str) -> &str {
        self.deployed["outputs"][name].as_str().expect(name)
    }

    /// Sets environment variables of a function, beside those of the template.
    pub async fn set_variables(&self, function: &str, variables: &[(&str, &str)]) {
        update_configuration(self.output(function), |configuration| {
            for (name, value) in variables {
                configuration["Environment"]["Variables"][*name] = (*value).into();
            }
        })
        .await;
    }

    /// Sends a GET for a path below the page's address; `path` has no leading slash.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.output("Address"));
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("a response")
    }

    /// Starts a run, and returns the response.
    pub async fn start(&self, token: &str, body: &Value) -> Value {
        let started = self
            .client
            .post(format!("{}api/executions", self.output("Address")))
            .bearer_auth(token)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("a response");
        assert_eq!(started.status(), 202);
        json_body(started).await
    }

    /// Waits for the end of a run.
    pub async fn wait_for_end(&self, token: &str, id: &Value) -> Value {
        let path = format!("api/executions/{}", id.as_str().expect("an id"));
        let bearer = format!("Bearer {token}");
        wait_for("the end of the run", async || {
            let response = self.get(&path, &[("authorization", &bearer)]).await;
            let execution = json_body(response).await;
            (execution["status"] != "RUNNING").then_some(execution)
        })
        .await
    }

    /// An access token of the stack's user.
    pub async fn token(&self) -> String {
        let password = self.deployed["password"].as_str().expect("a password");
        let (pool, client) = (self.output("UserPoolId"), self.output("ClientId"));
        sign_in(pool, client, USER, password).await
    }

    /// A client of the API with this token.
    pub fn api_client(&self, token: String) -> ApiClient {
        ApiClient::Deployed {
            client: self.client.clone(),
            address: self.output("Address").to_owned(),
            token,
        }
    }

    /// The HTTP client that resolves the page's address.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The stack's store.
    pub fn store(&self) -> Store {
        Store::in_bucket(self.output("DataBucketName")).expect("the data bucket")
    }

    /// The stack's engine, for a router in this process.
    pub fn engine(&self) -> StepFunctions {
        let settings = StepFunctionsSettings {
            state_machine: self.output("StateMachineArn").parse().expect("an ARN"),
            fetcher_concurrency: StepFunctionsSettings::DEFAULT_FETCHER_CONCURRENCY,
            sweep_after: Duration::from_secs(1),
        };
        let config = load_aws_config().expect("roots").into_builder();
        let config = config.timeout_config(TimeoutConfig::disabled()).build();
        StepFunctions::new(&config, settings)
    }

    /// Runs a state machine to its end; returns the status, and the output or the error.
    pub async fn run_state_machine(&self, state_machine: &str, input: &Value) -> (String, Value) {
        let client = step_functions_client();
        let started = client
            .start_execution()
            .state_machine_arn(self.output(state_machine))
            .input(input.to_string())
            .send()
            .await
            .expect("a started execution");
        let execution = wait_for("the end of an execution", async || {
            let execution = client
                .describe_execution()
                .execution_arn(&started.execution_arn)
                .send()
                .await
                .expect("an execution");
            let runs = *execution.status() == ExecutionStatus::Running;
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

    /// Destroys the stack now.
    pub async fn destroy(&self) {
        run_to_success(self.destroy_command()).await;
    }

    fn destroy_command(&self) -> Command {
        let mut command = xtask("destroy", &self.name);
        command.arg("--yes");
        command
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let output = self.destroy_command().output();
        if output.as_ref().is_ok_and(|output| output.status.success()) || thread::panicking() {
            return;
        }
        let name = &self.name;
        // The current test didn't cause this, so the message names the test that did.
        let left = match &self.released_by {
            Some(test) => format!(", in which {test} left something running,"),
            None => String::new(),
        };
        let why = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        panic!("the stack {name}{left} can't be destroyed: {why:?}");
    }
}

/// A client that resolves the page's address.
///
/// It is a subdomain of `localhost`, which browsers resolve and this client doesn't by itself.
fn client_of(deployed: &Value) -> Client {
    let address: Uri = deployed["outputs"]["Address"]
        .as_str()
        .and_then(|address| address.parse().ok())
        .expect("an address");
    let port = address.port_u16().expect("the emulator's port");
    let host = address.host().expect("a host");
    client()
        .resolve(host, SocketAddr::from(([127, 0, 0, 1], port)))
        .build()
        .expect("a client")
}

/// An xtask command on a stack in the emulator.
pub fn xtask(what: &str, stack: &str) -> Command {
    let mut command = Command::new(setting("XTASK"));
    command.args([what, "--stack", stack, "--endpoint", &setting("ENDPOINT")]);
    command
}

/// Runs a command to its end on a blocking thread.
pub async fn run_command(mut command: Command) -> Output {
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.expect("no panic").expect("the command")
}

/// Runs a command, which must succeed.
async fn run_to_success(command: Command) -> Output {
    let output = run_command(command).await;
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    output
}

/// A response's body as JSON.
pub async fn json_body(response: Response) -> Value {
    let text = response.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A client of the emulator's Step Functions without time limits: on a busy machine, a call takes long.
pub fn step_functions_client() -> aws_sdk_sfn::Client {
    let config = load_aws_config().expect("roots").into_builder();
    let config = config.timeout_config(TimeoutConfig::disabled()).build();
    aws_sdk_sfn::Client::new(&config)
}
