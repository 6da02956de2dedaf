//! The first rows of a filtered table.

use std::ops::Range;

use super::{FirstRow, PAGE, Request};
use crate::run::row::Row;

/// The largest number of rows that are loaded again after a change.
const MAX_REFRESH: u64 = 1_000;

/// The first rows that match a filter.
#[derive(Default)]
pub(crate) struct Prefix {
    rows: Vec<Row>,
    next: Option<String>,
    /// The version of the loaded rows; none before the first response.
    loaded: Option<u32>,
    version: u32,
}

impl Prefix {
    pub(super) fn get(&self, position: u64) -> Option<&Row> {
        self.rows.get(position as usize)
    }

    pub(super) fn find(&self, row: u64) -> Option<&Row> {
        let position = self.rows.binary_search_by_key(&row, |known| known.row);
        self.rows.get(position.ok()?)
    }

    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn is_empty(&self) -> bool {
        self.loaded.is_some() && self.rows.is_empty() && self.next.is_none()
    }

    pub(super) fn has_more(&self) -> bool {
        self.next.is_some()
    }

    pub(super) fn invalidate(&mut self, run_is_over: bool) {
        if run_is_over || self.len() <= MAX_REFRESH {
            self.version += 1;
        }
    }

    pub(super) fn next_request(&self, view: Range<u64>) -> Option<Request> {
        let len = self.len();
        let request = |first, count| {
            Some(Request {
                first,
                count,
                version: self.version,
            })
        };
        if self.loaded.is_none_or(|loaded| loaded < self.version) {
            return request(FirstRow::Start, len.clamp(PAGE, MAX_REFRESH));
        }
        let next = self.next.as_ref().filter(|_| view.end + PAGE / 2 > len)?;
        request(FirstRow::Cursor(next.clone()), PAGE)
    }

    pub(super) fn add(&mut self, request: &Request, rows: Vec<Row>, next: Option<String>) {
        match &request.first {
            FirstRow::Start => self.rows = rows,
            // A response to an older cursor would break the order.
            FirstRow::Cursor(cursor) if Some(cursor) == self.next.as_ref() => {
                self.rows.extend(rows)
            }
            FirstRow::Cursor(_) | FirstRow::Row(_) => return,
        }
        self.next = next;
        self.loaded = Some(request.version);
    }
}
