//! The engine on AWS Step Functions.
//!
//! It starts, describes and stops executions of the state machine `infra/state-machine.asl.json`.

mod arn;
mod client;
mod config;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus as SfnStatus;
use aws_types::SdkConfig;
use contract::wire::{ExecutionId, ExecutionStatus};
use serde_json::json;

use crate::engine::{Engine, EngineError, EngineStatus, PassStart};

pub use arn::{StateMachineArn, StateMachineArnError};
pub use config::load_aws_config;

/// Settings of the engine.
#[derive(Clone, Debug)]
pub struct StepFunctionsSettings {
    /// The state machine that runs passes.
    pub state_machine: StateMachineArn,
    /// Maximum number of fetchers of one execution that run at the same time.
    ///
    /// This is the function's reserved concurrency, or its share of the account's concurrency. Several
    /// executions together need more, unless it is reserved.
    pub fetcher_concurrency: u32,
    /// Time between the erasure of an execution and its sweep, which erases files written since.
    ///
    /// It must be longer than a fetcher can run: 15 minutes (AWS Lambda quotas, function timeout).
    pub sweep_after: Duration,
}

impl StepFunctionsSettings {
    /// Default number of fetchers: half of an account's default concurrency of 1,000.
    ///
    /// Source: AWS Lambda quotas.
    pub const DEFAULT_FETCHER_CONCURRENCY: u32 = 500;
    /// Default time before a sweep: 16 minutes.
    pub const DEFAULT_SWEEP_AFTER: Duration = Duration::from_secs(16 * 60);
}

/// Runs each pass as an execution of one state machine, named `{id}-{pass:03}`.
#[derive(Clone, Debug)]
pub struct StepFunctions {
    aws: SdkConfig,
    /// Created on first use: it loads a table of regions, and most API requests don't need it.
    client: Arc<OnceLock<Client>>,
    settings: StepFunctionsSettings,
}

impl StepFunctions {
    /// Creates an engine with an AWS configuration, such as that of [`load_aws_config`].
    pub fn new(aws: &SdkConfig, settings: StepFunctionsSettings) -> Self {
        Self {
            aws: aws.clone(),
            client: Arc::default(),
            settings,
        }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.aws))
    }

    async fn start_named(&self, name: String, input: String) -> Result<(), EngineError> {
        let started = self
            .client()
            .start_execution()
            .state_machine_arn(self.settings.state_machine.as_str())
            .name(name)
            .input(input)
            .send()
            .await;
        match started {
            Ok(_) => Ok(()),
            // Names are unique for 90 days, so the pass was started before.
            Err(error) if error_code(&error) == Some("ExecutionAlreadyExists") => Ok(()),
            Err(error) => Err(engine_error("start", &error)),
        }
    }

    fn pass_arn(&self, id: &ExecutionId, pass: u32) -> String {
        self.settings.state_machine.execution(&pass_name(id, pass))
    }
}

#[async_trait]
impl Engine for StepFunctions {
    async fn start(&self, start: PassStart) -> Result<(), EngineError> {
        let name = pass_name(&start.execution_id, start.pass);
        let input = json!(start).to_string();
        self.start_named(name, input).await
    }

    async fn status(&self, id: &ExecutionId, pass: u32) -> Result<EngineStatus, EngineError> {
        let described = self
            .client()
            .describe_execution()
            .execution_arn(self.pass_arn(id, pass))
            .send()
            .await;
        match described {
            Ok(execution) => Ok(engine_status(&execution)),
            Err(error) if error_code(&error) == Some("ExecutionDoesNotExist") => {
                Ok(EngineStatus::Unknown)
            }
            Err(error) => Err(engine_error("describe", &error)),
        }
    }

    async fn stop(&self, id: &ExecutionId, pass: u32) -> Result<(), EngineError> {
        let stopped = self
            .client()
            .stop_execution()
            .execution_arn(self.pass_arn(id, pass))
            .error("Stopped")
            .cause("the run has a stop mark in the store")
            .send()
            .await;
        match stopped {
            Ok(_) => Ok(()),
            Err(error) if error_code(&error) == Some("ExecutionDoesNotExist") => Ok(()),
            Err(error) => Err(engine_error("stop", &error)),
        }
    }

    async fn sweep(&self, id: &ExecutionId) -> Result<(), EngineError> {
        let wait = self.settings.sweep_after.as_secs();
        let input = json!({"executionId": id, "sweep": true, "waitSeconds": wait});
        self.start_named(format!("{id}-sweep"), input.to_string())
            .await
    }

    fn fetcher_concurrency(&self) -> Option<u32> {
        Some(self.settings.fetcher_concurrency)
    }
}

/// Returns the name of the state machine execution of a pass.
///
/// It contains no SSN, and fits the 80 characters of `name` in StartExecution.
fn pass_name(id: &ExecutionId, pass: u32) -> String {
    format!("{id}-{pass:03}")
}

fn engine_status(execution: &DescribeExecutionOutput) -> EngineStatus {
    let status = match execution.status() {
        SfnStatus::Succeeded => ExecutionStatus::Succeeded,
        SfnStatus::Failed => ExecutionStatus::Failed,
        SfnStatus::TimedOut => ExecutionStatus::TimedOut,
        SfnStatus::Aborted => ExecutionStatus::Aborted,
        // RUNNING, PENDING_REDRIVE and statuses of later versions: it hasn't ended.
        _ => return EngineStatus::Running,
    };
    // If a pass doesn't succeed, our state machine fails with the status as the error and the reason
    // as the cause. Other errors come from AWS. Their cause may contain a function's output, so only
    // the error's name is shown.
    let (status, reason) = match (execution.error(), execution.cause()) {
        (Some("FAILED"), cause) => (ExecutionStatus::Failed, cause.map(str::to_owned)),
        (Some("ABORTED"), cause) => (ExecutionStatus::Aborted, cause.map(str::to_owned)),
        (Some("Stopped"), _) => (status, Some("the run was stopped".to_owned())),
        (Some(name), _) => (status, Some(format!("the state machine ended with {name}"))),
        (None, _) => (status, None),
    };
    EngineStatus::Ended { status, reason }
}

fn error_code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

/// Converts an error of the SDK. `action` is a verb, such as `start`.
///
/// Throttling has an error of its own because a retry helps.
fn engine_error<E, R>(action: &str, error: &SdkError<E, R>) -> EngineError
where
    E: ProvideErrorMetadata,
{
    const THROTTLES: [&str; 6] = [
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ExecutionLimitExceeded",
        "KmsThrottlingException",
    ];
    match error.as_service_error() {
        Some(refusal) if refusal.code().is_some_and(|code| THROTTLES.contains(&code)) => {
            EngineError::Throttled
        }
        Some(refusal) => EngineError::Failed(format!(
            "Step Functions refused to {action} the execution: {} ({})",
            refusal.code().unwrap_or("no error code"),
            refusal.message().unwrap_or("no message"),
        )),
        None => EngineError::Failed(format!(
            "could not reach Step Functions to {action} the execution: {}",
            match error {
                SdkError::TimeoutError(_) => "it did not respond in time",
                SdkError::DispatchFailure(_) => {
                    "no connection or no credentials; check the region, the endpoint and the role"
                }
                SdkError::ConstructionFailure(_) => "the request could not be built",
                _ => "its response could not be read",
            }
        )),
    }
}
