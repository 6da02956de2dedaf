//! Downloads: a run's rows, page by page from the API, as a file with the list's other columns.
//!
//! The file goes to disk if the browser can write there, else into a blob.

mod error;
mod join;
mod pages;
mod rows;
mod sink;

use std::time::Duration;

use client::ResultsFilter;
use futures::future::Either;
use lists::Source;
use wasm_bindgen::JsValue;

use crate::protocol::{Event, SaveOptions};
use crate::transport::results_client;

use error::SaveError;
use pages::write_pages;
use rows::Rows;
use sink::Sink;

pub(crate) use join::{columns, join};

/// How long a failing request for rows is retried.
const RETRY_FOR: Duration = Duration::from_secs(120);

/// Makes the file. Returns the call's last event, and the file unless it was written to `handle`.
///
/// If the future is dropped, no incomplete file is left.
pub(crate) async fn save(
    save: SaveOptions,
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
        return (Event::NoSuchList, None);
    }
    match write(&save, source, sink, report).await {
        Ok((rows, file)) => (Event::Saved { rows }, file),
        Err(SaveError::Server(error)) => (Event::Failed(error), None),
        Err(SaveError::ListMismatch { line }) => (Event::ListMismatch { line: Some(line) }, None),
        Err(SaveError::Unwritable) => (Event::Unwritable, None),
    }
}

/// Writes the rows. Returns their count, and the file unless it is on disk.
async fn write(
    save: &SaveOptions,
    source: Option<&Source>,
    mut sink: Sink,
    report: &dyn Fn(Event),
) -> Result<(u64, Option<JsValue>), SaveError> {
    let client = results_client(report, RETRY_FOR);
    let (id, reveal) = (&save.run, save.reveal);
    let pages = match save.filter == ResultsFilter::default() {
        true => Either::Left(client.all_results(id, save.rows, reveal)),
        false => Either::Right(client.filtered_results(id, save.filter, reveal)),
    };
    let rows = Rows::begin(save, source)?;
    let count = write_pages(pages, save.rows, rows, &mut sink, report).await?;
    Ok((count, sink.close().await?))
}
