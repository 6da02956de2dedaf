//! The engine on AWS Step Functions: `infra/state-machine.asl.json` does the work, this starts it,
//! asks after it and stops it.

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

/// What the engine needs to know of the stack it runs in.
#[derive(Clone, Debug)]
pub struct StepFunctionsSettings {
    /// The state machine that drives a pass.
    pub state_machine: StateMachineArn,
    /// Fetchers that may run at the same time: the function's reserved concurrency, or the
    /// account's share for it.
    pub fetcher_concurrency: u32,
    /// How long after a DELETE the leftovers of late writers are erased; longer than a fetcher may
    /// run, which is 15 minutes (AWS Lambda quotas, function timeout).
    pub sweep_after: Duration,
}

impl StepFunctionsSettings {
    /// Fetchers at the same time where no setting says otherwise: half of an account's default
    /// concurrency of 1,000 (AWS Lambda quotas).
    pub const DEFAULT_FETCHER_CONCURRENCY: u32 = 500;
    /// The wait before a sweep where no setting says otherwise: 16 minutes.
    pub const DEFAULT_SWEEP_AFTER: Duration = Duration::from_secs(16 * 60);
}

/// Drives passes by executions of one state machine, a pass's named `{id}-{pass:03}`.
#[derive(Clone, Debug)]
pub struct StepFunctions {
    aws: SdkConfig,
    /// Made when it is first used: it reads a table of regions, and most calls of the API ask the
    /// store alone.
    client: Arc<OnceLock<Client>>,
    settings: StepFunctionsSettings,
}

impl StepFunctions {
    /// An engine that reaches AWS as `aws` says; see [`load_aws_config`].
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
            // Of this name there was one already, in these 90 days: it was started before.
            Err(error) if code(&error) == Some("ExecutionAlreadyExists") => Ok(()),
            Err(error) => Err(failed("start", &error)),
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
            Err(error) if code(&error) == Some("ExecutionDoesNotExist") => {
                Ok(EngineStatus::Unknown)
            }
            Err(error) => Err(failed("describe", &error)),
        }
    }

    async fn stop(&self, id: &ExecutionId, pass: u32) -> Result<(), EngineError> {
        let stopped = self
            .client()
            .stop_execution()
            .execution_arn(self.pass_arn(id, pass))
            .error("Stopped")
            .cause("the run was stopped by its mark in the store")
            .send()
            .await;
        match stopped {
            Ok(_) => Ok(()),
            Err(error) if code(&error) == Some("ExecutionDoesNotExist") => Ok(()),
            Err(error) => Err(failed("stop", &error)),
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

/// Names an execution of the state machine. No number is in it, and it fits the 80 characters of
/// StartExecution's `name`.
fn pass_name(id: &ExecutionId, pass: u32) -> String {
    format!("{id}-{pass:03}")
}

fn engine_status(execution: &DescribeExecutionOutput) -> EngineStatus {
    let status = match execution.status() {
        SfnStatus::Succeeded => ExecutionStatus::Succeeded,
        SfnStatus::Failed => ExecutionStatus::Failed,
        SfnStatus::TimedOut => ExecutionStatus::TimedOut,
        SfnStatus::Aborted => ExecutionStatus::Aborted,
        // RUNNING, PENDING_REDRIVE, and what a later version may name: not over.
        _ => return EngineStatus::Running,
    };
    // The state machine's own end bears the run's status as its error and the reason as its cause.
    // Any other error is a name only: a cause may be text that some function wrote.
    let (status, reason) = match (execution.error(), execution.cause()) {
        (Some("FAILED"), cause) => (ExecutionStatus::Failed, cause.map(str::to_owned)),
        (Some("ABORTED"), cause) => (ExecutionStatus::Aborted, cause.map(str::to_owned)),
        (Some("Stopped"), _) => (status, Some("the run was stopped".to_owned())),
        (Some(name), _) => (status, Some(format!("the state machine ended with {name}"))),
        (None, _) => (status, None),
    };
    EngineStatus::Ended { status, reason }
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

/// What the caller can do about it: come back later, or read the message.
fn failed<E, R>(what: &str, error: &SdkError<E, R>) -> EngineError
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
        Some(said) if said.code().is_some_and(|code| THROTTLES.contains(&code)) => {
            EngineError::Throttled
        }
        Some(said) => EngineError::Failed(format!(
            "Step Functions refused to {what} the execution: {} ({})",
            said.code().unwrap_or("no error code"),
            said.message().unwrap_or("no message"),
        )),
        None => EngineError::Failed(format!(
            "Step Functions was not reached to {what} the execution: {}",
            match error {
                SdkError::TimeoutError(_) => "it did not answer in time",
                SdkError::DispatchFailure(_) => {
                    "no connection or no credentials; check the region, the endpoint and the role"
                }
                SdkError::ConstructionFailure(_) => "the request could not be built",
                _ => "its answer could not be read",
            }
        )),
    }
}
