//! Concurrent and repeated work: two fetchers on one batch, late writers, repeated invocations.

use std::sync::Arc;

use contract::wire::ExecutionId;
use fetcher::{Fetcher, LaneOptions, Limiter, Signal};
use serde_json::json;
use store::{Meta, Pass, SegmentName, SegmentTotals};
use tokio::sync::watch;

use crate::support::app::{EngineKind, TestApp, upstream_settings};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    two_fetchers_on_one_batch_lose_no_row_and_no_count,
    a_segment_after_the_summary_is_ignored_until_a_redrive,
    a_redrive_uses_the_results_of_late_writers,
    a_late_response_in_another_batch_is_counted_and_shown,
    a_repeated_invocation_sends_no_request,
);

fn options() -> LaneOptions {
    LaneOptions {
        limiter: Arc::new(Limiter::new(100, None)),
        signal: watch::channel(Signal::Run).1,
        start_deadline: None,
        on_dispatched: Box::new(|| ()),
    }
}

/// Creates a run without an engine: the test calls the fetcher itself.
async fn create_without_engine(app: &TestApp, lines: u32) -> (Meta, Pass) {
    let list = numbers(lines)
        .iter()
        .map(|number| lists::read_value(number, &Default::default()))
        .collect();
    let meta = Meta::new(&app.owner, None, None, None, &list, Default::default());
    app.store.write_list(&meta, &list).await.unwrap();
    let pass = Pass::first();
    assert!(app.store.create_pass(&meta.id, &pass).await.unwrap());
    (meta, pass)
}

async fn two_fetchers_on_one_batch_lose_no_row_and_no_count(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    // Every second number fails for one of the two; a response replaces a failure.
    let bad = Upstream::start(|number, _| {
        Reply::Status(if number.as_bytes()[8] % 2 == 0 {
            403
        } else {
            200
        })
    })
    .await;
    let other = Fetcher::new(app.store.clone(), upstream_settings(&bad.url)).unwrap();
    let (meta, pass) = create_without_engine(&app, 2_000).await;
    for batch in 0..meta.batches() {
        let (a, b) = tokio::join!(
            app.fetcher.fetch_batch(&meta, &pass, batch, options()),
            other.fetch_batch(&meta, &pass, batch, options())
        );
        assert_eq!((a.unwrap().pending, b.unwrap().pending), (0, 0));
        let progress = app.store.progress(&meta, &pass).await.unwrap();
        assert_eq!(
            progress.counts.pending,
            2_000 - u64::from(meta.batch_range(batch).end),
            "the segment's name doesn't have the merged totals"
        );
    }
    let id: &ExecutionId = &meta.id;
    app.fetcher.finish_pass(id, 1).await.unwrap();
    let ended = app.wait_for_end(id.as_str()).await;
    let rows = app.rows(id.as_str()).await;
    let succeeded = rows
        .iter()
        .filter(|row| row["outcome"] == "SUCCEEDED")
        .count();
    assert_eq!(
        ended["counts"]["SUCCEEDED"], succeeded,
        "the counts differ from the rows"
    );
    assert_eq!(rows.len(), 2_000);
    assert!(
        rows.iter()
            .filter(|row| row["ssn"].as_str().unwrap().as_bytes()[8] % 2 == 1)
            .all(|row| row["outcome"] == "SUCCEEDED")
    );
}

/// Writes a segment of the first pass late, with this record of one item.
async fn write_late(app: &TestApp, meta: &Meta, item: u32, totals: SegmentTotals, line: &str) {
    let name = SegmentName::new(1, 2, "zzzzzz", totals);
    let lines = format!("{line}\n").into_bytes();
    let batch = meta.batch_of(item);
    let written = app.store.put_segment(meta, batch, &name, lines).await;
    assert!(written.unwrap());
}

async fn a_segment_after_the_summary_is_ignored_until_a_redrive(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Status(403)).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(3)})).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(ended["counts"]["FAILED"], 3);
    let (meta, _) = app.meta_and_pass(&id).await;
    let line = r#"{"item":1,"outcome":"SUCCEEDED","statusCode":200,"durationMs":5,"attempts":1,"body":{"late":true}}"#;
    let totals = SegmentTotals {
        succeeded: 1,
        ..Default::default()
    };
    write_late(&app, &meta, 1, totals, line).await;
    assert_eq!(
        app.execution(&id).await,
        ended,
        "a late segment has changed a pass that has ended"
    );
    assert!(
        app.rows(&id)
            .await
            .iter()
            .all(|row| row["outcome"] == "FAILED")
    );

    let before = upstream.request_count();
    app.post(&format!("/api/executions/{id}/redrive"), json!({}))
        .await
        .expect(202);
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["counts"]["FAILED"], &ended["counts"]["SUCCEEDED"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(app.rows(&id).await[1]["body"], json!({"late": true}));
    assert_eq!(
        upstream.request_count() - before,
        2,
        "an item with a late response was fetched again"
    );
}

async fn a_redrive_uses_the_results_of_late_writers(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Status(403)).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(1)})).await;
    app.wait_for_end(&id).await;
    let (meta, _) = app.meta_and_pass(&id).await;
    let line =
        r#"{"item":0,"outcome":"SUCCEEDED","statusCode":200,"durationMs":5,"attempts":1,"body":1}"#;
    let totals = SegmentTotals {
        succeeded: 1,
        ..Default::default()
    };
    write_late(&app, &meta, 0, totals, line).await;
    let before = upstream.request_count();
    let redrive = format!("/api/executions/{id}/redrive");
    app.post(&redrive, json!({})).await.expect(202);
    let ended = app.wait_for_end(&id).await;
    assert_eq!(ended["counts"]["SUCCEEDED"], 1, "{ended}");
    assert_eq!(upstream.request_count(), before);
    app.post(&redrive, json!({}))
        .await
        .expect_problem(409, "nothing-to-do");
}

async fn a_late_response_in_another_batch_is_counted_and_shown(kind: EngineKind) {
    let upstream = Upstream::start(|number, before| match (number, before) {
        ("100010001", 0) => Reply::Status(403),
        ("100010001", _) => Reply::Held,
        _ => Reply::Status(400),
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(2)})).await;
    app.wait_for_end(&id).await;
    let filter = json!({"statusCodes": [403]});
    let redrive = format!("/api/executions/{id}/redrive");
    app.post(&redrive, filter).await.expect(202);
    upstream.wait_for_requests(3).await;
    // The other batch isn't in this pass. A late writer of the first pass adds a response to it.
    let (meta, _) = app.meta_and_pass(&id).await;
    let line = r#"{"item":1,"outcome":"NOT_FOUND","statusCode":404,"durationMs":5,"attempts":1,"body":null}"#;
    let totals = SegmentTotals {
        not_found: 1,
        ..Default::default()
    };
    write_late(&app, &meta, 1, totals, line).await;
    upstream.release();
    let ended = app.wait_for_end(&id).await;
    let rows = app.rows(&id).await;
    assert_eq!(rows[1]["outcome"], "NOT_FOUND");
    assert_eq!(
        (&ended["counts"]["SUCCEEDED"], &ended["counts"]["NOT_FOUND"]),
        (&json!(1), &json!(1)),
        "{ended}"
    );
}

async fn a_repeated_invocation_sends_no_request(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        Reply::Status(if number.as_bytes()[8] % 2 == 0 {
            403
        } else {
            200
        })
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(json!({"ssnList": numbers(100)})).await;
    let ended = app.wait_for_end(&id).await;
    let before = upstream.request_count();
    let (meta, pass) = app.meta_and_pass(&id).await;
    for batch in 0..meta.batches() {
        let event = json!({"executionId": id, "pass": pass.pass, "batch": batch});
        let output = app
            .fetcher
            .handle(event.try_into().unwrap(), None)
            .await
            .unwrap();
        assert_eq!(
            serde_json::to_value(output).unwrap(),
            json!({"pending": 0, "waitSeconds": 0})
        );
    }
    let finish = json!({"executionId": id, "pass": 1, "finish": true});
    let output = app
        .fetcher
        .handle(finish.try_into().unwrap(), None)
        .await
        .unwrap();
    assert_eq!(serde_json::to_value(output).unwrap()["status"], "SUCCEEDED");
    assert_eq!(upstream.request_count(), before);
    assert_eq!(app.execution(&id).await, ended);
    let nonsense = json!({"executionId": id, "pass": 1, "batch": 4_000_000_000_u32});
    assert_eq!(
        app.fetcher
            .handle(nonsense.try_into().unwrap(), None)
            .await
            .unwrap_err()
            .name(),
        "UnknownExecution"
    );
}
