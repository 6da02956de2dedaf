//! Idempotency keys.

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::executions::{id_of, list};
use crate::support::upstream::Upstream;
use crate::support::wait::wait_for;

on_every_engine!(
    the_same_key_and_body_is_the_same_execution,
    a_key_with_another_body_is_a_conflict,
);

async fn the_same_key_and_body_is_the_same_execution(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "key-1"),
    ];
    let body = list(&["100010001", "x", "100010001"]).to_string();
    let first = app
        .call("POST", "/api/executions", &headers, body.clone())
        .await;
    assert_eq!(
        first.headers["location"],
        format!("/api/executions/{}", id_of(&first.json()))
    );
    let first = id_of(&first.expect(202));
    let again = id_of(
        &app.call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    app.wait_for_end(&first).await;
    let after = id_of(
        &app.call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    assert_eq!((&again, &after), (&first, &first));
    assert_eq!(
        app.get("/api/executions").await.expect(200)["executions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(upstream.request_count(), 1);
    // The same key of another owner is independent.
    let bob = app.other_user().await;
    let other = bob.call("POST", "/api/executions", &headers, body).await;
    let other = id_of(&other.expect(202));
    assert_ne!(other, first);
    let path = format!("/api/executions/{other}");
    wait_for("the end of the other run", async || {
        let execution = bob.call("GET", &path, &[], "").await.expect(200);
        (execution["status"] != "RUNNING").then_some(())
    })
    .await;
}

async fn a_key_with_another_body_is_a_conflict(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "key-1"),
    ];
    let start = |body: Value| app.call("POST", "/api/executions", &headers, body.to_string());
    let id = id_of(&start(json!({"ssnList": ["100010001"]})).await.expect(202));
    for other in [
        json!({"ssnList": ["100010002"]}),
        json!({"ssnList": ["100010001", "100010001"]}),
        json!({"ssnList": ["100010001"], "maxConcurrency": 5}),
        json!({"ssnList": ["100010001"], "label": "another"}),
        json!({"ssnList": ["100010001"], "lines": "2"}),
    ] {
        start(other)
            .await
            .expect_problem(409, "idempotency-key-reused");
    }
    for bad in ["", "a b", &"x".repeat(129)] {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", bad),
        ];
        let body = list(&["100010001"]).to_string();
        let response = app.call("POST", "/api/executions", &headers, body).await;
        let detail = response.expect_problem(422, "invalid-request");
        assert!(detail.contains("Idempotency-Key"), "{detail}");
    }
    app.wait_for_end(&id).await;
}
