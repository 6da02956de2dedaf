//! Groups of failures.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

on_every_engine!(
    failures_are_grouped_and_each_group_can_be_redriven,
    failures_are_counted_while_the_run_continues,
    items_without_a_response_in_a_redrive_stay_failed,
);

/// Waits until the server has counted all failures within its time limit.
async fn failures(app: &TestApp, id: &str) -> Value {
    let path = format!("/api/executions/{id}/failures");
    wait_for("all failures", async || {
        let failures = app.get(&path).await.expect(200);
        (failures["complete"] == true).then_some(failures)
    })
    .await
}

fn sum(failures: &Value) -> u64 {
    let groups = failures["groups"].as_array().unwrap();
    groups
        .iter()
        .map(|group| group["items"].as_u64().unwrap())
        .sum()
}

async fn failures_are_grouped_and_each_group_can_be_redriven(kind: EngineKind) {
    let recovered = Arc::new(AtomicBool::new(false));
    let is_recovered = Arc::clone(&recovered);
    let upstream = Upstream::start(move |number, _| {
        match (number.as_bytes()[8], is_recovered.load(Ordering::Relaxed)) {
            (_, true) => Reply::Status(200),
            (b'0'..=b'2', _) => Reply::Status(503),
            (b'3' | b'4', _) => Reply::Redirect("http://elsewhere.invalid/".into()),
            (b'5', _) => Reply::Status(302),
            (b'6', _) => Reply::Body("text/plain", "x".repeat((64 << 10) + 1)),
            (b'7', _) => Reply::Status(404),
            _ => Reply::Status(200),
        }
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let mut lines = numbers(100);
    // Groups count items, so a repeated line adds nothing.
    lines.push(lines[5].clone());
    lines.push("nonsense".into());
    let id = app.start(json!({ "ssnList": lines })).await;
    let ended = app.wait_for_end(&id).await;
    let group = |status: Value, error: Value, items: u64| json!({"statusCode": status, "error": error, "items": items});
    let groups = json!([
        group(json!(503), json!(null), 30),
        group(json!(302), json!("REDIRECT_REFUSED"), 20),
        group(json!(200), json!("BODY_TOO_LARGE"), 10),
        group(json!(302), json!(null), 10),
    ]);
    let found = failures(&app, &id).await;
    assert_eq!(found, json!({"groups": groups, "complete": true}));
    assert_eq!(json!(sum(&found)), ended["counts"]["FAILED"]);
    let rows = app
        .all_rows(&format!(
            "/api/executions/{id}/results?outcome=FAILED&statusCode=302&error=REDIRECT_REFUSED"
        ))
        .await;
    assert_eq!(rows.len(), 20);

    recovered.store(true, Ordering::Relaxed);
    let redrive = format!("/api/executions/{id}/redrive");
    for (taken, left) in [(3, [0, 1, 2].as_slice()), (2, &[0, 1]), (1, &[0]), (0, &[])] {
        let group = &groups[taken];
        let before = upstream.request_count();
        let filter = json!({"outcome": "FAILED", "statusCodes": [group["statusCode"]], "errors": [group["error"]]});
        app.post(&redrive, filter).await.expect(202);
        app.wait_for_end(&id).await;
        assert_eq!(json!(upstream.request_count() - before), group["items"]);
        let left: Vec<&Value> = left.iter().map(|group| &groups[*group]).collect();
        assert_eq!(failures(&app, &id).await["groups"], json!(left));
    }
}

async fn failures_are_counted_while_the_run_continues(kind: EngineKind) {
    let upstream = Upstream::start(|number, before| match number.as_bytes()[8] {
        b'0' if before == 0 => Reply::Status(403),
        b'1' => Reply::Status(200),
        _ => Reply::Held,
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(100)})).await;
    let forbidden =
        json!({"groups": [{"statusCode": 403, "error": null, "items": 10}], "complete": true});
    wait_for("the failures so far", async || {
        (failures(&app, &id).await == forbidden).then_some(())
    })
    .await;
    assert_eq!(app.execution(&id).await["status"], "RUNNING");
    upstream.release();
    app.wait_for_end(&id).await;
    assert_eq!(failures(&app, &id).await, forbidden);
}

async fn items_without_a_response_in_a_redrive_stay_failed(kind: EngineKind) {
    let upstream = Upstream::start(|_, before| match before {
        0 => Reply::Status(403),
        _ => Reply::Held,
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(50)})).await;
    app.wait_for_end(&id).await;
    let all = failures(&app, &id).await;
    assert_eq!(sum(&all), 50);
    app.post(&format!("/api/executions/{id}/redrive"), json!({}))
        .await
        .expect(202);
    upstream.wait_for_requests(100).await;
    // The pass fetches them again.
    assert_eq!(failures(&app, &id).await["groups"], json!([]));
    app.post(&format!("/api/executions/{id}/stop"), json!({}))
        .await
        .expect(202);
    let ended = app.wait_for_end(&id).await;
    assert_eq!(ended["counts"]["FAILED"], 50);
    assert_eq!(failures(&app, &id).await, all);
}
