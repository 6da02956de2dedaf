//! The rows that are loaded, and which to request next.

mod pages;
mod prefix;

use std::ops::Range;

use self::pages::Pages;
use self::prefix::Prefix;
use crate::run::row::Row;

/// Rows in a page.
pub(crate) const PAGE: u64 = 100;

/// The rows that are loaded. An unfiltered table loads where it is viewed; a filtered one from its
/// start, since the position of its rows isn't known.
pub(crate) enum RowStore {
    /// Pages of all rows.
    Unfiltered(Pages),
    /// The first rows that match the filter.
    Filtered(Prefix),
}

/// A request for rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// The first row.
    pub(crate) first: FirstRow,
    /// The number of rows.
    pub(crate) count: u64,
    /// The store's version when the request was made.
    version: u32,
}

/// The first row of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FirstRow {
    /// A row of the unfiltered table.
    Row(u64),
    /// The first row that matches the filter.
    Start,
    /// The row at this cursor, which follows the loaded ones.
    Cursor(String),
}

impl RowStore {
    /// An empty store.
    pub(crate) fn new(is_filtered: bool) -> Self {
        match is_filtered {
            true => Self::Filtered(Prefix::default()),
            false => Self::Unfiltered(Pages::default()),
        }
    }

    /// The row at a position of the table.
    pub(crate) fn get(&self, position: u64) -> Option<&Row> {
        match self {
            Self::Unfiltered(pages) => pages.get(position),
            Self::Filtered(prefix) => prefix.get(position),
        }
    }

    /// The row with this index in the list.
    pub(crate) fn find(&self, row: u64) -> Option<&Row> {
        match self {
            Self::Unfiltered(_) => self.get(row),
            Self::Filtered(prefix) => prefix.find(row),
        }
    }

    /// The number of rows in the table of a run with `total` rows.
    pub(crate) fn len(&self, total: u64) -> u64 {
        match self {
            Self::Unfiltered(_) => total,
            Self::Filtered(prefix) => prefix.len(),
        }
    }

    /// Whether no row matches the filter.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Filtered(prefix) if prefix.is_empty())
    }

    /// Whether more rows than the loaded ones match the filter.
    pub(crate) fn has_more(&self) -> bool {
        matches!(self, Self::Filtered(prefix) if prefix.has_more())
    }

    /// Marks the rows that aren't final as stale, so that they are requested again.
    ///
    /// A long filtered table stays as it is until the run is over, so that it doesn't jump while people
    /// read.
    pub(crate) fn invalidate(&mut self, run_is_over: bool) {
        match self {
            Self::Unfiltered(pages) => pages.invalidate(),
            Self::Filtered(prefix) => prefix.invalidate(run_is_over),
        }
    }

    /// The next request for the rows in view; none if they are loaded and current. The run has `total`
    /// rows.
    pub(crate) fn next_request(&self, view: Range<u64>, total: u64) -> Option<Request> {
        match self {
            Self::Unfiltered(pages) => pages.next_request(view, total),
            Self::Filtered(prefix) => prefix.next_request(view),
        }
    }

    /// Adds the response to a request: its rows, and the cursor of the next page.
    pub(crate) fn add(&mut self, request: &Request, rows: Vec<Row>, next: Option<String>) {
        match self {
            Self::Unfiltered(pages) => pages.add(request, rows),
            Self::Filtered(prefix) => prefix.add(request, rows, next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::row;
    use contract::wire::Outcome;

    fn rows(range: Range<u64>, outcome: Outcome) -> Vec<Row> {
        range.map(|n| row(n, outcome).into()).collect()
    }

    fn next(store: &RowStore, view: Range<u64>) -> Option<(FirstRow, u64)> {
        store
            .next_request(view, 250)
            .map(|request| (request.first, request.count))
    }

    fn load(store: &mut RowStore, view: Range<u64>, outcome: Outcome) {
        while let Some(request) = store.next_request(view.clone(), 250) {
            let FirstRow::Row(first) = request.first else {
                panic!()
            };
            store.add(&request, rows(first..first + request.count, outcome), None);
        }
    }

    #[test]
    fn an_unfiltered_table_loads_once_where_it_is_viewed() {
        let mut store = RowStore::new(false);
        assert_eq!(next(&store, 95..105), Some((FirstRow::Row(0), 100)));
        load(&mut store, 95..105, Outcome::Succeeded);
        assert_eq!(next(&store, 95..105), None);
        assert_eq!(store.get(199).unwrap().row, 199);
        assert!(store.get(200).is_none());
        assert_eq!(next(&store, 240..250), Some((FirstRow::Row(200), 50)));
        assert_eq!(next(&store, 0..0), None);
    }

    #[test]
    fn only_rows_that_may_change_load_again() {
        let mut store = RowStore::new(false);
        load(&mut store, 0..100, Outcome::Succeeded);
        load(&mut store, 100..200, Outcome::Pending);
        store.invalidate(false);
        assert_eq!(next(&store, 0..10), None);
        assert_eq!(next(&store, 100..110), Some((FirstRow::Row(100), 100)));
        load(&mut store, 100..110, Outcome::Failed);
        assert_eq!(next(&store, 100..110), None);
    }

    #[test]
    fn a_change_during_a_request_makes_its_page_stale() {
        let mut store = RowStore::new(false);
        let request = store.next_request(0..10, 250).unwrap();
        store.invalidate(false);
        store.add(&request, rows(0..100, Outcome::Pending), None);
        assert_eq!(next(&store, 0..10), Some((FirstRow::Row(0), 100)));
    }

    #[test]
    fn pages_far_from_the_view_are_dropped() {
        let mut store = RowStore::new(false);
        for page in 0..=60 {
            let request = store
                .next_request(page * PAGE..page * PAGE + 1, 1_000_000)
                .unwrap();
            store.add(
                &request,
                rows(page * PAGE..(page + 1) * PAGE, Outcome::Succeeded),
                None,
            );
        }
        assert!(store.get(0).is_none());
        assert!(store.get(PAGE).is_some());
    }

    #[test]
    fn a_filtered_table_continues_at_its_cursor() {
        let mut store = RowStore::new(true);
        let start = store.next_request(0..10, 250).unwrap();
        assert_eq!(start.first, FirstRow::Start);
        store.add(&start, rows(0..100, Outcome::Failed), Some("c1".into()));
        assert_eq!((store.len(250), store.has_more()), (100, true));
        assert_eq!(next(&store, 0..10), None);
        let more = store.next_request(60..70, 250).unwrap();
        assert_eq!(more.first, FirstRow::Cursor("c1".into()));
        store.add(&more, rows(100..130, Outcome::Failed), None);
        store.add(&more, rows(100..130, Outcome::Failed), None);
        assert_eq!((store.len(250), store.has_more()), (130, false));
    }

    #[test]
    fn a_filtered_table_loads_again_after_a_change() {
        let mut store = RowStore::new(true);
        assert!(!store.is_empty());
        let start = store.next_request(0..0, 250).unwrap();
        store.add(&start, Vec::new(), None);
        assert!(store.is_empty());
        assert_eq!(next(&store, 0..0), None);
        store.invalidate(false);
        assert_eq!(next(&store, 0..0), Some((FirstRow::Start, PAGE)));
    }

    #[test]
    fn a_long_filtered_table_stays_until_the_run_is_over() {
        let mut store = RowStore::new(true);
        let start = store.next_request(0..0, 250).unwrap();
        store.add(&start, rows(0..1_200, Outcome::Succeeded), None);
        store.invalidate(false);
        assert_eq!(next(&store, 0..10), None);
        store.invalidate(true);
        assert_eq!(next(&store, 0..10), Some((FirstRow::Start, 1_000)));
    }
}
