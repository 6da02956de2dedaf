//! The seed's own shape: one number in, the upstream's answer out.

use contract::list::{ReadOptions, read_value};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::attempt::Upstream;
use crate::retry::backoff;

/// Bytes of body in one direct answer. 400 of them, the most that the direct state machine takes,
/// must fit 256 KiB of state output (AWS Step Functions, service quotas).
const BODY_BYTES: usize = 512;

/// The upstream's answer to one number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectAnswer {
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
pub(crate) async fn ask(upstream: &Upstream, typed: &str) -> DirectAnswer {
    let ssn = match read_value(typed, &ReadOptions::default()) {
        Ok(number) => number.ssn,
        Err(reason) => {
            return DirectAnswer {
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
    let (body, truncated) = cut(attempt.body);
    DirectAnswer {
        status_code: attempt.status_code,
        body,
        error: attempt.error.map(|kind| kind.message()),
        truncated,
    }
}

fn cut(body: Option<Box<RawValue>>) -> (Option<Box<RawValue>>, bool) {
    match body {
        Some(body) if body.get().len() > BODY_BYTES => {
            // The JSON text becomes a string, in which each quote takes two bytes.
            let end = body.get().floor_char_boundary(BODY_BYTES / 2);
            (
                serde_json::value::to_raw_value(&body.get()[..end]).ok(),
                true,
            )
        }
        body => (body, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_and_marked_and_still_json() {
        let long = RawValue::from_string(format!("[{}]", vec!["\"é\""; 400].join(","))).unwrap();
        let (body, truncated) = cut(Some(long));
        let body = body.unwrap();
        assert!(truncated && body.get().len() <= BODY_BYTES + 2);
        assert!(serde_json::from_str::<String>(body.get()).is_ok());
        let short = RawValue::from_string("{}".to_owned()).unwrap();
        assert!(matches!(cut(Some(short)), (Some(_), false)));
    }
}
