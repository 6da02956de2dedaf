//! The same list on every engine, and several runs at once.

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(several_runs_run_in_parallel);

/// The end and the rows of a list with every kind of line and response.
async fn rows_of(kind: EngineKind) -> (Value, Vec<Value>) {
    let upstream = Upstream::start(|number, _| match number.as_bytes()[8] % 5 {
        0 => Reply::Status(404),
        1 => Reply::Status(403),
        2 => Reply::Body("text/plain", "plain".into()),
        _ => Reply::Status(200),
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let mut lines = numbers(300);
    lines.extend([
        "nonsense".into(),
        String::new(),
        "100-01-0001".into(),
        "000121234".into(),
        "1234567".into(),
    ]);
    let id = app
        .start(json!({"ssnList": lines, "restoreLeadingZeros": true}))
        .await;
    let mut ended = app.wait_for_end(&id).await;
    // These differ from run to run.
    for field in ["id", "startedAt", "stoppedAt"] {
        ended[field] = Value::Null;
    }
    let mut rows = app.rows(&id).await;
    for row in &mut rows {
        row["durationMs"] = Value::Null;
    }
    (ended, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_engine_gives_the_same_rows() {
    let on_disk = rows_of(EngineKind::Disk).await;
    assert_eq!(on_disk.1.len(), 305);
    assert_eq!(rows_of(EngineKind::Memory).await, on_disk);
    #[cfg(feature = "e2e")]
    assert_eq!(rows_of(EngineKind::StepFunctions).await, on_disk);
}

async fn several_runs_run_in_parallel(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let app = TestApp::new(kind, &upstream).await;
    let mut ids = Vec::new();
    for size in [3, 5, 7] {
        ids.push((app.start(json!({"ssnList": numbers(size)})).await, size));
    }
    // No run waits for another: all their requests are in flight at once.
    upstream.wait_for_requests(15).await;
    assert_eq!(upstream.max_in_flight(), 15);
    for (id, _) in &ids {
        assert_eq!(app.execution(id).await["status"], "RUNNING");
    }
    upstream.release();
    for (id, size) in &ids {
        assert_eq!(app.wait_for_end(id).await["counts"]["SUCCEEDED"], *size);
    }
}
