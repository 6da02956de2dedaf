//! The direct state machine, whose input holds the numbers.

use serde_json::{Value, json};

use crate::support::stack::Stack;
use crate::support::upstream::{Reply, Upstream};

/// The largest output of a state, in bytes (AWS Step Functions, service quotas).
const PAYLOAD: usize = 256 * 1024;

async fn run(stack: &Stack, input: Value) -> (String, Value) {
    stack
        .run_state_machine("DirectStateMachineArn", &input)
        .await
}

fn numbers(count: u32) -> Vec<String> {
    (1..=count)
        .map(|n| format!("{:09}", 123_450_000 + n))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_are_in_list_order() {
    let upstream = Upstream::start(|number, _| match &number[5..] {
        "0001" => Reply::Body("application/json", json!({"name": "Ann"}).to_string()),
        "0002" => Reply::Status(404),
        "0003" => Reply::Body("text/plain", "no record".into()),
        _ => Reply::Status(403),
    })
    .await;
    let stack = Stack::with_upstream(&upstream.url).await;
    let list = json!({"ssnList": ["123-45-0001", "123450002", "12", "123450004", "123450003"]});

    let (status, outputs) = run(&stack, list).await;
    assert_eq!(status, "SUCCEEDED", "{outputs}");
    assert_eq!(
        outputs[0],
        json!({"statusCode": 200, "body": {"name": "Ann"}})
    );
    assert_eq!(outputs[1]["statusCode"], 404);
    assert_eq!(outputs[1]["body"]["name"], "Ada Example");
    assert_eq!(outputs[2]["statusCode"], Value::Null);
    assert!(outputs[2]["error"].is_string(), "{}", outputs[2]);
    assert_eq!(outputs[3]["statusCode"], 403);
    assert_eq!(outputs[4], json!({"statusCode": 200, "body": "no record"}));
    assert_eq!(outputs.as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_numbers_are_requested_at_once_in_both_map_modes() {
    for count in [40, 41] {
        let upstream = Upstream::start(|number, _| {
            let reply = Reply::Body("text/plain", number[5..].to_owned());
            Reply::OnRelease(Box::new(reply))
        })
        .await;
        let stack = Stack::with_upstream(&upstream.url).await;
        let list = numbers(count);
        let run = run(&stack, json!({"ssnList": list}));
        // No request is answered before all have arrived.
        let all = async {
            upstream.wait_for_requests(count).await;
            upstream.release();
        };
        let ((status, outputs), ()) = tokio::join!(run, all);
        assert_eq!(status, "SUCCEEDED", "{outputs}");
        let outputs = outputs.as_array().unwrap();
        assert_eq!(outputs.len(), list.len());
        for (number, output) in list.iter().zip(outputs) {
            assert_eq!(output["body"], number[5..]);
        }
        assert_eq!(upstream.max_in_flight(), count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_long_bodies_are_truncated_and_marked() {
    let long = json!({"text": "é\"\\".repeat(2_000)});
    let upstream =
        Upstream::start(move |_, _| Reply::Body("application/json", long.to_string())).await;
    let stack = Stack::with_upstream(&upstream.url).await;
    for count in [40, 400] {
        let (status, outputs) = run(&stack, json!({"ssnList": numbers(count)})).await;
        assert_eq!(status, "SUCCEEDED");
        let bytes = outputs.to_string().len();
        assert!(bytes < PAYLOAD && bytes > PAYLOAD * 4 / 5, "{bytes} bytes");
        for output in outputs.as_array().unwrap() {
            assert_eq!(output["truncated"], true);
            assert!(output["body"].as_str().unwrap().starts_with("{\"text\":"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn input_without_1_to_400_numbers_fails_with_a_cause() {
    let upstream = Upstream::succeeding().await;
    let stack = Stack::with_upstream(&upstream.url).await;
    for (input, name) in [
        (json!({}), "BadInput"),
        (json!([]), "BadInput"),
        (json!({"ssnList": []}), "BadInput"),
        (json!({"ssnList": "123-45-6789"}), "BadInput"),
        (json!({"ssnList": numbers(401)}), "TooMany"),
    ] {
        let (status, end) = run(&stack, input).await;
        assert_eq!((status.as_str(), &end["error"]), ("FAILED", &json!(name)));
        assert!(end["cause"].as_str().unwrap().contains("1 to 400 numbers"));
    }
}
