use aws_sdk_sfn::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use super::*;

const ID: &str = "01jd0000000000000000000abc";

fn id() -> ExecutionId {
    ID.parse().unwrap()
}

/// Creates an engine whose one call gets this response, and the client that records the request.
fn engine(status: u16, response: &Value) -> (StepFunctions, StaticReplayClient) {
    let event = ReplayEvent::new(
        http::Request::new(SdkBody::empty()),
        http::Response::builder()
            .status(status)
            .body(SdkBody::from(response.to_string()))
            .unwrap(),
    );
    let client = StaticReplayClient::new(vec![event]);
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(aws_sdk_sfn::config::SharedCredentialsProvider::new(
            Credentials::new("id", "key", None, None, "test"),
        ))
        .retry_config(aws_sdk_sfn::config::retry::RetryConfig::disabled())
        .http_client(client.clone())
        .build();
    let settings = StepFunctionsSettings {
        state_machine: "arn:aws:states:us-east-1:123456789012:stateMachine:rollcall"
            .parse()
            .unwrap(),
        fetcher_concurrency: 7,
        sweep_after: Duration::from_secs(960),
    };
    (StepFunctions::new(&aws, settings), client)
}

fn sent(client: &StaticReplayClient) -> (String, Value) {
    let request = client.actual_requests().next().expect("one call");
    let target = request.headers().get("x-amz-target").unwrap().to_owned();
    let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
    (target, body)
}

fn refusal(code: &str) -> Value {
    json!({"__type": format!("com.amazonaws.swf.service.v2.model#{code}"), "message": "no"})
}

fn pass() -> PassStart {
    PassStart {
        execution_id: id(),
        pass: 2,
        batches: vec![0, 3],
        lanes: 2,
        wide: false,
    }
}

#[tokio::test]
async fn a_pass_is_started_with_its_name_and_input() {
    let (engine, client) = engine(
        200,
        &json!({"executionArn": "arn:aws:states:us-east-1:123456789012:execution:rollcall:x", "startDate": 1.0}),
    );
    engine.start(pass()).await.unwrap();

    let (target, body) = sent(&client);
    assert_eq!(target, "AWSStepFunctions.StartExecution");
    assert_eq!(
        body["stateMachineArn"],
        "arn:aws:states:us-east-1:123456789012:stateMachine:rollcall"
    );
    assert_eq!(body["name"], format!("{ID}-002"));
    let input: Value = serde_json::from_str(body["input"].as_str().unwrap()).unwrap();
    assert_eq!(
        input,
        json!({"executionId": ID, "pass": 2, "batches": [0, 3], "lanes": 2, "wide": false})
    );
}

#[tokio::test]
async fn starting_a_started_pass_succeeds() {
    let (engine, _) = engine(400, &refusal("ExecutionAlreadyExists"));
    engine.start(pass()).await.unwrap();
}

#[tokio::test]
async fn a_sweep_has_its_own_name_and_waits() {
    let (engine, client) = engine(400, &refusal("ExecutionAlreadyExists"));
    engine.sweep(&id()).await.unwrap();

    let (_, body) = sent(&client);
    assert_eq!(body["name"], format!("{ID}-sweep"));
    let input: Value = serde_json::from_str(body["input"].as_str().unwrap()).unwrap();
    assert_eq!(
        input,
        json!({"executionId": ID, "sweep": true, "waitSeconds": 960})
    );
}

#[tokio::test]
async fn throttling_is_its_own_error() {
    for code in ["ThrottlingException", "ExecutionLimitExceeded"] {
        let (engine, _) = engine(400, &refusal(code));
        let error = engine.start(pass()).await.unwrap_err();
        assert!(matches!(error, EngineError::Throttled), "{code}: {error}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_call_and_the_cause() {
    let (engine, _) = engine(400, &refusal("StateMachineDoesNotExist"));
    let error = engine.start(pass()).await.unwrap_err().to_string();
    assert!(error.contains("start"), "{error}");
    assert!(error.contains("StateMachineDoesNotExist"), "{error}");
}

#[tokio::test]
async fn the_state_machines_error_and_cause_become_status_and_reason() {
    use ExecutionStatus::{Aborted, Failed, Succeeded, TimedOut};
    let ended = |status, reason: Option<&str>| EngineStatus::Ended {
        status,
        reason: reason.map(str::to_owned),
    };
    let cases = [
        (json!({"status": "RUNNING"}), EngineStatus::Running),
        (json!({"status": "SUCCEEDED"}), ended(Succeeded, None)),
        (
            json!({"status": "FAILED", "error": "FAILED", "cause": "3 of 4 failed"}),
            ended(Failed, Some("3 of 4 failed")),
        ),
        (
            json!({"status": "FAILED", "error": "ABORTED", "cause": "stopped by its owner"}),
            ended(Aborted, Some("stopped by its owner")),
        ),
        (
            json!({"status": "FAILED", "error": "States.Runtime", "cause": "{\"ssn\": \"1\"}"}),
            ended(Failed, Some("the state machine ended with States.Runtime")),
        ),
        (
            json!({"status": "ABORTED", "error": "Stopped", "cause": "x"}),
            ended(Aborted, Some("the run was stopped")),
        ),
        (json!({"status": "TIMED_OUT"}), ended(TimedOut, None)),
    ];
    for (mut response, expected) in cases {
        let arn = format!("arn:aws:states:us-east-1:123456789012:execution:rollcall:{ID}-001");
        response["executionArn"] = json!(arn);
        response["stateMachineArn"] =
            json!("arn:aws:states:us-east-1:123456789012:stateMachine:rollcall");
        response["startDate"] = json!(1.0);
        let (engine, client) = engine(200, &response);
        assert_eq!(engine.status(&id(), 1).await.unwrap(), expected);
        assert_eq!(sent(&client).1["executionArn"], arn);
    }
}

#[tokio::test]
async fn a_missing_pass_is_unknown_and_can_be_stopped() {
    let (step_functions, _) = engine(400, &refusal("ExecutionDoesNotExist"));
    assert_eq!(
        step_functions.status(&id(), 1).await.unwrap(),
        EngineStatus::Unknown
    );
    let (step_functions, _) = engine(400, &refusal("ExecutionDoesNotExist"));
    step_functions.stop(&id(), 1).await.unwrap();
}

#[tokio::test]
async fn an_error_says_that_step_functions_is_unreachable() {
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(aws_sdk_sfn::config::SharedCredentialsProvider::new(
            Credentials::new("id", "key", None, None, "test"),
        ))
        .retry_config(aws_sdk_sfn::config::retry::RetryConfig::disabled())
        .http_client(StaticReplayClient::new(vec![]))
        .build();
    let (step_functions, _) = engine(200, &json!({}));
    let step_functions = StepFunctions::new(&aws, step_functions.settings);
    let error = step_functions.stop(&id(), 1).await.unwrap_err().to_string();
    assert!(
        error.contains("could not reach Step Functions to stop"),
        "{error}"
    );
}
