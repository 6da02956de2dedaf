//! Results, row by row, in the order of the list.

mod bodies;
mod find;
mod matching;
mod reader;

use std::time::Duration;

use contract::limits;
use contract::wire::{Outcome, ResultRow, RowError};
use serde::{Deserialize, Serialize};

pub use reader::ResultsReader;

/// Which rows to return: those that match every filter that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// Only rows with this outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Only rows whose last attempt had this HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// Only rows with this error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RowError>,
}

impl Filters {
    fn matches(&self, row: &ResultRow) -> bool {
        self.outcome.is_none_or(|wanted| row.outcome == wanted)
            && self
                .status_code
                .is_none_or(|wanted| row.status_code == Some(wanted))
            && self.error.is_none_or(|wanted| row.error == Some(wanted))
    }
}

/// The limits of a page. The page ends when it reaches one of them.
#[derive(Clone, Copy, Debug)]
pub struct PageLimits {
    /// Maximum number of rows on the page.
    pub count: usize,
    /// Maximum size in bytes within a Lambda's response. A page has at least one row, however large.
    pub bytes: usize,
    /// Time limit for searching rows that match the filters.
    pub time: Duration,
}

impl PageLimits {
    /// Returns limits of `count` rows, 3 MiB (a Lambda's response has at most 6 MB) and 5 seconds.
    pub fn with_count(count: u32) -> Self {
        Self {
            count: count.min(limits::MAX_RESULTS_COUNT) as usize,
            bytes: 3 << 20,
            time: Duration::from_secs(5),
        }
    }
}

/// Maximum size of a row's fields other than the body, in bytes.
const MAX_FIELDS_BYTES: usize = 320;

/// Returns the maximum size of a row in a Lambda's response, in bytes.
///
/// A Lambda returns the page's JSON as a JSON string, in which every quote and backslash is escaped.
fn escaped_size(row: &ResultRow) -> usize {
    let body = row.body.as_ref().map_or("", |body| body.get());
    let escaped = body.bytes().filter(|byte| matches!(byte, b'"' | b'\\'));
    MAX_FIELDS_BYTES + body.len() + escaped.count()
}

/// A page of rows.
pub struct Page {
    /// The rows, in the order of the list.
    pub rows: Vec<ResultRow>,
    /// The first row of the next page; `None` at the end of the list.
    pub next: Option<u64>,
}
