//! Results, row by row, in list order.

mod bodies;
mod find;
mod reader;
mod wanted;

use std::time::Duration;

use contract::limits;
use contract::wire::{Outcome, ResultRow, RowError};
use serde::{Deserialize, Serialize};

pub use reader::ResultsReader;

/// Which rows are wanted; all of what is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// This outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// This status of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// This error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RowError>,
}

impl Filters {
    fn takes(&self, row: &ResultRow) -> bool {
        self.outcome.is_none_or(|wanted| row.outcome == wanted)
            && self
                .status_code
                .is_none_or(|wanted| row.status_code == Some(wanted))
            && self.error.is_none_or(|wanted| row.error == Some(wanted))
    }
}

/// Where a page ends.
#[derive(Clone, Copy, Debug)]
pub struct PageLimits {
    /// Rows.
    pub count: usize,
    /// Bytes, as they stand in a Lambda's answer. A page has one row at least.
    pub bytes: usize,
    /// Time spent looking.
    pub time: Duration,
}

impl PageLimits {
    /// `count` rows, 3 MiB (a Lambda answers 6 MB at most), 5 seconds.
    pub fn with_count(count: u32) -> Self {
        Self {
            count: count.min(limits::MAX_RESULTS_COUNT) as usize,
            bytes: 3 << 20,
            time: Duration::from_secs(5),
        }
    }
}

/// Bytes that a row takes at most without its body.
const FIELDS: usize = 320;

/// Bytes that a row takes at most where its JSON is a string inside JSON again, as in a Lambda's
/// answer: there every quote and backslash takes two.
fn weight(row: &ResultRow) -> usize {
    let body = row.body.as_ref().map_or("", |body| body.get());
    let escaped = body.bytes().filter(|byte| matches!(byte, b'"' | b'\\'));
    FIELDS + body.len() + escaped.count()
}

/// Rows, and where to go on.
pub struct Page {
    /// In list order.
    pub rows: Vec<ResultRow>,
    /// The row at which the next page begins; `None` at the end of the list.
    pub next: Option<u64>,
}
