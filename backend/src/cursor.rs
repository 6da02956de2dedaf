//! Cursors: positions in a listing, as opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::wire::ExecutionId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::Filters;

use crate::ApiError;

/// The position of the next page of results. It contains no SSN.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResultsCursor {
    pub(crate) id: ExecutionId,
    pub(crate) row: u64,
    pub(crate) filters: Filters,
}

/// The position of the next page of the history: after this execution.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryCursor {
    pub(crate) after: ExecutionId,
}

/// Encodes a cursor as text that is safe in a query.
pub(crate) fn encode(cursor: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).unwrap_or_default())
}

/// Decodes a cursor.
pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let cursor = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok());
    cursor.ok_or_else(|| {
        ApiError::Invalid(
            "cursor is invalid: send the `next` of an earlier response, unchanged".into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_round_trips_and_a_broken_one_is_refused() {
        let cursor = HistoryCursor {
            after: "01jd0000000000000000000abc".parse().unwrap(),
        };
        let text = encode(&cursor);
        assert_eq!(decode::<HistoryCursor>(&text).unwrap(), cursor);
        for broken in ["", "x", "e30", &text[1..], &format!("{text}A")] {
            assert!(decode::<HistoryCursor>(broken).is_err(), "{broken}");
        }
    }
}
