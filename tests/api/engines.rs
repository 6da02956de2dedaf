//! The same list, whatever engine; and several at the same time.

use serde_json::{Value, json};

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, World};

on_every_engine!(several_runs_go_on_side_by_side);

/// Every kind of line and of answer.
async fn rows_of(kind: Kind) -> (Value, Vec<Value>) {
    let upstream = Upstream::start(|number, _| match number.as_bytes()[8] % 5 {
        0 => Reply::Status(404),
        1 => Reply::Status(403),
        2 => Reply::Body("text/plain", "plain".into()),
        _ => Reply::Status(200),
    })
    .await;
    let world = World::new(kind, &upstream).await;
    let mut lines = numbers(300);
    lines.extend([
        "nonsense".into(),
        String::new(),
        "100-01-0001".into(),
        "000121234".into(),
        "1234567".into(),
    ]);
    let id = world
        .start(json!({"ssnList": lines, "restoreLeadingZeros": true}))
        .await;
    let mut over = world.until_over(&id).await;
    for own in ["id", "startedAt", "stoppedAt"] {
        over[own] = Value::Null;
    }
    let mut rows = world.rows(&id).await;
    for row in &mut rows {
        row["durationMs"] = Value::Null;
    }
    (over, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_list_gives_the_same_rows_on_every_engine() {
    let on_disk = rows_of(Kind::Disk).await;
    assert_eq!(on_disk.1.len(), 305);
    assert_eq!(rows_of(Kind::Memory).await, on_disk);
    #[cfg(feature = "e2e")]
    assert_eq!(rows_of(Kind::StepFunctions).await, on_disk);
}

async fn several_runs_go_on_side_by_side(kind: Kind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let world = World::new(kind, &upstream).await;
    let mut ids = Vec::new();
    for size in [3, 5, 7] {
        ids.push((world.start(json!({"ssnList": numbers(size)})).await, size));
    }
    // None waits for another: all their GETs are at the upstream at the same time.
    upstream.until_total(15).await;
    assert_eq!(upstream.most_in_flight(), 15);
    for (id, _) in &ids {
        assert_eq!(world.execution(id).await["status"], "RUNNING");
    }
    upstream.release();
    for (id, size) in &ids {
        assert_eq!(world.until_over(id).await["counts"]["SUCCEEDED"], *size);
    }
}
