use std::cell::{Cell, RefCell};

use contract::wire::{Outcome, Problem, ResultRow};
use export::Format;
use futures::FutureExt;
use futures::future::pending;
use serde_json::value::to_raw_value;

use super::*;
use crate::save::rows::tests::save;
use crate::save::sink::Unwritable;

const RETRY_FOR: Duration = Duration::from_secs(120);

/// What was written, in the pieces in which it came.
#[derive(Default)]
struct Pieces(Vec<Vec<u8>>);

impl Write for Pieces {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.0.push(bytes.to_vec());
        Ok(())
    }
}

struct Full;

impl Write for Full {
    async fn write(&mut self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable)
    }
}

/// A run of ten pages with a row each, whose cursors are the pages' numbers.
fn page(cursor: Option<&str>, body: &str) -> ResultsPage {
    let number = cursor.map_or(0, |cursor| cursor.parse().unwrap());
    let row = ResultRow {
        row: number,
        ssn: None,
        outcome: Outcome::Invalid,
        status_code: None,
        body: Some(to_raw_value(body).unwrap()),
        error: None,
        warning: None,
        duration_ms: None,
        attempts: 0,
    };
    ResultsPage {
        rows: vec![row],
        next: (number < 9).then(|| (number + 1).to_string()),
    }
}

/// The run's rows in NDJSON.
fn file(body: &str) -> String {
    let numbers = (0..10).map(|number: u64| number.to_string());
    let rows = numbers.map(|number| {
        let row = &page(Some(&number), body).rows[0];
        serde_json::to_string(row).unwrap() + "\n"
    });
    rows.collect()
}

/// Only the pause after which a page is given up lasts.
async fn short(pause: Duration) {
    if pause == RETRY_FOR {
        pending::<()>().await;
    }
}

/// Only the pauses between retries last.
async fn long(pause: Duration) {
    if pause != RETRY_FOR {
        pending::<()>().await;
    }
}

fn gathered(
    page: impl AsyncFn(Option<&str>) -> Result<ResultsPage, Trouble>,
    pause: impl AsyncFn(Duration),
    sink: &mut impl Write,
    events: &RefCell<Vec<Event>>,
) -> Result<u64, Failure> {
    let server = Server {
        page,
        pause,
        retry_for: RETRY_FOR,
    };
    let rows = Rows::begin(&save(Format::Ndjson), None).unwrap();
    let report = |event| events.borrow_mut().push(event);
    let wanted = Wanted {
        rows: 10,
        all: true,
    };
    let gathering = gather(server, wanted, rows, sink, &report);
    gathering.now_or_never().expect("nothing lasts")
}

#[test]
fn pages_come_in_order_and_progress_reaches_the_end() {
    let requests = Cell::new(0);
    let events = RefCell::default();
    let mut pieces = Pieces::default();
    let read = async |cursor: Option<&str>| {
        requests.set(requests.get() + 1);
        Ok(page(cursor, "x"))
    };
    assert_eq!(gathered(read, short, &mut pieces, &events), Ok(10));
    // Small pages are written together.
    assert_eq!(pieces.0.len(), 1);
    assert_eq!(String::from_utf8(pieces.0.concat()).unwrap(), file("x"));
    assert_eq!(requests.get(), 10);
    let progress = (0..=10).map(|done| Event::Progress { done, total: 10 });
    assert_eq!(events.take(), progress.collect::<Vec<_>>());
}

/// How many pages were requested when each piece was written, and its bytes.
struct Ahead<'a>(&'a Cell<usize>, Vec<(usize, usize)>);

impl Write for Ahead<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.1.push((self.0.get(), bytes.len()));
        Ok(())
    }
}

#[test]
fn long_pages_are_written_while_the_next_is_read() {
    let body = "x".repeat(CHUNK / 2);
    let requests = Cell::new(0);
    let mut pieces = Ahead(&requests, Vec::new());
    let read = async |cursor: Option<&str>| {
        requests.set(requests.get() + 1);
        Ok(page(cursor, &body))
    };
    gathered(read, short, &mut pieces, &RefCell::default()).unwrap();
    let Ahead(_, pieces) = pieces;
    // Two pages fill a piece; the one after them is on its way by then.
    let ahead: Vec<usize> = pieces.iter().map(|(requests, _)| *requests).collect();
    assert_eq!(ahead, [3, 5, 7, 9, 10, 10]);
    assert!(pieces.iter().all(|(_, bytes)| *bytes < 2 * CHUNK));
}

#[test]
fn failing_server_is_retried_and_no_row_is_lost_or_repeated() {
    let requests = Cell::new(0);
    let events = RefCell::default();
    let mut pieces = Pieces::default();
    let read = async |cursor: Option<&str>| {
        requests.set(requests.get() + 1);
        match requests.get() % 3 {
            0 => Ok(page(cursor, "x")),
            _ => Err(Trouble::Unreachable),
        }
    };
    gathered(read, short, &mut pieces, &events).unwrap();
    assert_eq!(String::from_utf8(pieces.0.concat()).unwrap(), file("x"));
    let waiting = Event::Waiting(Trouble::Unreachable);
    let events = events.take();
    assert_eq!(events.iter().filter(|event| **event == waiting).count(), 20);
}

#[test]
fn server_that_stays_away_is_given_up() {
    let read = async |cursor: Option<&str>| match cursor {
        Some("3") => Err(Trouble::Unreachable),
        cursor => Ok(page(cursor, "x")),
    };
    let result = gathered(read, long, &mut Pieces::default(), &RefCell::default());
    assert_eq!(result, Err(Failure::Server(Trouble::Unreachable)));
}

#[test]
fn error_after_retries_is_the_latest_failure() {
    let signed_out = Trouble::Refused(Problem {
        kind: "/problems/unauthorized".into(),
        title: "Unauthorized".into(),
        status: 401,
        detail: None,
    });
    let read = async |_: Option<&str>| Err(signed_out.clone());
    let result = gathered(read, long, &mut Pieces::default(), &RefCell::default());
    assert_eq!(result, Err(Failure::Server(signed_out)));
}

#[test]
fn file_of_all_rows_that_lacks_some_is_an_error() {
    let read = async |cursor: Option<&str>| {
        let mut page = page(cursor, "x");
        page.next = page.next.filter(|next| next != "4");
        Ok(page)
    };
    let mut pieces = Pieces::default();
    let result = gathered(read, short, &mut pieces, &RefCell::default());
    assert_eq!(result, Err(Failure::Incomplete { count: 4 }));
    assert!(pieces.0.is_empty());
}

#[test]
fn failure_that_a_retry_would_not_change_is_final() {
    let refused = Trouble::Unreadable { status: 404 };
    let read = async |_: Option<&str>| Err(refused.clone());
    let result = gathered(read, short, &mut Pieces::default(), &RefCell::default());
    assert_eq!(result, Err(Failure::Server(refused.clone())));
    let read = async |cursor: Option<&str>| Ok(page(cursor, "x"));
    let result = gathered(read, short, &mut Full, &RefCell::default());
    assert_eq!(result, Err(Failure::Unwritable));
}
