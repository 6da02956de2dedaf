//! Redrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    a_redrive_by_status_fetches_only_those_items,
    a_redrive_of_answered_items_or_a_running_pass_is_refused,
);

async fn a_redrive_by_status_fetches_only_those_items(kind: EngineKind) {
    let recovered = Arc::new(AtomicBool::new(false));
    let is_recovered = Arc::clone(&recovered);
    let upstream = Upstream::start(move |number, _| {
        let last = number.as_bytes()[8] % 4;
        Reply::Status(match last {
            _ if is_recovered.load(Ordering::Relaxed) => 200,
            0 => 400,
            1 => 403,
            2 => 404,
            _ => 200,
        })
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let lines = numbers(100);
    let count_with = |last: u8| {
        lines
            .iter()
            .filter(|number| number.as_bytes()[8] % 4 == last)
            .count()
    };
    let id = app.start(json!({"ssnList": lines})).await;
    let first = app.wait_for_end(&id).await;
    assert_eq!(first["counts"]["FAILED"], count_with(0) + count_with(1));

    recovered.store(true, Ordering::Relaxed);
    let before = upstream.request_counts();
    let path = format!("/api/executions/{id}/redrive");
    let running = app
        .post(&path, json!({"statusCodes": [403]}))
        .await
        .expect(202);
    assert_eq!(running["pass"], 2);
    let second = app.wait_for_end(&id).await;
    assert_eq!(second["status"], "SUCCEEDED");
    let counts = json!({"SUCCEEDED": count_with(3) + count_with(1), "NOT_FOUND": count_with(2), "FAILED": count_with(0), "PENDING": 0, "NOT_TRIED": 0});
    assert_eq!(second["counts"], counts);
    for (number, count) in upstream.request_counts() {
        let again = u32::from(number.as_bytes()[8] % 4 == 1);
        assert_eq!(count, before[&number] + again, "{number}");
    }
    for row in app.rows(&id).await {
        let last = row["ssn"].as_str().unwrap().as_bytes()[8] % 4;
        assert_eq!(row["statusCode"], [400, 200, 404, 200][usize::from(last)]);
    }
    app.post(&path, json!({"statusCodes": [403]}))
        .await
        .expect_problem(409, "nothing-to-do");
    app.post(&path, json!({})).await.expect(202);
    let third = app.wait_for_end(&id).await;
    assert_eq!(
        (&third["counts"]["FAILED"], &third["pass"]),
        (&json!(0), &json!(3))
    );
}

async fn a_redrive_of_answered_items_or_a_running_pass_is_refused(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(2)})).await;
    let path = format!("/api/executions/{id}/redrive");
    app.post(&path, json!({}))
        .await
        .expect_problem(409, "still-running");
    for filter in [
        json!({"outcome": "SUCCEEDED"}),
        json!({"outcome": "NOT_FOUND"}),
        json!({"outcome": "INVALID"}),
        json!({"statusCodes": [404]}),
        json!({"statusCodes": [200, 503]}),
        json!({"statusCodes": []}),
        json!({"statusCodes": 503}),
        json!({"statusCodes": [200], "errors": ["TIMED_OUT", null]}),
        json!({"errors": ["SOMETHING"]}),
        json!({"errors": []}),
        json!({"unknown": 1}),
    ] {
        app.post(&path, filter)
            .await
            .expect_problem(422, "invalid-request");
    }
    upstream.release();
    app.wait_for_end(&id).await;
    app.post(&path, json!({}))
        .await
        .expect_problem(409, "nothing-to-do");
}
