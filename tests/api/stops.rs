//! Early ends: stops, and too many failures.

use serde_json::json;

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    a_stop_keeps_responses_and_a_redrive_fetches_the_rest,
    a_stop_of_a_finished_run_changes_nothing,
    too_many_failures_end_the_run_early,
    a_run_fails_only_above_its_tolerance,
);

async fn a_stop_keeps_responses_and_a_redrive_fetches_the_rest(kind: EngineKind) {
    let upstream = Upstream::answering_first(50).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app
        .start(json!({"ssnList": numbers(130), "maxConcurrency": 60}))
        .await;
    if kind.is_embedded() {
        upstream.wait_for_requests(110).await;
    } else {
        // The emulator runs more batches at once than the run's concurrency permits.
        app.wait_for(&id, |execution| execution["counts"]["SUCCEEDED"] == 50)
            .await;
    }
    let answered = upstream.answered_numbers();
    let stopped = app
        .post(&format!("/api/executions/{id}/stop"), json!({}))
        .await
        .expect(202);
    assert_eq!(stopped["id"], id);
    let ended = app.wait_for_end(&id).await;
    assert_eq!(ended["status"], "ABORTED", "{ended}");
    assert!(
        ended["reason"]
            .as_str()
            .unwrap()
            .contains("80 numbers were not tried"),
        "{ended}"
    );
    assert_eq!(
        ended["counts"],
        json!({"SUCCEEDED": 50, "NOT_FOUND": 0, "FAILED": 0, "PENDING": 0, "NOT_TRIED": 80})
    );
    assert!(ended["stoppedAt"].is_string());
    let rows = app.rows(&id).await;
    assert_eq!(
        rows.iter()
            .filter(|row| row["outcome"] == "NOT_TRIED")
            .count(),
        80
    );

    upstream.release();
    let before = upstream.request_counts();
    let again = app
        .post(&format!("/api/executions/{id}/redrive"), json!({}))
        .await
        .expect(202);
    assert_eq!(
        (&again["status"], &again["pass"]),
        (&json!("RUNNING"), &json!(2))
    );
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(130))
    );
    let after = upstream.request_counts();
    assert!(
        answered
            .iter()
            .all(|number| after[number] == before[number]),
        "an answered number was requested again"
    );
}

async fn a_stop_of_a_finished_run_changes_nothing(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(3)})).await;
    let before = app.wait_for_end(&id).await;
    let after = app
        .post(&format!("/api/executions/{id}/stop"), json!({}))
        .await
        .expect(202);
    assert_eq!(after, before);
    assert_eq!(app.execution(&id).await, before);
}

async fn too_many_failures_end_the_run_early(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        if number < "100012000" {
            Reply::Status(403)
        } else {
            Reply::Held
        }
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    // The first 286 of 800 numbers fail at once. The others have no response.
    let lines = numbers(800);
    let body = json!({"ssnList": lines, "toleratedFailurePercentage": 5, "maxConcurrency": 800});
    let id = app.start(body).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(ended["status"], "FAILED", "{ended}");
    assert!(
        ended["reason"]
            .as_str()
            .unwrap()
            .contains("more than the 5 % tolerated"),
        "{ended}"
    );
    assert!(
        ended["counts"]["FAILED"].as_u64().unwrap() > 40
            && ended["counts"]["NOT_TRIED"].as_u64().unwrap() > 0,
        "{ended}"
    );
    let rows = app.rows(&id).await;
    assert_eq!(rows.len(), 800);
}

async fn a_run_fails_only_above_its_tolerance(kind: EngineKind) {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010001" { 403 } else { 200 }))
            .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app
        .start(json!({"ssnList": numbers(10), "toleratedFailurePercentage": 10}))
        .await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["FAILED"]),
        (&json!("SUCCEEDED"), &json!(1))
    );
    let id = app
        .start(json!({"ssnList": numbers(9), "toleratedFailurePercentage": 10}))
        .await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["FAILED"]),
        (&json!("FAILED"), &json!(1))
    );
}
