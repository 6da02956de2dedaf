use contract::wire::ExecutionStatus;
use lists::read_lines;

use super::*;
use crate::Retry;
use crate::script::{Script, execution, id, json, lost, refused, status};

fn started() -> Result<crate::Response, ClientError> {
    json(&execution(ExecutionStatus::Running))
}

/// Calls `start_uploaded` without retries. If it uploads a list, that list has the id `upload`.
fn try_start(script: &Script, state: &StartState, upload: char) -> Result<Execution, ClientError> {
    let client = script.client(Retry::NEVER);
    let request = StartRequest::default();
    script.run(client.start_uploaded(state, &request, async || Ok(id(upload))))
}

/// Takes the requests sent so far and returns the key and the list of each.
fn take_starts(script: &Script) -> Vec<(String, char)> {
    let key_and_list = |request: Request| {
        let body: StartRequest = serde_json::from_slice(&request.body).unwrap();
        let key = &request.headers[0];
        assert_eq!(key.0, "idempotency-key");
        let list = String::from(body.list_id.unwrap());
        (key.1.clone(), list.chars().last().unwrap())
    };
    script
        .take_requests()
        .into_iter()
        .map(key_and_list)
        .collect()
}

fn start(key: &str, list: char) -> (String, char) {
    (key.to_owned(), list)
}

fn state() -> StartState {
    StartState::new("key".to_owned())
}

#[test]
fn after_a_lost_response_the_same_key_and_list_are_sent() {
    let (script, state) = (Script::of([lost(), started()]), state());
    assert!(try_start(&script, &state, 'a').is_err());
    assert!(try_start(&script, &state, 'b').is_ok());
    assert_eq!(take_starts(&script), [start("key", 'a'), start("key", 'a')]);
}

#[test]
fn a_failed_upload_is_repeated() {
    let (script, state) = (Script::of([started()]), state());
    let client = script.client(Retry::NEVER);
    let request = StartRequest::default();
    let failed = client.start_uploaded(&state, &request, async || {
        Err(ClientError::Unexpected { status: 413 })
    });
    assert!(script.run(failed).is_err());
    assert_eq!(take_starts(&script), []);
    assert!(try_start(&script, &state, 'b').is_ok());
    assert_eq!(take_starts(&script), [start("key", 'b')]);
}

#[test]
fn a_list_that_the_server_lost_is_uploaded_under_a_new_key() {
    let gone = || refused(404, "unknown-list");
    let script = Script::of([lost(), gone(), gone(), lost(), started()]);
    let state = state();
    assert!(try_start(&script, &state, 'a').is_err());
    assert!(try_start(&script, &state, 'b').is_err());
    let expected = [
        start("key", 'a'),
        start("key", 'a'),
        start("key", 'a'),
        start("key-1", 'b'),
    ];
    assert_eq!(take_starts(&script), expected);
    assert!(try_start(&script, &state, 'c').is_ok());
    assert_eq!(take_starts(&script), [start("key-1", 'b')]);
}

#[test]
fn an_upload_used_by_an_earlier_request_is_not_repeated() {
    // The request whose response was lost used the list, so its key already has a run.
    let script = Script::of([lost(), refused(404, "unknown-list"), started()]);
    let state = state();
    assert!(try_start(&script, &state, 'a').is_err());
    assert!(try_start(&script, &state, 'b').is_ok());
    let all = [start("key", 'a'), start("key", 'a'), start("key", 'a')];
    assert_eq!(take_starts(&script), all);
}

#[test]
fn other_refusals_do_not_repeat_the_upload() {
    for (code, kind) in [(404, "unknown-address"), (409, "idempotency-key-reused")] {
        let (script, state) = (Script::of([lost(), refused(code, kind)]), state());
        assert!(try_start(&script, &state, 'a').is_err());
        let error = try_start(&script, &state, 'b').unwrap_err();
        assert!(matches!(error, ClientError::Refused(problem) if problem.status == code));
        assert_eq!(take_starts(&script), [start("key", 'a'), start("key", 'a')]);
    }
}

#[test]
fn a_start_fails_if_the_server_has_lost_its_new_upload() {
    let gone = || refused(404, "unknown-list");
    let (script, state) = (Script::of([gone(), gone()]), state());
    assert!(
        try_start(&script, &state, 'a')
            .unwrap_err()
            .is_unknown_list()
    );
}

#[test]
fn a_list_is_uploaded_in_parts_in_order() {
    let lines = b"100010001\nnonsense\n100010002\n";
    let mut list: List = read_lines(lines, &Default::default()).collect();
    list.lines = [2, 3, 5].into_iter().collect();
    let script = Script::of([
        json(&ListCreated { id: id('a') }),
        lost(),
        status(200),
        status(200),
    ]);
    let client = script.client(crate::script::RETRY);
    let mut sent = Vec::new();
    let upload = client.upload(&list, ReadOptions::default(), 12, |lines| sent.push(lines));
    assert_eq!(script.run(upload).unwrap(), id('a'));
    assert_eq!(*sent.first().unwrap(), 0);
    assert_eq!(*sent.last().unwrap(), 3);
    let requests = script.take_requests();
    assert_eq!(requests[0].path, "/api/lists");
    let create: CreateListRequest = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(create.lines.as_ref(), Some(&list.lines));
    // The part whose response was lost is sent again.
    assert_eq!(requests[1].path, requests[2].path);
    assert_eq!(requests[1].body, requests[2].body);
    assert!(requests[3].path.ends_with("/1"));
    let bodies = requests.iter().map(|request| request.body.clone());
    assert!(
        !bodies
            .into_iter()
            .any(|body| { String::from_utf8_lossy(&body).contains("nonsense") })
    );
}
