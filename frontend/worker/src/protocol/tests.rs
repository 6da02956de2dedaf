use super::*;

fn unreachable() -> ClientError {
    let reason = String::new();
    ClientError::Unreachable { reason }
}

fn assert_round_trip(event: Event) {
    let message = Message { call: 7, event };
    let json = serde_json::to_string(&message).unwrap();
    let read: Message = serde_json::from_str(&json).unwrap();
    assert_eq!((read.call, read.event), (7, message.event));
}

#[test]
fn events_survive_serialization() {
    let line = Line {
        row: 1,
        number: 3,
        label: "Lovelace, Ada".into(),
        text: "n/a \u{1f4a5} \"quoted\"".into(),
        draft: Some(String::new()),
        reason: Some("no digits".into()),
    };
    assert_round_trip(Event::Summary(ListSummary {
        list: 7,
        rows: 4,
        items: 1,
        duplicates: 1,
        invalid: 2,
        warnings: 0,
        zeros_restored: 1,
        zeros: Some(LostZeros {
            lines: 2,
            from: "•••4567".into(),
            to: "00•-••-4567".into(),
        }),
        read_as: "read as UTF-8".into(),
        no_number_message: "No line has a number.".into(),
        columns: vec!["Name".into(), "SSN".into()],
        column: 1,
        preview: vec![line.clone()],
        invalid_lines: vec![line.clone()],
    }));
    assert_round_trip(Event::NotAList(ListError {
        list: 7,
        title: "Which column?".into(),
        advice: "Two could be meant.".into(),
        table: Some(ListTable {
            read_as: "2 lines".into(),
            columns: vec![TableColumn {
                index: 2,
                name: "Her SSN".into(),
                note: "2 of 2 have nine digits".into(),
                is_candidate: true,
                is_likely: false,
            }],
            lines: vec![TableLine {
                number: 2,
                cells: vec!["•••••6789".into()],
            }],
        }),
        sheets: vec![SheetName {
            index: 1,
            name: "Old".into(),
            is_hidden: true,
        }],
    }));
    assert_round_trip(Event::Lines(vec![line]));
    assert_round_trip(Event::Progress { done: 1, total: 2 });
    assert_round_trip(Event::SignedIn("Ann \"Ä\"".into()));
    assert_round_trip(Event::Token("Bearer a.b-c_d".into()));
    assert_round_trip(Event::GoTo {
        address: "https://login.example.gov/?a=b&c=%2F".into(),
        stored: "state verifier".into(),
    });
    assert_round_trip(Event::Retrying(unreachable()));
    assert_round_trip(Event::Failed(ClientError::Unexpected { status: 502 }));
    assert_round_trip(Event::Started { id: "x".into() });
    assert_round_trip(Event::Columns(vec!["Name".into()]));
    assert_round_trip(Event::ListMismatch { line: Some(3) });
    assert_round_trip(Event::Saved { rows: 3 });
    for event in [
        Event::Ready,
        Event::Unreadable,
        Event::Unwritable,
        Event::NoSuchList,
        Event::Dropped,
    ] {
        assert_round_trip(event);
    }
}

#[test]
fn a_call_survives_serialization() {
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
fn progress_and_retries_do_not_end_a_call() {
    assert!(!Event::Progress { done: 0, total: 1 }.is_last());
    assert!(!Event::Retrying(unreachable()).is_last());
    assert!(Event::Failed(unreachable()).is_last());
    assert!(Event::Token(String::new()).is_last());
    assert!(Event::Dropped.is_last());
}
