use contract::wire::ExecutionStatus;

use super::*;
use crate::script::{RETRY, Script, execution, id, json, lost, status};

fn tagged(status: ExecutionStatus, tag: &'static str) -> Result<crate::Response, ClientError> {
    let mut response = json(&execution(status))?;
    response.etag = Some(tag.to_owned());
    Ok(response)
}

#[test]
fn a_poll_with_a_tag_returns_only_changes() {
    let script = Script::of([tagged(ExecutionStatus::Running, "\"1\""), status(304)]);
    let client = script.client(RETRY);
    let run = id('r');
    let first = script.run(client.execution(&run, None)).unwrap().unwrap();
    assert_eq!(first.tag.as_deref(), Some("\"1\""));
    let second = script.run(client.execution(&run, first.tag.as_deref()));
    assert_eq!(second.unwrap(), None);
    let requests = script.take_requests();
    assert!(requests[0].headers.is_empty());
    assert_eq!(requests[1].headers, [("if-none-match", "\"1\"".to_owned())]);
}

#[test]
fn a_run_is_followed_until_it_has_ended() {
    let running = || tagged(ExecutionStatus::Running, "\"1\"");
    let ended = tagged(ExecutionStatus::Succeeded, "\"2\"");
    let script = Script::of([running(), status(304), lost(), running(), ended]);
    let client = script.client(RETRY);
    let mut changes = 0;
    let started = execution(ExecutionStatus::Running);
    let ended = script
        .run(client.follow(started, |_| changes += 1))
        .unwrap();
    assert_eq!(ended.status, ExecutionStatus::Succeeded);
    assert_eq!(changes, 3);
}

#[test]
fn waits_between_polls_grow() {
    let polls = std::cell::Cell::new(0);
    let script = Script::new(move |_| {
        polls.set(polls.get() + 1);
        match polls.get() {
            1..60 => status(304).into(),
            _ => tagged(ExecutionStatus::Aborted, "\"2\"").into(),
        }
    });
    let client = script.client(RETRY);
    let started = execution(ExecutionStatus::Running);
    script.run(client.follow(started, |_| {})).unwrap();
    let times = script.take_times();
    let waits: Vec<u128> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!((times[0], waits[0]), (250, 250));
    assert!(waits.is_sorted());
    assert_eq!(waits.last(), Some(&5_000));
}

#[test]
fn a_run_that_has_ended_is_not_polled() {
    let script = Script::of([]);
    let client = script.client(RETRY);
    let ended = execution(ExecutionStatus::Failed);
    assert!(script.run(client.follow(ended, |_| {})).is_ok());
}
