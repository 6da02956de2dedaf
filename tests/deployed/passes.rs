//! The state machine of a pass, started by the engine.

use backend::{Engine, EngineStatus, PassStart};
use contract::list::{List, ReadOptions};
use contract::wire::{ExecutionStatus, RunSettings};
use lists::read_value;
use serde_json::{Value, json};
use store::{Meta, Pass, Store};

use crate::support::stack::{Stack, step_functions_client};
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

/// Writes an execution with this many numbers, as the API does before its first pass starts.
async fn prepare(store: &Store, count: u32, wide: bool) -> (Meta, PassStart) {
    let number = |n| read_value(&format!("{:09}", 123_450_000 + n), &ReadOptions::default());
    let list: List = (1..=count).map(number).collect();
    let meta = Meta::new("tester", None, None, None, &list, RunSettings::default());
    store.write_list(&meta, &list).await.unwrap();
    let mut pass = Pass::first();
    pass.lanes = meta.batches();
    pass.lane_concurrency = 10;
    pass.wide = wide;
    assert!(store.create_pass(&meta.id, &pass).await.unwrap());
    let start = PassStart {
        wide,
        ..PassStart::new(&meta, &pass)
    };
    (meta, start)
}

async fn end(engine: &impl Engine, meta: &Meta) -> EngineStatus {
    wait_for("the end of the pass", async || {
        let status = engine.status(&meta.id, 1).await.unwrap();
        (status != EngineStatus::Running).then_some(status)
    })
    .await
}

/// The fetcher's responses for batches, from the history of the stack's only pass.
///
/// The emulator's history has the tasks of a Map, but not its other states.
async fn fetched(stack: &Stack) -> Vec<Value> {
    let client = step_functions_client();
    let machine = stack.output("StateMachineArn");
    let list = client.list_executions().state_machine_arn(machine).send();
    let executions = list.await.expect("executions").executions;
    let [execution] = executions.as_slice() else {
        panic!("{} executions", executions.len());
    };
    let history = client
        .get_execution_history()
        .execution_arn(&execution.execution_arn)
        .include_execution_data(true)
        .send();
    let history = history.await.expect("a history");
    assert_eq!(history.next_token, None, "the history has more pages");
    let outputs = history.events.iter().filter_map(|event| {
        let output = event.task_succeeded_event_details()?.output()?;
        let mut output: Value = serde_json::from_str(output).expect("JSON");
        Some(output["Payload"].take())
    });
    outputs
        .filter(|response| response["pending"].is_u64())
        .collect()
}

const SUCCEEDED: EngineStatus = EngineStatus::Ended {
    status: ExecutionStatus::Succeeded,
    reason: None,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_fetches_all_its_batches_in_both_map_modes() {
    let upstream = Upstream::succeeding().await;
    let stack = Stack::with_upstream(&upstream.url).await;
    let (store, engine) = (stack.store(), stack.engine());
    for wide in [false, true] {
        let (meta, start) = prepare(&store, 5, wide).await;
        engine.start(start.clone()).await.unwrap();
        engine.start(start).await.expect("a repeated start");
        assert_eq!(end(&engine, &meta).await, SUCCEEDED);
        let summary = store
            .summary(&meta.id, 1)
            .await
            .unwrap()
            .expect("a summary");
        assert_eq!(summary.counts.succeeded, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_batch_is_reported_and_the_others_continue() {
    let upstream = Upstream::succeeding().await;
    let stack = Stack::with_upstream(&upstream.url).await;
    let (store, engine) = (stack.store(), stack.engine());
    for wide in [false, true] {
        let (meta, mut start) = prepare(&store, 3, wide).await;
        // Batch 1,000 doesn't exist, and batch 1 isn't fetched.
        start.batches = vec![0, 1_000, 2];
        engine.start(start).await.unwrap();
        let EngineStatus::Ended { status, reason } = end(&engine, &meta).await else {
            panic!("the pass hasn't ended");
        };
        assert_eq!(status, ExecutionStatus::Failed);
        assert!(reason.is_some_and(|reason| reason.contains("not tried")));
        let summary = store
            .summary(&meta.id, 1)
            .await
            .unwrap()
            .expect("a summary");
        assert_eq!((summary.counts.succeeded, summary.counts.not_tried), (2, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_pending_items_is_invoked_again() {
    let upstream = Upstream::start(|_, before| match before {
        // Longer than a fetcher waits within an invocation.
        0 => Reply::RetryAfter(503, "6"),
        _ => Reply::Status(200),
    })
    .await;
    let stack = Stack::with_upstream(&upstream.url).await;
    let (store, engine) = (stack.store(), stack.engine());
    let (meta, start) = prepare(&store, 1, false).await;
    engine.start(start).await.unwrap();
    assert_eq!(end(&engine, &meta).await, SUCCEEDED);
    assert_eq!(upstream.request_count(), 2);
    // The fetcher returned the item as pending, and the state machine waited.
    let fetched = fetched(&stack).await;
    let pending: Vec<&Value> = fetched
        .iter()
        .map(|response| &response["pending"])
        .collect();
    assert_eq!(pending, [1, 0], "{fetched:?}");
    assert!(fetched[0]["waitSeconds"].as_u64() > Some(0), "{fetched:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_pass_ends_and_a_sweep_leaves_nothing() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let stack = Stack::with_upstream(&upstream.url).await;
    let (store, engine) = (stack.store(), stack.engine());
    let (meta, start) = prepare(&store, 2, false).await;
    engine.start(start).await.unwrap();
    engine.stop(&meta.id, 1).await.unwrap();
    engine.stop(&meta.id, 1).await.expect("a repeated stop");
    let EngineStatus::Ended { status, .. } = end(&engine, &meta).await else {
        panic!("the pass hasn't ended");
    };
    assert_eq!(status, ExecutionStatus::Aborted);

    store.begin_erasure(&meta).await.unwrap();
    store.erase(&meta.id).await.unwrap();
    assert!(store.is_erased(&meta.id).await.unwrap());
    engine.sweep(&meta.id).await.unwrap();
    wait_for("the end of the sweep", async || {
        (!store.is_erased(&meta.id).await.unwrap()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_was_never_started_is_unknown() {
    let stack = Stack::with_upstream("http://127.0.0.1:1/ssn/").await;
    let (store, engine) = (stack.store(), stack.engine());
    let (meta, _) = prepare(&store, 1, false).await;
    let status = engine.status(&meta.id, 1).await.unwrap();
    assert_eq!(status, EngineStatus::Unknown);
    engine.stop(&meta.id, 1).await.expect("nothing to stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_input_fails_with_a_cause() {
    let stack = Stack::with_upstream("http://127.0.0.1:1/ssn/").await;
    let id = "01jd0000000000000000000abc";
    let whole = json!({"executionId": id, "pass": 1, "batches": [0], "lanes": 1, "wide": false});
    let mut inputs = vec![
        json!({}),
        json!([]),
        json!("x"),
        json!({"executionId": id, "sweep": true}),
    ];
    for field in ["executionId", "pass", "batches", "lanes", "wide"] {
        let mut input = whole.clone();
        input[field] = json!({});
        inputs.push(input.clone());
        input.as_object_mut().unwrap().remove(field);
        inputs.push(input);
    }
    for input in inputs {
        let (status, end) = stack.run_state_machine("StateMachineArn", &input).await;
        assert_eq!(
            (status.as_str(), &end["error"]),
            ("FAILED", &json!("BadInput")),
            "{input}"
        );
        assert!(end["cause"].as_str().unwrap().contains("executionId"));
    }
    // The fetcher refuses valid input for an unknown execution.
    let (status, end): (String, Value) = stack.run_state_machine("StateMachineArn", &whole).await;
    assert_eq!(
        (status.as_str(), &end["error"]),
        ("FAILED", &json!("UnknownExecution"))
    );
}
