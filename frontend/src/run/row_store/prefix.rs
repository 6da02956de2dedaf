//! The rows of one outcome, read from their beginning as far as they were looked at.

use std::ops::Range;

use super::{From, PAGE, Request};
use crate::run::row::Row;

/// Rows that are read anew at once when there is news.
const REFRESHED: u64 = 1_000;

/// The beginning of a filtered table.
#[derive(Default)]
pub(crate) struct Prefix {
    rows: Vec<Row>,
    next: Option<String>,
    read: Option<u32>,
    news: u32,
}

impl Prefix {
    pub(super) fn get(&self, place: u64) -> Option<&Row> {
        self.rows.get(place as usize)
    }

    pub(super) fn find(&self, row: u64) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&row, |view| view.row);
        self.rows.get(place.ok()?)
    }

    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn is_empty(&self) -> bool {
        self.read.is_some() && self.rows.is_empty() && self.next.is_none()
    }

    pub(super) fn has_more(&self) -> bool {
        self.next.is_some()
    }

    pub(super) fn note_news(&mut self, run_is_over: bool) {
        if run_is_over || self.len() <= REFRESHED {
            self.news += 1;
        }
    }

    pub(super) fn wanted(&self, view: Range<u64>) -> Option<Request> {
        let read = self.len();
        let request = |from, count| {
            Some(Request {
                from,
                count,
                news: self.news,
            })
        };
        if self.read.is_none_or(|read| read < self.news) {
            return request(From::Start, read.clamp(PAGE, REFRESHED));
        }
        let next = self.next.as_ref().filter(|_| view.end + PAGE / 2 > read)?;
        request(From::Cursor(next.clone()), PAGE)
    }

    pub(super) fn accept(&mut self, request: &Request, rows: Vec<Row>, next: Option<String>) {
        match &request.from {
            From::Start => self.rows = rows,
            // An answer to a cursor that isn't the end any more would tear the order.
            From::Cursor(cursor) if Some(cursor) == self.next.as_ref() => self.rows.extend(rows),
            From::Cursor(_) | From::Row(_) => return,
        }
        self.next = next;
        self.read = Some(request.news);
    }
}
