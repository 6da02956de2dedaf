//! Reads a run's pages and writes them to a sink, one page ahead of what is being written.

use std::cell::RefCell;
use std::time::Duration;

use contract::wire::ResultsPage;
use futures::future::{Either, select, try_join};

use crate::patience::patiently;
use crate::protocol::{Event, Trouble};
use crate::save::failure::Failure;
use crate::save::rows::Rows;
use crate::save::sink::Write;

/// Bytes that are collected before they are written.
const CHUNK: usize = 1 << 20;

/// The rows that make the file.
pub(crate) struct Wanted {
    /// The run's rows.
    pub(crate) rows: u64,
    /// Whether the file must hold all of them.
    pub(crate) all: bool,
}

/// The server that pages come from.
pub(crate) struct Server<A, P> {
    /// Reads the page at this cursor, or the first one.
    pub(crate) page: A,
    /// Waits.
    pub(crate) pause: P,
    /// How long one page is retried.
    pub(crate) retry_for: Duration,
}

impl<A, P> Server<A, P>
where
    A: AsyncFn(Option<&str>) -> Result<ResultsPage, Trouble>,
    P: AsyncFn(Duration),
{
    /// Reads a page, with retries. After the last one the error is the latest failure.
    async fn page(
        &self,
        cursor: Option<&str>,
        report: &dyn Fn(Event),
    ) -> Result<ResultsPage, Failure> {
        let last = RefCell::new(Trouble::Unreachable);
        let report = |event| {
            if let Event::Waiting(trouble) = &event {
                last.replace(trouble.clone());
            }
            report(event);
        };
        let reading = patiently(&report, &self.pause, async || (self.page)(cursor).await);
        let given_up = (self.pause)(self.retry_for);
        match select(Box::pin(reading), Box::pin(given_up)).await {
            Either::Left((page, _)) => page.map_err(Failure::Server),
            Either::Right(_) => Err(Failure::Server(last.borrow().clone())),
        }
    }
}

/// Writes the rows of all pages. Returns their count; `report` receives the progress.
pub(crate) async fn gather<A, P>(
    server: Server<A, P>,
    wanted: Wanted,
    mut rows: Rows<'_>,
    sink: &mut impl Write,
    report: &dyn Fn(Event),
) -> Result<u64, Failure>
where
    A: AsyncFn(Option<&str>) -> Result<ResultsPage, Trouble>,
    P: AsyncFn(Duration),
{
    let total = wanted.rows;
    report(Event::Progress { done: 0, total });
    let mut page = server.page(None, report).await?;
    loop {
        let ResultsPage { rows: some, next } = page;
        let ahead = async {
            match &next {
                Some(cursor) => server.page(Some(cursor), report).await.map(Some),
                None => Ok(None),
            }
        };
        let writing = async {
            let done = rows.write(some)?;
            let bytes = rows.bytes();
            if bytes.len() >= CHUNK {
                sink.write(bytes).await?;
                bytes.clear();
            }
            Ok::<_, Failure>(done)
        };
        // `try_join` polls in order: the next page is requested before this one is written.
        let (ahead, done) = try_join(ahead, writing).await?;
        if let Some(done) = done {
            report(Event::Progress { done, total });
        }
        match ahead {
            Some(next) => page = next,
            None => break,
        }
    }
    let count = rows.count();
    if wanted.all && count != total {
        return Err(Failure::Incomplete { count });
    }
    sink.write(&rows.end()?).await?;
    Ok(count)
}

#[cfg(test)]
mod tests;
