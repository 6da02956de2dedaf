//! The result of one attempt.

use std::time::Duration;

use contract::wire::{ErrorKind, Outcome};
use serde_json::value::RawValue;

use crate::retry::is_transient;

/// The result of one attempt, that is, one GET.
pub(crate) struct Attempt {
    pub(crate) status_code: Option<u16>,
    pub(crate) error: Option<ErrorKind>,
    pub(crate) body: Option<Box<RawValue>>,
    /// The `Retry-After` of the response: how long to wait before the next request.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) duration: Duration,
}

impl Attempt {
    /// Returns the outcome of the item if this is its last attempt.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.error, self.status_code) {
            (None, Some(200..=299)) => Outcome::Succeeded,
            (None, Some(404 | 410)) => Outcome::NotFound,
            _ => Outcome::Failed,
        }
    }

    /// Whether another attempt may bring a different result.
    pub(crate) fn may_be_retried(&self) -> bool {
        // The status is used even if reading the body failed: an error page may be too large, or the
        // connection may break while it is read.
        self.error.is_some_and(ErrorKind::is_transient)
            || self.status_code.is_some_and(is_transient)
    }
}

/// Converts a response body to JSON; `None` if it is empty.
///
/// A body that is JSON is kept exactly as the upstream wrote it. A body with another content type, or
/// that isn't valid JSON, becomes a JSON string.
pub(crate) fn body_value(content_type: Option<&str>, bytes: &[u8]) -> Option<Box<RawValue>> {
    if bytes.is_empty() {
        return None;
    }
    if is_json(content_type)
        && let Ok(json) = serde_json::from_slice(bytes)
    {
        return Some(json);
    }
    serde_json::value::to_raw_value(&String::from_utf8_lossy(bytes)).ok()
}

fn is_json(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|content_type| {
        let media_type = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        media_type.ends_with("/json") || media_type.ends_with("+json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_kept_as_written_and_other_bodies_become_text() {
        let value = |content_type, bytes: &[u8]| {
            body_value(content_type, bytes).map(|body| body.get().to_owned())
        };
        assert_eq!(
            value(Some("application/json; charset=utf-8"), b"{\"a\": 1.50}").unwrap(),
            "{\"a\": 1.50}"
        );
        assert_eq!(
            value(Some("application/problem+json"), b"[1]").unwrap(),
            "[1]"
        );
        assert_eq!(value(None, b"{}").unwrap(), "{}");
        assert_eq!(value(None, b"plain").unwrap(), "\"plain\"");
        assert_eq!(value(Some("text/plain"), b"{}").unwrap(), "\"{}\"");
        assert_eq!(
            value(Some("application/json"), b"{\"a\":").unwrap(),
            "\"{\\\"a\\\":\""
        );
        assert_eq!(
            value(Some("text/plain"), b"\xff\x00").unwrap(),
            "\"\u{fffd}\\u0000\""
        );
        assert_eq!(value(Some("application/json"), b""), None);
    }

    #[test]
    fn outcomes_and_retries_follow_status_and_error() {
        let attempt = |status_code, error| Attempt {
            status_code,
            error,
            body: None,
            retry_after: None,
            duration: Duration::ZERO,
        };
        for (status, outcome, retried) in [
            (200, Outcome::Succeeded, false),
            (204, Outcome::Succeeded, false),
            (301, Outcome::Failed, false),
            (304, Outcome::Failed, false),
            (400, Outcome::Failed, false),
            (404, Outcome::NotFound, false),
            (410, Outcome::NotFound, false),
            (408, Outcome::Failed, true),
            (425, Outcome::Failed, true),
            (429, Outcome::Failed, true),
            (500, Outcome::Failed, true),
            (503, Outcome::Failed, true),
        ] {
            let attempt = attempt(Some(status), None);
            assert_eq!(
                (attempt.outcome(), attempt.may_be_retried()),
                (outcome, retried),
                "{status}"
            );
        }
        for (error, retried) in [
            (ErrorKind::TimedOut, true),
            (ErrorKind::ConnectionLost, true),
            (ErrorKind::ConnectFailed, true),
            (ErrorKind::BodyTooLarge, false),
            (ErrorKind::RedirectRefused, false),
            (ErrorKind::TlsFailed, false),
        ] {
            let made = attempt(Some(200), Some(error));
            assert_eq!(
                (made.outcome(), made.may_be_retried()),
                (Outcome::Failed, retried),
                "{error:?}"
            );
            assert!(attempt(Some(503), Some(error)).may_be_retried());
        }
    }
}
