use std::time::Duration;

use contract::wire::{ExecutionStatus, ExecutionsPage};

use super::*;
use crate::script::{RETRY, Reply, Script, execution, id, json, lost, refused, status};

fn history() -> Result<Response, ClientError> {
    json(&ExecutionsPage {
        executions: vec![execution(ExecutionStatus::Running)],
        next: None,
    })
}

#[test]
fn transient_failures_are_retried_with_growing_pauses() {
    let script = Script::of([lost(), status(503), lost(), history()]);
    let client = script.client(RETRY);
    let page = script.run(client.executions(None)).unwrap();
    assert_eq!(page.executions.len(), 1);
    assert_eq!(script.take_times(), [0, 250, 750, 1_750]);
    let events = script.take_events();
    assert_eq!(events.len(), 4);
    assert_eq!(events[0], "1 the server doesn't respond: connection reset");
    assert_eq!(events[3], "recovered");
}

#[test]
fn retries_end_soon_if_the_server_has_never_responded() {
    let script = Script::new(|_| lost().into());
    let client = script.client(RETRY);
    let error = script.run(client.settings()).unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }));
    assert_eq!(script.take_times(), [0, 250, 750, 1_750]);
}

#[test]
fn a_slow_failure_uses_up_the_time_until_the_first_response() {
    let script = Script::new(|_| Reply {
        after: Duration::from_secs(10),
        result: lost(),
    });
    let client = script.client(RETRY);
    script.run(client.settings()).unwrap_err();
    assert_eq!(script.take_times(), [0]);
}

#[test]
fn retries_last_longer_once_the_server_has_responded() {
    // A refusal is a response too.
    let first = std::cell::Cell::new(true);
    let script = Script::new(move |_| match first.take() {
        true => refused(404, "unknown-execution").into(),
        false => lost().into(),
    });
    let client = script.client(RETRY);
    script.run(client.stop(&id('r'))).unwrap_err();
    script.take_times();
    script.run(client.stop(&id('r'))).unwrap_err();
    let times = script.take_times();
    let last = times.last().unwrap();
    assert!((50_000..60_000).contains(last), "{times:?}");
}

#[test]
fn a_request_in_flight_at_the_time_limit_may_finish() {
    let calls = std::cell::Cell::new(0);
    let script = Script::new(move |_| {
        calls.set(calls.get() + 1);
        match calls.get() {
            1 => lost().into(),
            _ => Reply {
                after: Duration::from_secs(30),
                result: history(),
            },
        }
    });
    let client = script.client(RETRY);
    assert!(script.run(client.executions(None)).is_ok());
}

#[test]
fn without_a_limit_a_call_is_retried_until_it_succeeds() {
    let replies = std::iter::repeat_with(lost).take(5_000);
    let script = Script::of(replies.chain([history()]));
    let client = script.client(Retry {
        until_first_response: None,
        ..RETRY
    });
    assert!(script.run(client.executions(None)).is_ok());
}

#[test]
fn without_retries_a_request_is_sent_once() {
    let script = Script::of([lost()]);
    let client = script.client(Retry::NEVER);
    assert!(script.run(client.executions(None)).is_err());
    assert_eq!(script.take_events(), [""; 0]);
}

#[test]
fn a_pause_is_as_long_as_retry_after_asks() {
    let mut busy = refused(503, "busy").unwrap();
    busy.retry_after = Some("2".to_owned());
    let script = Script::of([Ok(busy), history()]);
    let client = script.client(RETRY);
    assert!(script.run(client.executions(None)).is_ok());
    assert_eq!(script.take_times(), [0, 2_000]);
}

#[test]
fn a_refusal_is_final() {
    for (code, kind) in [
        (401, "unauthenticated"),
        (409, "conflict"),
        (500, "damaged"),
    ] {
        let script = Script::of([refused(code, kind)]);
        let client = script.client(RETRY);
        let error = script.run(client.executions(None)).unwrap_err();
        assert!(matches!(error, ClientError::Refused(problem) if problem.status == code));
    }
}

#[test]
fn a_401_is_retried_if_the_caller_allows_it() {
    let script = Script::of([refused(401, "unauthenticated"), history()]);
    let client = script.client(Retry {
        unauthorized: true,
        ..RETRY
    });
    assert!(script.run(client.executions(None)).is_ok());
}

#[test]
fn a_response_without_the_expected_json_is_unexpected() {
    let script = Script::of([status(200)]);
    let client = script.client(RETRY);
    let error = script.run(client.executions(None)).unwrap_err();
    assert_eq!(error, ClientError::Unexpected { status: 200 });
}

#[test]
fn each_call_has_its_method_path_and_body() {
    let script = Script::new(|_| status(204).into());
    let client = script.client(RETRY);
    let run = id('r');
    script.run(client.stop(&run)).unwrap();
    script.run(client.delete(&run)).unwrap();
    script
        .run(client.redrive(&run, &Default::default()))
        .unwrap();
    let requests = script.take_requests();
    assert_eq!(requests[2].body, b"{}");
    assert_eq!(
        requests[2].headers,
        [("content-type", "application/json".to_owned())]
    );
    let _ = script.run(client.failures(&run));
    let _ = script.run(client.settings());
    let _ = script.run(client.executions(Some("eyJ-x_9")));
    let sent: Vec<String> = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .chain(script.take_sent())
        .collect();
    assert_eq!(
        sent,
        [
            format!("POST /api/executions/{run}/stop"),
            format!("DELETE /api/executions/{run}"),
            format!("POST /api/executions/{run}/redrive"),
            format!("GET /api/executions/{run}/failures"),
            "GET /api/settings".to_owned(),
            "GET /api/executions?cursor=eyJ-x_9".to_owned(),
        ]
    );
}
