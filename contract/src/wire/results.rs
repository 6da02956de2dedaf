//! Results, row by row.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Warning;
use crate::wire::{Outcome, RowError};

/// One line of the list and what became of it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// The row's number, from 0.
    pub row: u64,
    /// Masked (`***-**-6789`), or nine digits where revealed; null where INVALID.
    pub ssn: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The status of the last attempt; null where it brought none.
    pub status_code: Option<u16>,
    /// The upstream's JSON where it sent JSON, else its text as a string.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub body: Option<Box<RawValue>>,
    /// Why it FAILED without a status that says it, or why it is INVALID.
    pub error: Option<RowError>,
    /// What to look at twice.
    pub warning: Option<Warning>,
    /// Milliseconds the last attempt took.
    pub duration_ms: Option<u32>,
    /// GETs made in the pass that brought the outcome; 0 while PENDING, and where none was made.
    pub attempts: u32,
}

/// Bodies are equal if their texts are.
impl PartialEq for ResultRow {
    fn eq(&self, other: &Self) -> bool {
        // Destructured, so that a new field can't be left out.
        let Self {
            row,
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

/// Rows in list order.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultsPage {
    /// Possibly none although `next` is there: a page ends at a time limit too.
    pub rows: Vec<ResultRow>,
    /// The cursor of the next page, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
