//! The events that the fetcher handles, and its responses. Only a direct event holds a number.

use std::fmt;

use contract::wire::{ExecutionId, ExecutionStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DirectResponse, FetcherError};

/// An event that the fetcher handles.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// Fetch a batch: `{executionId, pass, batch}`.
    Batch {
        /// The id of the execution.
        execution_id: ExecutionId,
        /// The number of the pass.
        pass: u32,
        /// The number of the batch.
        batch: u32,
    },
    /// Decide how a pass ended: `{executionId, pass, finish: true}`.
    Finish {
        /// The id of the execution.
        execution_id: ExecutionId,
        /// The number of the pass.
        pass: u32,
    },
    /// Delete what was written to an execution after it was erased: `{executionId, sweep: true}`.
    Sweep {
        /// The id of the execution.
        execution_id: ExecutionId,
    },
    /// Fetch one number and return the upstream's response: `{ssn, maxBytes?}`.
    Direct {
        /// The number, as a person typed it.
        ssn: String,
        /// Maximum size of the response as JSON, in bytes; `None` for no limit.
        max_bytes: Option<usize>,
    },
}

/// Shows only ids, since a direct event holds a number.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch {
                execution_id,
                pass,
                batch,
            } => write!(f, "Batch({execution_id}, {pass}, {batch})"),
            Self::Finish { execution_id, pass } => write!(f, "Finish({execution_id}, {pass})"),
            Self::Sweep { execution_id } => write!(f, "Sweep({execution_id})"),
            Self::Direct { .. } => f.write_str("Direct"),
        }
    }
}

/// The response to [`Event::Batch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// Items of the batch that are pending. If there are any, the batch must be fetched again.
    pub pending: u32,
    /// Seconds to wait before that; 0 if none is pending.
    pub wait_seconds: u32,
}

/// The response to [`Event::Finish`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishResponse {
    /// The status in which the run ended.
    pub status: ExecutionStatus,
    /// The reason. Empty if it SUCCEEDED, since the state machine needs a string here.
    pub reason: String,
}

/// A response of the fetcher.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// To [`Event::Batch`].
    Batch(BatchResponse),
    /// To [`Event::Finish`].
    Finish(FinishResponse),
    /// To [`Event::Sweep`]: `{}`.
    Sweep {},
    /// To [`Event::Direct`].
    Direct(DirectResponse),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    execution_id: Option<ExecutionId>,
    pass: Option<u32>,
    batch: Option<u32>,
    finish: Option<bool>,
    sweep: Option<bool>,
    ssn: Option<String>,
    max_bytes: Option<usize>,
}

impl TryFrom<Value> for Event {
    type Error = FetcherError;

    fn try_from(event: Value) -> Result<Self, Self::Error> {
        // serde's message may contain the number, so it is dropped.
        let fields: Fields = serde_json::from_value(event).map_err(|_| {
            FetcherError::InvalidEvent("it has an unknown field, or a field with an invalid value")
        })?;
        match fields {
            Fields {
                execution_id: Some(execution_id),
                pass: Some(pass),
                batch: Some(batch),
                finish: None,
                sweep: None,
                ssn: None,
                max_bytes: None,
            } => Ok(Self::Batch {
                execution_id,
                pass,
                batch,
            }),
            Fields {
                execution_id: Some(execution_id),
                pass: Some(pass),
                batch: None,
                finish: Some(true),
                sweep: None,
                ssn: None,
                max_bytes: None,
            } => Ok(Self::Finish { execution_id, pass }),
            Fields {
                execution_id: Some(execution_id),
                pass: None,
                batch: None,
                finish: None,
                sweep: Some(true),
                ssn: None,
                max_bytes: None,
            } => Ok(Self::Sweep { execution_id }),
            Fields {
                execution_id: None,
                pass: None,
                batch: None,
                finish: None,
                sweep: None,
                ssn: Some(ssn),
                max_bytes,
            } => Ok(Self::Direct { ssn, max_bytes }),
            _ => Err(FetcherError::InvalidEvent(
                "it has no valid combination of fields",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_four_kinds_of_event_are_accepted() {
        let id = "01jd0000000000000000000abc";
        for (event, kind) in [
            (
                json!({"executionId": id, "pass": 1, "batch": 0}),
                "Batch(01jd0000000000000000000abc, 1, 0)",
            ),
            (
                json!({"executionId": id, "pass": 2, "finish": true}),
                "Finish(01jd0000000000000000000abc, 2)",
            ),
            (
                json!({"executionId": id, "sweep": true}),
                "Sweep(01jd0000000000000000000abc)",
            ),
            (json!({"ssn": "123-45-6789"}), "Direct"),
            (json!({"ssn": "123-45-6789", "maxBytes": 600}), "Direct"),
        ] {
            assert_eq!(format!("{:?}", Event::try_from(event).unwrap()), kind);
        }
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            json!("123-45-6789"),
            json!({"executionId": "../x", "pass": 1, "batch": 0}),
            json!({"executionId": id, "pass": -1, "batch": 0}),
            json!({"executionId": id, "pass": 1, "batch": 0, "finish": true}),
            json!({"executionId": id, "pass": 1, "finish": false}),
            json!({"ssn": 123456789}),
            json!({"ssn": "123-45-6789", "maxBytes": -1}),
            json!({"executionId": id, "sweep": true, "maxBytes": 1}),
            json!({"ssn": "123-45-6789", "123-45-6789": 1}),
        ] {
            let error = Event::try_from(bad).unwrap_err();
            assert_eq!(error.name(), "BadEvent");
            assert!(!error.to_string().contains("6789"));
        }
    }
}
