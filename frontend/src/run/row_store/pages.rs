//! Pages of the unfiltered table.

use std::ops::Range;

use super::{FirstRow, PAGE, Request};
use crate::run::row::{self, Row};

/// The largest number of pages; those farthest from the view are dropped first.
const PAGES_KEPT: usize = 60;

/// Pages of the unfiltered table.
#[derive(Default)]
pub(crate) struct Pages {
    pages: Vec<Page>,
    /// Counts changes of the run. A page of an older version is stale.
    version: u32,
}

struct Page {
    index: u64,
    rows: Vec<Row>,
    version: u32,
    is_final: bool,
}

impl Pages {
    pub(super) fn get(&self, position: u64) -> Option<&Row> {
        self.page(position / PAGE)?
            .rows
            .get((position % PAGE) as usize)
    }

    pub(super) fn invalidate(&mut self) {
        self.version += 1;
    }

    fn page(&self, index: u64) -> Option<&Page> {
        self.pages.iter().find(|page| page.index == index)
    }

    pub(super) fn next_request(&self, view: Range<u64>, total: u64) -> Option<Request> {
        if view.is_empty() {
            return None;
        }
        let in_view = view.start / PAGE..=(view.end - 1) / PAGE;
        let missing = in_view.clone().find(|index| self.page(*index).is_none());
        let is_stale = |page: &Page| !page.is_final && page.version < self.version;
        let stale = || {
            in_view
                .clone()
                .find(|index| self.page(*index).is_some_and(is_stale))
        };
        let first = missing.or_else(stale)? * PAGE;
        Some(Request {
            first: FirstRow::Row(first),
            count: PAGE.min(total.saturating_sub(first)),
            version: self.version,
        })
        .filter(|request| request.count > 0)
    }

    pub(super) fn add(&mut self, request: &Request, rows: Vec<Row>) {
        let FirstRow::Row(first) = request.first else {
            return;
        };
        let index = first / PAGE;
        let is_final =
            rows.len() as u64 == request.count && rows.iter().all(|row| row::is_final(row));
        self.pages.retain(|page| page.index != index);
        self.pages.push(Page {
            index,
            rows,
            version: request.version,
            is_final,
        });
        if self.pages.len() > PAGES_KEPT {
            let far = (0..self.pages.len()).max_by_key(|n| self.pages[*n].index.abs_diff(index));
            far.map(|n| self.pages.swap_remove(n));
        }
    }
}
