use super::*;
use crate::logic::telling::tests::execution;
use contract::wire::{Execution, ExecutionsPage, Problem};
use serde::Serialize;
use worker::protocol::{Event, Line, Message};

/// What `serde_json` writes comes out as it went in, with and without space.
fn check<T: Serialize + for<'a> Deserialize<'a> + PartialEq + fmt::Debug>(value: &T) {
    for json in [
        serde_json::to_string(value).unwrap(),
        serde_json::to_string_pretty(value).unwrap(),
    ] {
        assert_eq!(from_str::<T>(&json).as_ref(), Ok(value), "{json}");
        for end in 0..json.len() {
            let cut = json.get(..end).map(from_str::<T>);
            assert!(!matches!(cut, Some(Ok(_))), "cut at {end}: {json}");
        }
    }
}

#[test]
fn what_the_server_and_the_worker_write_is_read() {
    let mut run = execution();
    check(&run);
    run.label = Some("A \"list\"\\ of\n\u{1}\u{1F600} ü/".into());
    run.settings.requests_per_second = Some(12.5);
    run.stopped_at = Some(String::new());
    check(&ExecutionsPage {
        executions: vec![run, execution()],
        next: None,
    });
    check(&Problem {
        kind: "/problems/conflict".into(),
        title: "Still running".into(),
        status: 409,
        detail: None,
    });
    let line = Line {
        number: 1,
        beside: String::new(),
        shown: "n/a\\".into(),
        why: Some("no digits".into()),
    };
    for event in [
        Event::Ready,
        Event::Lines(vec![line]),
        Event::Lines(Vec::new()),
        Event::Progress { done: 1, total: 2 },
        Event::Unlike { row: None },
    ] {
        let json = serde_json::to_string(&Message {
            call: 3,
            event: event.clone(),
        });
        let read: Message = from_str(&json.unwrap()).unwrap();
        assert_eq!((read.call, read.event), (3, event));
    }
}

#[test]
fn fields_that_are_not_known_are_passed_over_whatever_they_hold() {
    let mut json = serde_json::to_value(execution()).unwrap();
    json["later"] = serde_json::json!({"a": [1, {"b": "]}\\\""}], "c": -1.5e3, "d": null});
    assert_eq!(from_str::<Execution>(&json.to_string()), Ok(execution()));
}

#[test]
fn escapes_are_read_as_json_has_them() {
    for json in [
        r#""""#,
        r#""\\""#,
        r#""\\\\""#,
        r#""\\n\n\\\"""#,
        r#""\u00fc\u0041""#,
        r#""\ud83d\ude00 \u0020\ud83d\ude00\ud83d\ude01\n""#,
        r#""a\/b\t\r\b\f""#,
    ] {
        let read: String = serde_json::from_str(json).unwrap();
        assert_eq!(from_str::<String>(json), Ok(read), "{json}");
    }
    // Half a pair, which `serde_json` refuses, is a mark where it stands; nothing beside it is lost.
    for (half, beside) in [
        (r"\ud83d", "!"),
        (r"\ud83d", ""),
        (r"\ud83d", r"\n"),
        (r"\ud83d", r"\\"),
        (r"\ud83d", r"\u0041"),
        (r"\ud83d", r"\ud83d\ude00"),
        (r"\ude00", r"\ud83d\ude00"),
    ] {
        let json = |half: &str| format!("\"\\t{half}{beside}\"");
        assert!(serde_json::from_str::<String>(&json(half)).is_err());
        let read: String = serde_json::from_str(&json(r"\ufffd")).unwrap();
        assert_eq!(from_str::<String>(&json(half)), Ok(read), "{half}{beside}");
    }
    for bad in [r#""\x""#, r#""\u12""#, r#""\""#, "\"", "a", ""] {
        assert_eq!(from_str::<String>(bad), Err(Unexpected), "{bad}");
    }
}

#[test]
fn numbers_are_read_as_json_has_them() {
    for json in [
        "0",
        "12.5",
        "-3",
        "1e3",
        "0.1",
        "2.50",
        "100",
        "1.25E-2",
        "123456.789",
    ] {
        let read: f64 = serde_json::from_str(json).unwrap();
        assert_eq!(from_str::<f64>(json), Ok(read), "{json}");
    }
    for bad in ["", "-", ".5", "1.", "1e", "1,5", "x", "1 2"] {
        assert_eq!(from_str::<f64>(bad), Err(Unexpected), "{bad}");
    }
    assert_eq!(from_str::<u64>("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(from_str::<u16>("65536"), Err(Unexpected));
    assert_eq!(from_str::<u64>("-1"), Err(Unexpected));
}

#[test]
fn nested_without_end_is_no_danger() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(
        from_str::<serde::de::IgnoredAny>(&deep).err(),
        Some(Unexpected)
    );
    let deep = deep + &"]".repeat(1_000_000);
    assert!(from_str::<serde::de::IgnoredAny>(&deep).is_ok());
}
