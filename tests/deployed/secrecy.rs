//! No number is in the data of Step Functions or in the logs.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::aws::call_aws;
use crate::support::numbers;
use crate::support::stack::{Stack, step_functions_client};
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

/// Everything that Step Functions keeps of the executions of a state machine.
async fn workflow_data(stack: &Stack) -> String {
    let client = step_functions_client();
    let machine = stack.output("StateMachineArn");
    let list = client.list_executions().state_machine_arn(machine).send();
    let mut seen = String::new();
    for execution in list.await.expect("executions").executions {
        let arn = execution.execution_arn;
        let described = client.describe_execution().execution_arn(&arn).send();
        let history = client
            .get_execution_history()
            .execution_arn(&arn)
            .include_execution_data(true)
            .max_results(1_000)
            .send();
        let described = described.await.expect("an execution");
        seen += &format!("{arn} {:?} {:?}", described.input, described.output);
        let history = history.await.expect("a history");
        assert_eq!(history.next_token, None, "the history has more pages");
        seen += &format!("{:?}", history.events);
    }
    seen
}

/// All messages of a log group.
async fn log(group: &str) -> String {
    let target = "Logs_20140328.FilterLogEvents";
    let found = call_aws("logs", target, &json!({"logGroupName": group})).await;
    assert!(found["nextToken"].is_null(), "the log has more pages");
    let events = found["events"].as_array().expect("events");
    events
        .iter()
        .map(|event| event["message"].as_str().expect("a message").to_owned() + "\n")
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_reaches_the_workflow_or_a_log() {
    let lines = numbers(40);
    // Found, redirected, refused, and failing at every attempt.
    let upstream = Upstream::start(|number, _| match number.as_bytes()[8] % 4 {
        0 => Reply::Body("application/json", format!("{{\"ssn\": \"{number}\"}}")),
        1 => Reply::Redirect(format!("http://elsewhere.invalid/{number}")),
        2 => Reply::Status(403),
        _ => Reply::Status(500),
    })
    .await;
    let app = TestApp::on_new_stack(&upstream).await;
    let id = app.start(json!({"ssnList": lines})).await;
    let ended = app.wait_for_end(&id).await;
    assert!(ended["counts"]["FAILED"].as_u64() > Some(0), "{ended}");
    assert_eq!(app.rows(&id).await.len(), lines.len());
    // A number in a path or query, by mistake.
    let number = &lines[0];
    for path in [number.clone(), format!("?cursor={number}")] {
        let response = app.get(&format!("/api/executions/{path}")).await;
        assert!(response.status.is_client_error());
    }

    let stack = app.stack();
    let name = stack.name();
    let mut seen = workflow_data(stack).await;
    assert!(seen.contains(&id), "the workflow's data isn't in it");
    // The log of a call may arrive only with the next call.
    let wrong = json!({"ssnList": number, number.as_str(): number});
    seen += &wait_for("the log of a bad request", async || {
        let response = app.post("/api/executions", wrong.clone()).await;
        response.expect_problem(422, "invalid-request");
        let lines = log(&format!("/rollcall/{name}/api")).await;
        let is_complete = lines.contains("\"status\":422") && lines.contains(&id);
        is_complete.then_some(lines)
    })
    .await;
    seen += &wait_for("the fetcher's log", async || {
        let lines = log(&format!("/rollcall/{name}/fetcher")).await;
        lines.contains(&format!("Batch({id}")).then_some(lines)
    })
    .await;
    for number in &lines {
        let (area, rest) = number.split_at(3);
        let (group, serial) = rest.split_at(2);
        for written in [number.clone(), format!("{area}-{group}-{serial}")] {
            assert!(!seen.contains(&written), "{written} is seen");
        }
    }
}
