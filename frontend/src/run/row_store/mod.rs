//! The rows the page has, and which to ask for next.

mod pages;
mod prefix;

use std::ops::Range;

use self::pages::Pages;
use self::prefix::Prefix;
use crate::run::row::Row;

/// Rows asked for at a time.
pub(crate) const PAGE: u64 = 100;

/// The rows the page has. A whole table is read wherever it is looked at; a filtered one from its
/// beginning, since nobody knows where its rows stand.
pub(crate) enum RowStore {
    /// Every row, in pages.
    Whole(Pages),
    /// The rows of one outcome, as far as they were read.
    Filtered(Prefix),
}

/// What to ask the server for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// From where.
    pub(crate) from: From,
    /// How many rows.
    pub(crate) count: u64,
    /// What the store knew when it asked.
    news: u32,
}

/// Where a request begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum From {
    /// At this row of a whole table.
    Row(u64),
    /// At the beginning of a filtered one.
    Start,
    /// Where this cursor stands.
    Cursor(String),
}

impl RowStore {
    /// An empty store, for one outcome or all.
    pub(crate) fn new(filtered: bool) -> Self {
        match filtered {
            true => Self::Filtered(Prefix::default()),
            false => Self::Whole(Pages::default()),
        }
    }

    /// The row at this place of the table.
    pub(crate) fn get(&self, place: u64) -> Option<&Row> {
        match self {
            Self::Whole(whole) => whole.get(place),
            Self::Filtered(prefix) => prefix.get(place),
        }
    }

    /// The row of this number, wherever it stands.
    pub(crate) fn find(&self, row: u64) -> Option<&Row> {
        match self {
            Self::Whole(_) => self.get(row),
            Self::Filtered(prefix) => prefix.find(row),
        }
    }

    /// Rows of the table, where the whole has this many.
    pub(crate) fn len(&self, rows: u64) -> u64 {
        match self {
            Self::Whole(_) => rows,
            Self::Filtered(prefix) => prefix.len(),
        }
    }

    /// Whether a filtered table was read and has no row.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Filtered(prefix) if prefix.is_empty())
    }

    /// Whether a filtered table goes on below what was read.
    pub(crate) fn has_more(&self) -> bool {
        matches!(self, Self::Filtered(prefix) if prefix.has_more())
    }

    /// Rows may have changed on the server. A long filtered table is left as it is while the run
    /// goes on, so that it doesn't jump under the reader.
    pub(crate) fn note_news(&mut self, run_is_over: bool) {
        match self {
            Self::Whole(whole) => whole.note_news(),
            Self::Filtered(prefix) => prefix.note_news(run_is_over),
        }
    }

    /// What to ask for next, so that what is in view is there and fresh; none if it is. A whole
    /// table has this many rows.
    pub(crate) fn wanted(&self, view: Range<u64>, rows: u64) -> Option<Request> {
        match self {
            Self::Whole(whole) => whole.wanted(view, rows),
            Self::Filtered(prefix) => prefix.wanted(view),
        }
    }

    /// Takes the answer to a request: its rows, and where a filtered table goes on.
    pub(crate) fn accept(&mut self, request: &Request, rows: Vec<Row>, next: Option<String>) {
        match self {
            Self::Whole(whole) => whole.accept(request, rows),
            Self::Filtered(prefix) => prefix.accept(request, rows, next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::row::tests::row;
    use contract::wire::Outcome;

    fn rows(range: Range<u64>, outcome: Outcome) -> Vec<Row> {
        range.map(|n| row(n, outcome).into()).collect()
    }

    fn asked(store: &RowStore, view: Range<u64>) -> Option<(From, u64)> {
        store
            .wanted(view, 250)
            .map(|request| (request.from, request.count))
    }

    fn load(store: &mut RowStore, view: Range<u64>, outcome: Outcome) {
        while let Some(request) = store.wanted(view.clone(), 250) {
            let From::Row(first) = request.from else {
                panic!()
            };
            store.accept(&request, rows(first..first + request.count, outcome), None);
        }
    }

    #[test]
    fn a_whole_table_is_read_where_it_is_looked_at_and_once() {
        let mut store = RowStore::new(false);
        assert_eq!(asked(&store, 95..105), Some((From::Row(0), 100)));
        load(&mut store, 95..105, Outcome::Succeeded);
        assert_eq!(asked(&store, 95..105), None);
        assert_eq!(store.get(199).unwrap().row, 199);
        assert!(store.get(200).is_none());
        assert_eq!(asked(&store, 240..250), Some((From::Row(200), 50)));
        assert_eq!(asked(&store, 0..0), None);
    }

    #[test]
    fn news_makes_only_rows_that_may_change_be_read_again() {
        let mut store = RowStore::new(false);
        load(&mut store, 0..100, Outcome::Succeeded);
        load(&mut store, 100..200, Outcome::Pending);
        store.note_news(false);
        assert_eq!(asked(&store, 0..10), None);
        assert_eq!(asked(&store, 100..110), Some((From::Row(100), 100)));
        load(&mut store, 100..110, Outcome::Failed);
        assert_eq!(asked(&store, 100..110), None);
    }

    #[test]
    fn news_that_comes_while_a_page_is_on_its_way_makes_it_stale() {
        let mut store = RowStore::new(false);
        let request = store.wanted(0..10, 250).unwrap();
        store.note_news(false);
        store.accept(&request, rows(0..100, Outcome::Pending), None);
        assert_eq!(asked(&store, 0..10), Some((From::Row(0), 100)));
    }

    #[test]
    fn far_pages_are_let_go() {
        let mut store = RowStore::new(false);
        for page in 0..=60 {
            let request = store
                .wanted(page * PAGE..page * PAGE + 1, 1_000_000)
                .unwrap();
            store.accept(
                &request,
                rows(page * PAGE..(page + 1) * PAGE, Outcome::Succeeded),
                None,
            );
        }
        assert!(store.get(0).is_none());
        assert!(store.get(PAGE).is_some());
    }

    #[test]
    fn a_filtered_table_is_read_on_by_its_cursor() {
        let mut store = RowStore::new(true);
        let start = store.wanted(0..10, 250).unwrap();
        assert_eq!(start.from, From::Start);
        store.accept(&start, rows(0..100, Outcome::Failed), Some("c1".into()));
        assert_eq!((store.len(250), store.has_more()), (100, true));
        assert_eq!(asked(&store, 0..10), None);
        let more = store.wanted(60..70, 250).unwrap();
        assert_eq!(more.from, From::Cursor("c1".into()));
        store.accept(&more, rows(100..130, Outcome::Failed), None);
        store.accept(&more, rows(100..130, Outcome::Failed), None);
        assert_eq!((store.len(250), store.has_more()), (130, false));
    }

    #[test]
    fn a_filtered_table_is_read_anew_after_news() {
        let mut store = RowStore::new(true);
        assert!(!store.is_empty());
        let start = store.wanted(0..0, 250).unwrap();
        store.accept(&start, Vec::new(), None);
        assert!(store.is_empty());
        assert_eq!(asked(&store, 0..0), None);
        store.note_news(false);
        assert_eq!(asked(&store, 0..0), Some((From::Start, PAGE)));
    }

    #[test]
    fn a_long_filtered_table_stays_still_until_the_run_is_over() {
        let mut store = RowStore::new(true);
        let start = store.wanted(0..0, 250).unwrap();
        store.accept(&start, rows(0..1_200, Outcome::Succeeded), None);
        store.note_news(false);
        assert_eq!(asked(&store, 0..10), None);
        store.note_news(true);
        assert_eq!(asked(&store, 0..10), Some((From::Start, 1_000)));
    }
}
