//! The pages of a run gathered into a file, a page ahead of what is being written.

use std::cell::RefCell;
use std::time::Duration;

use futures::future::{Either, select, try_join};

use crate::patience::patiently;
use crate::protocol::{Event, Trouble};
use crate::save::assemble::{AssembleError, Assembler};
use crate::save::pages::Page;
use crate::save::sink::{Unwritable, Write};

/// Bytes that are gathered before they are written.
const CHUNK: usize = 1 << 20;

/// Why there is no file.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// The server refused, or is gone for too long.
    Server(Trouble),
    /// The list that is joined isn't the run's: this row differs.
    Unlike {
        /// From 0.
        row: u64,
    },
    /// The server told of no further page, but that were not all rows.
    NotWhole {
        /// Rows that came.
        came: u64,
    },
    /// The file can't be written.
    Unwritable,
}

impl From<Unwritable> for Failure {
    fn from(_: Unwritable) -> Self {
        Self::Unwritable
    }
}

impl From<AssembleError> for Failure {
    fn from(error: AssembleError) -> Self {
        match error {
            AssembleError::NoRows => Self::Server(Trouble::Unreadable { status: 200 }),
            AssembleError::Unlike { row } => Self::Unlike { row },
        }
    }
}

/// What is gathered.
pub(crate) struct Wanted {
    /// The first page's address.
    pub(crate) first: String,
    /// The run's rows.
    pub(crate) rows: u64,
    /// Whether all of them are to come, whatever they are.
    pub(crate) all: bool,
}

/// Whom pages are asked of.
pub(crate) struct Server<A, P> {
    /// Asks for the page at this address.
    pub(crate) ask: A,
    /// Waits.
    pub(crate) pause: P,
    /// How long it may fail before it is given up.
    pub(crate) patience: Duration,
}

impl<A, P> Server<A, P>
where
    A: AsyncFn(&str) -> Result<Page, Trouble>,
    P: AsyncFn(Duration),
{
    /// A page, whatever the server goes through meanwhile; a page asked again is the same one. Who
    /// gives up says what was the matter last.
    async fn page(&self, address: &str, tell: &dyn Fn(Event)) -> Result<Page, Failure> {
        let last = RefCell::new(Trouble::Unreachable);
        let tell = |event| {
            if let Event::Waiting(trouble) = &event {
                last.replace(trouble.clone());
            }
            tell(event);
        };
        let asking = patiently(&tell, &self.pause, async || (self.ask)(address).await);
        let given_up = (self.pause)(self.patience);
        match select(Box::pin(asking), Box::pin(given_up)).await {
            Either::Left((page, _)) => page.map_err(Failure::Server),
            Either::Right(_) => Err(Failure::Server(last.borrow().clone())),
        }
    }
}

/// Writes all pages from the first on. `tell` hears how far in the list it is.
pub(crate) async fn gather<A, P>(
    server: Server<A, P>,
    wanted: Wanted,
    assembler: &mut Assembler<'_>,
    sink: &mut impl Write,
    tell: &dyn Fn(Event),
) -> Result<(), Failure>
where
    A: AsyncFn(&str) -> Result<Page, Trouble>,
    P: AsyncFn(Duration),
{
    let Wanted { first, rows, all } = wanted;
    tell(Event::Progress {
        done: 0,
        total: rows,
    });
    let mut chunk = Vec::with_capacity(CHUNK);
    assembler.begin(&mut chunk);
    let mut page = server.page(&first, tell).await?;
    loop {
        let ahead = async {
            match &page.next {
                Some(next) => server.page(next, tell).await.map(Some),
                None => Ok(None),
            }
        };
        let writing = async {
            let at = assembler.page(&page.rows, &mut chunk)?;
            if chunk.len() >= CHUNK {
                sink.write(&chunk).await?;
                chunk.clear();
            }
            Ok::<_, Failure>(at)
        };
        // The next page is asked for first, then this one is written.
        let (ahead, at) = try_join(ahead, writing).await?;
        if let Some(done) = at {
            tell(Event::Progress { done, total: rows });
        }
        match ahead {
            Some(next) => page = next,
            None => break,
        }
    }
    // Who drops a page's `Link` on its way would make a short file of a long run.
    if all && assembler.rows != rows {
        return Err(Failure::NotWhole {
            came: assembler.rows,
        });
    }
    assembler.end(&mut chunk);
    Ok(sink.write(&chunk).await?)
}

#[cfg(test)]
mod tests;
