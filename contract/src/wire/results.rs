//! Results, row by row.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Warning;
use crate::wire::defuse::defused_json;
use crate::wire::{Outcome, RowError, defused};

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

/// The columns of results as CSV.
pub const CSV_HEADER: [&str; 9] = [
    "row",
    "ssn",
    "outcome",
    "statusCode",
    "error",
    "warning",
    "durationMs",
    "attempts",
    "body",
];

impl ResultRow {
    /// The row as CSV cells, in the order of [`CSV_HEADER`]; what is null is empty. A body that is a
    /// text stands there as that text, [`defused`], any other as its JSON, of which nothing runs
    /// either.
    pub fn csv_record(&self) -> [String; 9] {
        let name = |value: Option<String>| {
            value
                .map(|json| json.trim_matches('"').to_owned())
                .unwrap_or_default()
        };
        let body = self.body.as_ref().map(|body| match body.get() {
            text if text.starts_with('"') => {
                let text: String = serde_json::from_str(text).unwrap_or_default();
                defused(&text).into_owned()
            }
            json => defused_json(json).into_owned(),
        });
        [
            self.row.to_string(),
            self.ssn.clone().unwrap_or_default(),
            self.outcome.as_str().to_owned(),
            self.status_code
                .map(|status| status.to_string())
                .unwrap_or_default(),
            name(
                self.error
                    .and_then(|error| serde_json::to_string(&error).ok()),
            ),
            name(
                self.warning
                    .and_then(|warning| serde_json::to_string(&warning).ok()),
            ),
            self.duration_ms
                .map(|duration| duration.to_string())
                .unwrap_or_default(),
            self.attempts.to_string(),
            body.unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_a_spreadsheet_would_run_is_defused_and_others_stay() {
        for (json, cell) in [
            (r#""=1+1""#, "'=1+1"),
            (r#""plain""#, "plain"),
            ("-5", "-5"),
            (r#"{"a":"=1"}"#, r#"{"a":"=1"}"#),
            (r#"{"a":";=1"}"#, r#"{"a":"\u003b=1"}"#),
        ] {
            let row = ResultRow {
                row: 0,
                ssn: None,
                outcome: Outcome::Succeeded,
                status_code: Some(200),
                body: Some(RawValue::from_string(json.to_owned()).unwrap()),
                error: None,
                warning: None,
                duration_ms: None,
                attempts: 1,
            };
            assert_eq!(row.csv_record()[8], cell);
        }
    }
}
