//! Crashes between any two steps of a start, and refused writes.

use std::sync::Arc;

use serde_json::json;
use store::Store;

use crate::support::app::{EngineKind, TestApp};
use crate::support::client::{ApiResponse, call};
use crate::support::executions::id_of;
use crate::support::faulty::Faulty;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    writes_that_the_store_refuses_once_are_retried,
    a_start_that_crashed_at_any_step_is_finished_by_its_retry,
    a_start_that_crashed_after_its_claim_is_finished_by_a_poll,
    a_start_that_crashed_is_finished_or_erased_at_server_start,
);

const HEADERS: [(&str, &str); 2] = [
    ("content-type", "application/json"),
    ("idempotency-key", "once"),
];
const LINES: [&str; 4] = ["100010001", "100010002", "x", "100010001"];

/// More writes than a start makes.
const MANY: i64 = 50;

/// Starts the list in a process that crashes after this many writes; returns the response.
async fn start_and_crash_after(app: &TestApp, writes: i64) -> ApiResponse {
    let crashing = Store::new(Arc::new(Faulty::failing_after(writes, app.objects.clone())));
    let router = app.router_with_store(&crashing);
    let body = json!({"ssnList": LINES}).to_string();
    call(&router, "POST", "/api/executions", &HEADERS, body).await
}

async fn writes_that_the_store_refuses_once_are_retried(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let app = TestApp::new(kind, &upstream).await;
    let refusing = Store::new(Arc::new(Faulty::refusing_creations(app.objects.clone())));
    let router = app.router_with_store(&refusing);
    let post = async |path: &str, body: String| {
        let response = call(&router, "POST", path, &HEADERS, body).await;
        response.expect(202)
    };
    let id = id_of(&post("/api/executions", json!({"ssnList": LINES}).to_string()).await);
    upstream.wait_for_requests(2).await;
    post(&format!("/api/executions/{id}/stop"), String::new()).await;
    assert_eq!(app.wait_for_end(&id).await["status"], "ABORTED");
    upstream.release();
    post(&format!("/api/executions/{id}/redrive"), String::new()).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(2))
    );
}

async fn a_start_that_crashed_at_any_step_is_finished_by_its_retry(kind: EngineKind) {
    for writes in 0..MANY {
        let upstream = Upstream::succeeding().await;
        let app = TestApp::new(kind, &upstream).await;
        let first = start_and_crash_after(&app, writes).await;
        let body = json!({"ssnList": LINES}).to_string();
        let id = id_of(
            &app.call("POST", "/api/executions", &HEADERS, body)
                .await
                .expect(202),
        );
        let ended = app.wait_for_end(&id).await;
        assert_eq!(
            (&ended["rows"], &ended["counts"]["SUCCEEDED"]),
            (&json!(4), &json!(2)),
            "after {writes} writes"
        );
        let history = app.get("/api/executions").await.expect(200);
        assert_eq!(
            history["executions"].as_array().unwrap().len(),
            1,
            "after {writes} writes"
        );
        assert!(upstream.request_counts().values().all(|count| *count == 1));
        if first.status == 202 {
            assert!(writes >= 6, "no step of the start crashed");
            return;
        }
        first.expect_problem(503, "store");
    }
    panic!("a start makes more than {MANY} writes");
}

async fn a_start_that_crashed_after_its_claim_is_finished_by_a_poll(kind: EngineKind) {
    let mut finished = 0;
    for writes in 3..8 {
        let upstream = Upstream::succeeding().await;
        let app = TestApp::new(kind, &upstream).await;
        start_and_crash_after(&app, writes).await;
        for id in app.store.all_executions().await.unwrap() {
            let ended = app.wait_for_end(id.as_str()).await;
            assert_eq!(ended["counts"]["SUCCEEDED"], 2);
            finished += 1;
        }
    }
    assert_eq!(finished, 5);
}

async fn a_start_that_crashed_is_finished_or_erased_at_server_start(kind: EngineKind) {
    for writes in 0..7 {
        let upstream = Upstream::succeeding().await;
        let app = TestApp::new(kind, &upstream).await;
        start_and_crash_after(&app, writes).await;
        let ids = app.store.all_executions().await.unwrap();
        backend::recover(&app.store, app.engine.as_ref())
            .await
            .unwrap();
        for id in &ids {
            match app.store.meta(id).await.unwrap() {
                Some(_) => assert_eq!(
                    app.wait_for_end(id.as_str()).await["counts"]["SUCCEEDED"],
                    2
                ),
                // A list without `meta` is no execution. It is erased when no start can still be
                // writing it.
                None => assert!(app.store.erase_unfinished(id, 0).await.unwrap()),
            }
        }
        // The client retries, and there is one run, whatever was written.
        let body = json!({"ssnList": LINES}).to_string();
        let again = app.call("POST", "/api/executions", &HEADERS, body).await;
        app.wait_for_end(&id_of(&again.expect(202))).await;
        assert!(upstream.request_counts().values().all(|count| *count == 1));
        let known = app.get("/api/executions").await.expect(200)["executions"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(
            app.store.all_executions().await.unwrap().len(),
            known,
            "after {writes} writes"
        );
    }
}
