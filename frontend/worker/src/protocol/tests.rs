use super::*;

fn unreachable() -> ClientError {
    let reason = String::new();
    ClientError::Unreachable { reason }
}

fn same(event: Event) {
    let message = Message { call: 7, event };
    let json = serde_json::to_string(&message).unwrap();
    let read: Message = serde_json::from_str(&json).unwrap();
    assert_eq!((read.call, read.event), (7, message.event));
}

#[test]
fn an_event_arrives_as_it_was_told() {
    let line = Line {
        number: 3,
        beside: "Lovelace, Ada".into(),
        shown: "n/a \u{1f4a5} \"quoted\"".into(),
        why: Some("no digits".into()),
    };
    same(Event::Summary(ListSummary {
        list: 7,
        rows: 4,
        items: 1,
        duplicates: 1,
        invalid: 2,
        warnings: 0,
        zeros_lost: 1,
        columns: vec!["Name".into(), "SSN".into()],
        column: 1,
        preview: vec![line.clone()],
        invalid_lines: vec![line.clone()],
    }));
    same(Event::Refused(Refusal {
        list: 7,
        title: "Which column?".into(),
        words: "Two could be meant.".into(),
        choices: vec![Column {
            index: 2,
            name: "Her SSN".into(),
        }],
    }));
    same(Event::Lines(vec![line]));
    same(Event::Progress { done: 1, total: 2 });
    same(Event::SignedIn("Ann \"Ä\"".into()));
    same(Event::Token("Bearer a.b-c_d".into()));
    same(Event::Leave(
        "https://login.example.gov/?a=b&c=%2F kept too".into(),
    ));
    same(Event::Waiting(unreachable()));
    same(Event::Trouble(ClientError::Unexpected { status: 502 }));
    same(Event::Started { id: "x".into() });
    same(Event::Columns(vec!["Name".into()]));
    same(Event::Unlike { row: Some(3) });
    same(Event::Saved { rows: 3 });
    for event in [
        Event::Ready,
        Event::Unreadable,
        Event::Unwritable,
        Event::Gone,
        Event::Dropped,
    ] {
        same(event);
    }
}

#[test]
fn a_call_arrives_as_it_was_asked() {
    let call = Call {
        call: 9,
        request: Request::Start {
            list: 4,
            request: StartRequest {
                label: Some("staff".into()),
                requests_per_second: Some(12.5),
                ..Default::default()
            },
            limits: Limits {
                ssn_list: 250_000,
                list_rows: 1_000_000,
                part_bytes: 4_000_000,
                max_concurrency: 10_000,
            },
        },
    };
    let json = serde_json::to_string(&call).unwrap();
    let read: Call = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
}

#[test]
fn progress_and_waiting_end_no_call() {
    assert!(!Event::Progress { done: 0, total: 1 }.is_last());
    assert!(!Event::Waiting(unreachable()).is_last());
    assert!(Event::Trouble(unreachable()).is_last());
    assert!(Event::Token(String::new()).is_last());
    assert!(Event::Dropped.is_last());
}
