//! Ending early: by hand, and by too many failures.

use serde_json::json;

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, World};

on_every_engine!(
    a_stop_keeps_what_was_fetched_and_a_redrive_goes_on,
    a_stop_of_what_is_over_changes_nothing,
    too_many_failures_end_the_run_early,
    as_many_failures_as_are_tolerated_succeed,
);

async fn a_stop_keeps_what_was_fetched_and_a_redrive_goes_on(kind: Kind) {
    let upstream = Upstream::answering(50).await;
    let world = World::new(kind, &upstream).await;
    let id = world
        .start(json!({"ssnList": numbers(130), "maxConcurrency": 60}))
        .await;
    if kind.is_embedded() {
        upstream.until_total(110).await;
    } else {
        // The emulator starts more at once than the run may have in flight.
        world
            .until(&id, |execution| execution["counts"]["SUCCEEDED"] == 50)
            .await;
    }
    let answered = upstream.answered();
    let stopped = world
        .post(&format!("/api/executions/{id}/stop"), json!({}))
        .await
        .expect(202);
    assert_eq!(stopped["id"], id);
    let over = world.until_over(&id).await;
    assert_eq!(over["status"], "ABORTED", "{over}");
    assert!(
        over["reason"]
            .as_str()
            .unwrap()
            .contains("80 numbers were not tried"),
        "{over}"
    );
    assert_eq!(
        over["counts"],
        json!({"SUCCEEDED": 50, "NOT_FOUND": 0, "FAILED": 0, "PENDING": 0, "NOT_TRIED": 80})
    );
    assert!(over["stoppedAt"].is_string());
    let rows = world.rows(&id).await;
    assert_eq!(
        rows.iter()
            .filter(|row| row["outcome"] == "NOT_TRIED")
            .count(),
        80
    );

    upstream.release();
    let before = upstream.asked();
    let again = world
        .post(&format!("/api/executions/{id}/redrive"), json!({}))
        .await
        .expect(202);
    assert_eq!(
        (&again["status"], &again["pass"]),
        (&json!("RUNNING"), &json!(2))
    );
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(130))
    );
    let after = upstream.asked();
    assert!(
        answered
            .iter()
            .all(|number| after[number] == before[number]),
        "an answer is never asked for again"
    );
}

async fn a_stop_of_what_is_over_changes_nothing(kind: Kind) {
    let upstream = Upstream::quick().await;
    let world = World::new(kind, &upstream).await;
    let id = world.start(json!({"ssnList": numbers(3)})).await;
    let before = world.until_over(&id).await;
    let after = world
        .post(&format!("/api/executions/{id}/stop"), json!({}))
        .await
        .expect(202);
    assert_eq!(after, before);
    assert_eq!(world.execution(&id).await, before);
}

async fn too_many_failures_end_the_run_early(kind: Kind) {
    let upstream = Upstream::start(|number, _| {
        if number < "100012000" {
            Reply::Status(403)
        } else {
            Reply::Held
        }
    })
    .await;
    let world = World::new(kind, &upstream).await;
    // 800 numbers in 40 batches, of which the first half fail at once.
    let lines = numbers(800);
    let body = json!({"ssnList": lines, "toleratedFailurePercentage": 5, "maxConcurrency": 800});
    let id = world.start(body).await;
    let over = world.until_over(&id).await;
    assert_eq!(over["status"], "FAILED", "{over}");
    assert!(
        over["reason"]
            .as_str()
            .unwrap()
            .contains("more than the 5 % tolerated"),
        "{over}"
    );
    assert!(
        over["counts"]["FAILED"].as_u64().unwrap() > 40
            && over["counts"]["NOT_TRIED"].as_u64().unwrap() > 0,
        "{over}"
    );
    let rows = world.rows(&id).await;
    assert_eq!(rows.len(), 800);
}

async fn as_many_failures_as_are_tolerated_succeed(kind: Kind) {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010001" { 403 } else { 200 }))
            .await;
    let world = World::new(kind, &upstream).await;
    let id = world
        .start(json!({"ssnList": numbers(10), "toleratedFailurePercentage": 10}))
        .await;
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["FAILED"]),
        (&json!("SUCCEEDED"), &json!(1))
    );
    let id = world
        .start(json!({"ssnList": numbers(9), "toleratedFailurePercentage": 10}))
        .await;
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["FAILED"]),
        (&json!("FAILED"), &json!(1))
    );
}
