use std::cell::{Cell, RefCell};

use contract::wire::Outcome;
use export::Format;
use futures::{FutureExt, StreamExt, stream};
use serde_json::value::to_raw_value;

use super::*;
use crate::save::rows::tests::save;
use crate::save::sink::WriteError;

/// What was written, a piece for each call.
#[derive(Default)]
struct Pieces(Vec<Vec<u8>>);

impl Write for Pieces {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.0.push(bytes.to_vec());
        Ok(())
    }
}

/// A sink that fails.
struct FullDisk;

impl Write for FullDisk {
    async fn write(&mut self, _: &[u8]) -> Result<(), WriteError> {
        Err(WriteError)
    }
}

fn row(number: u64, body: &str) -> ResultRow {
    ResultRow {
        row: number,
        line: number + 1,
        ssn: None,
        outcome: Outcome::Invalid,
        status_code: None,
        body: Some(to_raw_value(body).unwrap()),
        error: None,
        warning: None,
        duration_ms: None,
        attempts: 0,
    }
}

/// Ten pages with a row each.
fn pages(body: &str) -> impl Stream<Item = Result<Vec<ResultRow>, ClientError>> {
    stream::iter((0..10).map(move |number| Ok(vec![row(number, body)])))
}

/// The run's rows in NDJSON.
fn file(body: &str) -> String {
    let rows = (0..10).map(|number| serde_json::to_string(&row(number, body)).unwrap() + "\n");
    rows.collect()
}

fn write(
    pages: impl Stream<Item = Result<Vec<ResultRow>, ClientError>>,
    sink: &mut impl Write,
    events: &RefCell<Vec<Event>>,
) -> Result<u64, SaveError> {
    let rows = Rows::begin(&save(Format::Ndjson), None).unwrap();
    let report = |event| events.borrow_mut().push(event);
    let writing = write_pages(pages, 10, rows, sink, &report);
    writing.now_or_never().expect("nothing waits")
}

#[test]
fn pages_come_in_order_and_progress_reaches_the_end() {
    let events = RefCell::default();
    let mut pieces = Pieces::default();
    assert_eq!(write(pages("x"), &mut pieces, &events), Ok(10));
    // Small pages are written together.
    assert_eq!(pieces.0.len(), 1);
    assert_eq!(String::from_utf8(pieces.0.concat()).unwrap(), file("x"));
    let progress = (0..=10).map(|done| Event::Progress { done, total: 10 });
    assert_eq!(events.take(), progress.collect::<Vec<_>>());
}

/// How many pages were requested when each piece was written, and its bytes.
struct Ahead<'a>(&'a Cell<usize>, Vec<(usize, usize)>);

impl Write for Ahead<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.1.push((self.0.get(), bytes.len()));
        Ok(())
    }
}

#[test]
fn long_pages_are_written_while_the_next_is_read() {
    let body = "x".repeat(CHUNK / 2);
    let requests = Cell::new(0);
    let mut pieces = Ahead(&requests, Vec::new());
    let read = pages(&body).inspect(|_| requests.set(requests.get() + 1));
    write(read, &mut pieces, &RefCell::default()).unwrap();
    let Ahead(_, pieces) = pieces;
    // Two pages fill a piece. By then the page after them was requested.
    let ahead: Vec<usize> = pieces.iter().map(|(requests, _)| *requests).collect();
    assert_eq!(ahead, [3, 5, 7, 9, 10, 10]);
    assert!(pieces.iter().all(|(_, bytes)| *bytes < 2 * CHUNK));
}

#[test]
fn an_error_of_the_server_ends_the_file() {
    let error = ClientError::Unexpected { status: 404 };
    let failing = pages("x").take(3).chain(stream::iter([Err(error.clone())]));
    let mut pieces = Pieces::default();
    let result = write(failing, &mut pieces, &RefCell::default());
    assert_eq!(result, Err(SaveError::Server(error)));
    assert!(pieces.0.is_empty());
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let result = write(pages("x"), &mut FullDisk, &RefCell::default());
    assert_eq!(result, Err(SaveError::Unwritable));
}
