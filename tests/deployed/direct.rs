//! The state machine that takes numbers, as the project was first asked for.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::emulator::Deployment;
use crate::upstream::Upstream;

/// The most that a state's output may take (AWS Step Functions, service quotas).
const PAYLOAD: usize = 256 * 1024;

async fn ask(deployment: &Deployment, input: Value) -> (String, Value) {
    let machine = &deployment.outputs().direct_state_machine_arn;
    deployment.run(machine, &input).await
}

fn numbers(count: u32) -> Vec<String> {
    (1..=count)
        .map(|n| format!("{:09}", 123_450_000 + n))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answers_come_in_the_lists_order_whatever_they_are() {
    let upstream = Upstream::new(Duration::ZERO, |number| match &number[5..] {
        "0001" => axum::Json(json!({"name": "Ann"})).into_response(),
        "0002" => (StatusCode::NOT_FOUND, "no such number").into_response(),
        _ => StatusCode::FORBIDDEN.into_response(),
    })
    .await;
    let deployment = Deployment::new(upstream.url());
    let list = json!({"ssnList": ["123-45-0001", "123450002", "12", "123450003"]});

    let (status, answers) = ask(&deployment, list).await;
    assert_eq!(status, "SUCCEEDED", "{answers}");
    assert_eq!(
        answers[0],
        json!({"statusCode": 200, "body": {"name": "Ann"}})
    );
    assert_eq!(answers[1]["statusCode"], 404);
    assert_eq!(answers[1]["body"], "no such number");
    assert_eq!(answers[2]["statusCode"], Value::Null);
    assert!(answers[2]["error"].is_string(), "{}", answers[2]);
    assert_eq!(answers[3]["statusCode"], 403);
    assert_eq!(answers.as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_asked_at_once_and_forty_one_as_forty() {
    let upstream = Upstream::new(Duration::from_secs(1), |number| number[5..].to_owned()).await;
    let deployment = Deployment::new(upstream.url());
    for count in [40, 41] {
        let list = numbers(count);
        let (status, answers) = ask(&deployment, json!({"ssnList": list})).await;
        assert_eq!(status, "SUCCEEDED", "{answers}");
        let answers = answers.as_array().unwrap();
        assert_eq!(answers.len(), list.len());
        for (number, answer) in list.iter().zip(answers) {
            assert_eq!(answer["body"], number[5..]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_long_answers_are_cut_to_fit_and_marked() {
    let long = json!({"text": "é\"\\".repeat(2_000)});
    let upstream = Upstream::new(Duration::ZERO, move |_| axum::Json(long.clone())).await;
    let deployment = Deployment::new(upstream.url());
    for count in [40, 400] {
        let (status, answers) = ask(&deployment, json!({"ssnList": numbers(count)})).await;
        assert_eq!(status, "SUCCEEDED");
        let bytes = answers.to_string().len();
        assert!(bytes < PAYLOAD && bytes > PAYLOAD * 4 / 5, "{bytes} bytes");
        for answer in answers.as_array().unwrap() {
            assert_eq!(answer["truncated"], true);
            assert!(answer["body"].as_str().unwrap().starts_with("{\"text\":"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_list_of_up_to_four_hundred_fails_with_a_plain_cause() {
    let upstream = Upstream::new(Duration::ZERO, |_| "").await;
    let deployment = Deployment::new(upstream.url());
    for (input, name) in [
        (json!({}), "BadInput"),
        (json!([]), "BadInput"),
        (json!({"ssnList": []}), "BadInput"),
        (json!({"ssnList": "123-45-6789"}), "BadInput"),
        (json!({"ssnList": numbers(401)}), "TooMany"),
    ] {
        let (status, end) = ask(&deployment, input).await;
        assert_eq!((status.as_str(), &end["error"]), ("FAILED", &json!(name)));
        assert!(end["cause"].as_str().unwrap().contains("1 to 400 numbers"));
    }
}
