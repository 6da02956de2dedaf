//! Erasures, also in mid-run.

use serde_json::json;
use std::time::Duration;

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

on_every_engine!(
    old_finished_runs_expire_and_running_ones_do_not,
    an_erased_run_leaves_nothing,
    a_run_erased_in_mid_run_leaves_nothing,
    late_writers_write_nothing_into_an_erased_run,
);

async fn an_erased_run_leaves_nothing(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "erased"),
    ];
    let body = json!({"ssnList": numbers(50)}).to_string();
    let id = crate::support::executions::id_of(
        &app.call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}");
    assert_eq!(app.call("DELETE", &path, &[], "").await.status, 204);
    app.get(&path)
        .await
        .expect_problem(404, "unknown-execution");
    app.get(&format!("{path}/results"))
        .await
        .expect_problem(404, "unknown-execution");
    // A repeated call continues the erasure, or the execution is unknown.
    let again = app.call("DELETE", &path, &[], "").await;
    assert!(matches!(again.status.as_u16(), 204 | 404), "{}", again.text);
    wait_for_empty_store(&app).await;
    app.call("DELETE", &path, &[], "")
        .await
        .expect_problem(404, "unknown-execution");
    // The idempotency key can be used again.
    let again = app
        .call("POST", "/api/executions", &headers, body)
        .await
        .expect(202);
    assert_ne!(again["id"], id);
    app.wait_for_end(again["id"].as_str().unwrap()).await;
}

/// Starts a run whose requests are all in flight; returns its id.
async fn start_held(app: &TestApp, upstream: &Upstream) -> String {
    #[cfg(feature = "e2e")]
    if app.kind == EngineKind::StepFunctions {
        // Time for the fetchers' last writes. On AWS it is longer than a fetcher can run.
        let sweep = [("ROLLCALL_SWEEP_SECONDS", "20")];
        app.stack().set_variables("ApiFunction", &sweep).await;
    }
    let id = app.start(json!({"ssnList": numbers(45)})).await;
    upstream.wait_for_requests(45).await;
    id
}

async fn a_run_erased_in_mid_run_leaves_nothing(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = start_held(&app, &upstream).await;
    let path = format!("/api/executions/{id}");
    assert_eq!(app.call("DELETE", &path, &[], "").await.status, 204);
    app.get(&path)
        .await
        .expect_problem(404, "unknown-execution");
    upstream.release();
    wait_for_empty_store(&app).await;
}

async fn late_writers_write_nothing_into_an_erased_run(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = start_held(&app, &upstream).await;
    let (meta, pass) = app.meta_and_pass(&id).await;
    // An erasure that was interrupted before its sweep began. So nothing is swept yet when another
    // writer, which read everything before the erasure, writes.
    app.store.begin_erasure(&meta).await.unwrap();
    let name = store::SegmentName::new(1, 1, "late00", Default::default());
    let late = app.store.put_segment(&meta, 0, &name, b"{}\n".to_vec());
    assert!(!late.await.unwrap());
    let path = format!("/api/executions/{id}");
    assert_eq!(app.call("DELETE", &path, &[], "").await.status, 204);
    upstream.release();
    wait_for_empty_store(&app).await;
    // A later invocation finds no execution.
    let event = json!({"executionId": id, "pass": pass.pass, "batch": 0});
    let late = app.fetcher.handle(event.try_into().unwrap(), None).await;
    assert!(late.is_err_and(|error| error.name() == "UnknownExecution"));
    assert_eq!(app.stored_objects().await, []);
}

async fn wait_for_empty_store(app: &TestApp) {
    wait_for("an empty store", async || {
        app.stored_objects().await.is_empty().then_some(())
    })
    .await;
}

async fn old_finished_runs_expire_and_running_ones_do_not(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        if number == "100010001" {
            Reply::Status(200)
        } else {
            Reply::Held
        }
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let finished = app.start(json!({"ssnList": numbers(1)})).await;
    app.wait_for_end(&finished).await;
    let running = app.start(json!({"ssnList": numbers(2)})).await;
    let expire = |age| backend::erase_expired(&app.store, app.engine.as_ref(), Some(age));
    assert_eq!(expire(Duration::from_secs(3_600)).await.unwrap(), 0);
    assert_eq!(expire(Duration::ZERO).await.unwrap(), 1);
    app.get(&format!("/api/executions/{finished}"))
        .await
        .expect_problem(404, "unknown-execution");
    assert_eq!(app.execution(&running).await["status"], "RUNNING");
    upstream.release();
    app.wait_for_end(&running).await;
}
