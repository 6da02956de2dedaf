//! Downloads: a run's rows, page by page from the API, as a file with the list's other columns.
//!
//! The file goes to disk if the browser can write there, else into a blob.

mod failure;
mod gather;
mod join;
mod pages;
mod rows;
mod sink;

use std::time::Duration;

use contract::list::Source;
use contract::wire::Problem;
use wasm_bindgen::JsValue;

use crate::protocol::{Event, Save, Trouble};
use crate::serve::pause;

use failure::Failure;
use gather::{Server, Wanted, gather};
use pages::Results;
use rows::Rows;
use sink::Sink;

pub(crate) use join::{columns, join};

/// How long a page of rows is retried.
const RETRY_FOR: Duration = Duration::from_secs(120);

/// Makes the file. Returns its last event, and the file itself unless it was written to `handle`.
///
/// If the future is dropped, no incomplete file is left.
pub(crate) async fn save(
    save: Save,
    source: Option<&Source>,
    handle: &JsValue,
    report: &dyn Fn(Event),
) -> (Event, Option<JsValue>) {
    // Open the sink first: dropping it removes the empty file that the browser's dialog made.
    let Ok(sink) = Sink::open(handle).await else {
        return (Event::Unwritable, None);
    };
    let source = source.filter(|_| save.columns);
    if save.columns && source.is_none() {
        return (Event::Gone, None);
    }
    match write(&save, source, sink, report).await {
        Ok((rows, file)) => (Event::Saved { rows }, file),
        Err(Failure::Server(trouble)) => (Event::Trouble(trouble), None),
        Err(Failure::Incomplete { count }) => (incomplete(count, save.rows), None),
        Err(Failure::Unlike { row }) => (Event::Unlike { row: Some(row) }, None),
        Err(Failure::Unwritable) => (Event::Unwritable, None),
    }
}

/// Writes the rows; their count, and the file unless it is on disk.
async fn write(
    save: &Save,
    source: Option<&Source>,
    mut sink: Sink,
    report: &dyn Fn(Event),
) -> Result<(u64, Option<JsValue>), Failure> {
    let results = Results {
        run: &save.run,
        filter: &save.filter,
        reveal: save.reveal,
    };
    let server = Server {
        page: async |cursor: Option<&str>| results.page(cursor).await,
        pause,
        retry_for: RETRY_FOR,
    };
    let wanted = Wanted {
        rows: save.rows,
        all: save.filter.is_empty() && save.group.is_none(),
    };
    let rows = Rows::begin(save, source)?;
    let count = gather(server, wanted, rows, &mut sink, report).await?;
    Ok((count, sink.close().await?))
}

/// The event of an incomplete download, which the page shows like the server's own problems.
fn incomplete(count: u64, rows: u64) -> Event {
    Event::Trouble(Trouble::Refused(Problem {
        kind: "about:blank".to_owned(),
        title: "The file would be incomplete".to_owned(),
        status: 200,
        detail: Some(format!(
            "The server sent {count} of the run's {rows} lines. Download it again."
        )),
    }))
}
