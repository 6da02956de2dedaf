//! Results: one for each row of the list.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Warning;
use crate::wire::{ErrorKind, Outcome, RowError};

/// The result of one row of the list.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// Index of the row, from 0.
    pub row: u64,
    /// Line of the row in the list's own file, from 1; several rows may be on one line.
    ///
    /// It is `row` + 1 if the client didn't send the lines.
    pub line: u64,
    /// The SSN, masked (`***-**-6789`) or as nine digits if revealed; null if INVALID.
    pub ssn: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// HTTP status of the last attempt; null if it got no response.
    pub status_code: Option<u16>,
    /// The response body: the upstream's JSON, or its text as a string if it isn't JSON.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub body: Option<Box<RawValue>>,
    /// Why the row is INVALID, or why it FAILED if its status doesn't explain it.
    pub error: Option<RowError>,
    /// Why the number may be wrong although it has the right form.
    pub warning: Option<Warning>,
    /// Duration of the last attempt, in milliseconds.
    pub duration_ms: Option<u32>,
    /// Number of attempts in the pass that produced the outcome; 0 if there was none.
    pub attempts: u32,
}

impl ResultRow {
    /// Whether the last attempt had exactly this status and this error; `None` means without one.
    pub fn ended_with(&self, status: Option<u16>, error: Option<ErrorKind>) -> bool {
        self.status_code == status && self.error == error.map(RowError::Fetch)
    }
}

/// Compares bodies by their JSON text.
impl PartialEq for ResultRow {
    fn eq(&self, other: &Self) -> bool {
        // Destructured, so that a new field can't be left out.
        let Self {
            row,
            line,
            ssn,
            outcome,
            status_code,
            body,
            error,
            warning,
            duration_ms,
            attempts,
        } = self;
        *row == other.row
            && *line == other.line
            && *ssn == other.ssn
            && *outcome == other.outcome
            && *status_code == other.status_code
            && body.as_ref().map(|body| body.get()) == other.body.as_ref().map(|body| body.get())
            && *error == other.error
            && *warning == other.warning
            && *duration_ms == other.duration_ms
            && *attempts == other.attempts
    }
}

/// One page of results, in the order of the list.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultsPage {
    /// The rows of this page. A page that reached its time limit may have no rows but a `next`.
    pub rows: Vec<ResultRow>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
