//! Writes a run's rows to a sink, and requests the next page while it writes one.

use std::pin::pin;

use client::ClientError;
use contract::wire::ResultRow;
use futures::future::try_join;
use futures::{Stream, TryFutureExt, TryStreamExt};

use crate::protocol::Event;
use crate::save::error::SaveError;
use crate::save::rows::Rows;
use crate::save::sink::Write;

/// Bytes that are collected before they are written.
const CHUNK: usize = 1 << 20;

/// Writes the rows of all pages, and returns their count. Reports the progress within the run's
/// `total` rows.
pub(crate) async fn write_pages(
    pages: impl Stream<Item = Result<Vec<ResultRow>, ClientError>>,
    total: u64,
    mut rows: Rows<'_>,
    sink: &mut impl Write,
    report: &dyn Fn(Event),
) -> Result<u64, SaveError> {
    report(Event::Progress { done: 0, total });
    let mut pages = pin!(pages);
    let mut next = pages.try_next().await?;
    while let Some(page) = next {
        let writing = async {
            let done = rows.write(page)?;
            let bytes = rows.bytes();
            if bytes.len() >= CHUNK {
                sink.write(bytes).await?;
                bytes.clear();
            }
            Ok::<_, SaveError>(done)
        };
        // `try_join` polls in order: the next page is requested before this one is written.
        let (ahead, done) = try_join(pages.try_next().err_into(), writing).await?;
        if let Some(done) = done {
            report(Event::Progress { done, total });
        }
        next = ahead;
    }
    let count = rows.count();
    sink.write(&rows.end()?).await?;
    Ok(count)
}

#[cfg(test)]
mod tests;
