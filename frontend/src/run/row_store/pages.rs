//! A whole table, in pages that are read wherever it is looked at.

use std::ops::Range;

use super::{From, PAGE, Request};
use crate::run::row::{Row, is_final};

/// Pages kept; the farthest from the view go first.
const PAGES_KEPT: usize = 60;

/// Pages of a whole table.
#[derive(Default)]
pub(crate) struct Pages {
    pages: Vec<Page>,
    news: u32,
}

struct Page {
    place: u64,
    rows: Vec<Row>,
    news: u32,
    settled: bool,
}

impl Pages {
    pub(super) fn get(&self, place: u64) -> Option<&Row> {
        self.page(place / PAGE)?.rows.get((place % PAGE) as usize)
    }

    pub(super) fn note_news(&mut self) {
        self.news += 1;
    }

    fn page(&self, place: u64) -> Option<&Page> {
        self.pages.iter().find(|page| page.place == place)
    }

    pub(super) fn wanted(&self, view: Range<u64>, rows: u64) -> Option<Request> {
        if view.is_empty() {
            return None;
        }
        let in_view = view.start / PAGE..=(view.end - 1) / PAGE;
        let missing = in_view.clone().find(|place| self.page(*place).is_none());
        let is_stale = |page: &Page| !page.settled && page.news < self.news;
        let stale = || {
            in_view
                .clone()
                .find(|place| self.page(*place).is_some_and(is_stale))
        };
        let first = missing.or_else(stale)? * PAGE;
        Some(Request {
            from: From::Row(first),
            count: PAGE.min(rows.saturating_sub(first)),
            news: self.news,
        })
        .filter(|request| request.count > 0)
    }

    pub(super) fn accept(&mut self, request: &Request, rows: Vec<Row>) {
        let From::Row(first) = request.from else {
            return;
        };
        let place = first / PAGE;
        let settled = rows.len() as u64 == request.count && rows.iter().all(|row| is_final(row));
        self.pages.retain(|page| page.place != place);
        self.pages.push(Page {
            place,
            rows,
            news: request.news,
            settled,
        });
        if self.pages.len() > PAGES_KEPT {
            let far = (0..self.pages.len()).max_by_key(|n| self.pages[*n].place.abs_diff(place));
            far.map(|n| self.pages.swap_remove(n));
        }
    }
}
