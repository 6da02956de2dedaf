//! The seed's own shape: one number in, the upstream's answer out.

use contract::list::{ReadOptions, read_value};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::retry::backoff;
use crate::upstream::Upstream;

/// Bytes that an answer's other fields take as JSON, where it has a body.
const AROUND_BODY: usize = r#"{"statusCode":200,"body":,"truncated":true}"#.len();

/// The upstream's answer to one number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectResponse {
    /// The upstream's status; null where there was no answer.
    pub status_code: Option<u16>,
    /// The upstream's JSON, or its text.
    pub body: Option<Box<RawValue>>,
    /// Why there was no answer, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Whether the body was cut: then it is the beginning of the answer as text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// Asks for one number as typed, with the same attempts as in a list.
pub(crate) async fn ask(
    upstream: &Upstream,
    typed: &str,
    max_bytes: Option<usize>,
) -> DirectResponse {
    let ssn = match read_value(typed, &ReadOptions::default()) {
        Ok(number) => number.ssn,
        Err(reason) => {
            return DirectResponse {
                status_code: None,
                body: None,
                error: Some(reason.message()),
                truncated: false,
            };
        }
    };
    let mut attempts = 1;
    let attempt = loop {
        let attempt = upstream.attempt(ssn).await;
        if attempts == upstream.settings.max_attempts || !attempt.may_be_retried() {
            break attempt;
        }
        let wait = backoff(&upstream.settings, attempts, rand::random());
        // A Lambda that waits is paid for, so a long Retry-After is not waited for here.
        tokio::time::sleep(
            attempt
                .retry_after
                .map_or(wait, |asked| asked.min(upstream.settings.backoff_cap)),
        )
        .await;
        attempts += 1;
    };
    let room = max_bytes.map(|bytes| bytes.saturating_sub(AROUND_BODY));
    let (body, truncated) = cut(attempt.body, room);
    DirectResponse {
        status_code: attempt.status_code,
        body,
        error: attempt.error.map(|kind| kind.message()),
        truncated,
    }
}

/// The body, or the beginning of it as a text where it takes more than there is room.
fn cut(body: Option<Box<RawValue>>, room: Option<usize>) -> (Option<Box<RawValue>>, bool) {
    match (body, room) {
        (Some(body), Some(room)) if body.get().len() > room => {
            let cut = beginning(body.get(), room.saturating_sub(2));
            (serde_json::value::to_raw_value(cut).ok(), true)
        }
        (body, _) => (body, false),
    }
}

/// As much of a JSON text as takes at most so many bytes when it is a JSON string itself. It has
/// no control characters but white space between its values, which takes two bytes, as a quote
/// and a backslash do.
fn beginning(json: &str, bytes: usize) -> &str {
    let mut taken = 0;
    let end = json.char_indices().find_map(|(at, char)| {
        taken += match char {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            char => char.len_utf8(),
        };
        (taken > bytes).then_some(at)
    });
    &json[..end.unwrap_or(json.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: impl Into<String>) -> Option<Box<RawValue>> {
        Some(RawValue::from_string(json.into()).unwrap())
    }

    #[test]
    fn a_long_body_is_cut_and_marked_and_the_answer_fits() {
        let long = format!("[{}]", vec![r#"{"é\\":"\n"}"#; 400].join(",\n\t"));
        for max_bytes in [60, 61, 62, 63, 64, 600, 6_000] {
            let (body, truncated) = cut(raw(long.clone()), Some(max_bytes - AROUND_BODY));
            let answer = DirectResponse {
                status_code: Some(200),
                body,
                error: None,
                truncated,
            };
            let json = serde_json::to_string(&answer).unwrap();
            assert!(truncated && json.len() <= max_bytes, "{} bytes", json.len());
            assert!(json.len() + 4 > max_bytes, "{} bytes", json.len());
            let text: String = serde_json::from_str(answer.body.unwrap().get()).unwrap();
            assert!(long.starts_with(&text));
        }
    }

    #[test]
    fn a_body_that_fits_and_one_without_a_limit_are_whole() {
        assert!(matches!(cut(raw("{}"), Some(2)), (Some(body), false) if body.get() == "{}"));
        let long = format!("[{}]", vec!["1"; 100_000].join(","));
        assert!(matches!(cut(raw(long.clone()), None), (Some(body), false) if body.get() == long));
        assert!(matches!(cut(None, Some(0)), (None, false)));
    }
}
