//! The direct event: fetches a single number and returns the response, without using the store.

use contract::list::ReadOptions;
use lists::read_value;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::retry::backoff;
use crate::upstream::Upstream;

/// Size of all fields but the body as JSON, in bytes.
const OTHER_FIELDS_BYTES: usize = r#"{"statusCode":200,"body":,"truncated":true}"#.len();

/// The upstream's response for one number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectResponse {
    /// The upstream's HTTP status; null if there was no response.
    pub status_code: Option<u16>,
    /// The upstream's JSON, or its text as a JSON string.
    pub body: Option<Box<RawValue>>,
    /// Why there is no usable response, as a text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Whether the body was truncated. Then it is the beginning of the response as a JSON string.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// Fetches one number, as a person typed it, with the same retries as an item of a list.
pub(crate) async fn fetch(
    upstream: &Upstream,
    text: &str,
    max_bytes: Option<usize>,
) -> DirectResponse {
    let ssn = match read_value(text, &ReadOptions::default()) {
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
        // A Lambda is billed while it waits, so a long Retry-After is limited to the longest backoff.
        tokio::time::sleep(attempt.retry_after.map_or(wait, |retry_after| {
            retry_after.min(upstream.settings.backoff_cap)
        }))
        .await;
        attempts += 1;
    };
    let room = max_bytes.map(|bytes| bytes.saturating_sub(OTHER_FIELDS_BYTES));
    let (body, truncated) = truncate(attempt.body, room);
    DirectResponse {
        status_code: attempt.status_code,
        body,
        error: attempt.error.map(|kind| kind.message()),
        truncated,
    }
}

/// Returns the body, or its beginning as a JSON string if it has more than `room` bytes.
fn truncate(body: Option<Box<RawValue>>, room: Option<usize>) -> (Option<Box<RawValue>>, bool) {
    match (body, room) {
        (Some(body), Some(room)) if body.get().len() > room => {
            let start = beginning(body.get(), room.saturating_sub(2));
            (serde_json::value::to_raw_value(start).ok(), true)
        }
        (body, _) => (body, false),
    }
}

/// Returns the longest beginning of a JSON text that has at most `bytes` bytes as a JSON string.
///
/// In a JSON string, a quote, a backslash, a line break and a tab are escaped, which takes two bytes
/// each. JSON text has no other control characters.
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
    fn a_long_body_is_truncated_marked_and_fits() {
        let long = format!("[{}]", vec![r#"{"é\\":"\n"}"#; 400].join(",\n\t"));
        for max_bytes in [60, 61, 62, 63, 64, 600, 6_000] {
            let (body, truncated) =
                truncate(raw(long.clone()), Some(max_bytes - OTHER_FIELDS_BYTES));
            let response = DirectResponse {
                status_code: Some(200),
                body,
                error: None,
                truncated,
            };
            let json = serde_json::to_string(&response).unwrap();
            assert!(truncated && json.len() <= max_bytes, "{} bytes", json.len());
            assert!(json.len() + 4 > max_bytes, "{} bytes", json.len());
            let text: String = serde_json::from_str(response.body.unwrap().get()).unwrap();
            assert!(long.starts_with(&text));
        }
    }

    #[test]
    fn a_body_that_fits_or_has_no_limit_is_complete() {
        assert!(matches!(truncate(raw("{}"), Some(2)), (Some(body), false) if body.get() == "{}"));
        let long = format!("[{}]", vec!["1"; 100_000].join(","));
        assert!(
            matches!(truncate(raw(long.clone()), None), (Some(body), false) if body.get() == long)
        );
        assert!(matches!(truncate(None, Some(0)), (None, false)));
    }
}
