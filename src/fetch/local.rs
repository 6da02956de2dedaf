//! A run in this process, in memory or in a folder.

use std::time::Duration;

use backend::{Engine, PassStart};
use contract::limits::MAX_RESULTS_COUNT;
use contract::list::List;
use contract::wire::RunSettings;
use fetcher::Fetcher;
use store::{Filters, Meta, PageLimits, Pass, ResultsReader, StopCause, Store};
use tokio::sync::mpsc;

use super::folder::{RequestedRun, RunFolder};
use super::interrupts::Interrupts;
use super::output::Pages;
use super::reporter::{REFRESH, Reporter};
use super::{FetchError, FinishedRun};
use crate::Embedded;

/// A run in this process.
pub(super) struct LocalRun {
    pub(super) store: Store,
    pub(super) meta: Meta,
    pub(super) pass: Pass,
    pub(super) engine: Embedded,
    /// The folder of `--resume`, if there is one.
    pub(super) folder: Option<RunFolder>,
}

impl LocalRun {
    /// Prepares a run in memory, which is lost when this process ends.
    pub(super) async fn in_memory(
        store: Store,
        fetcher: Fetcher,
        list: &List,
        settings: RunSettings,
        max_in_flight: u32,
    ) -> Result<Self, FetchError> {
        let meta = Meta::new("local", None, None, None, list, settings);
        store.write_list(&meta, list).await?;
        let pass = Pass::first();
        store.create_pass(&meta.id, &pass).await?;
        Ok(Self {
            engine: Embedded::new(store.clone(), fetcher, None, max_in_flight),
            store,
            meta,
            pass,
            folder: None,
        })
    }

    /// Prepares a run in a folder, or resumes the one that is there.
    pub(super) async fn in_folder(
        store: Store,
        engine: Embedded,
        folder: RunFolder,
        requested: RequestedRun<'_>,
    ) -> Result<Self, FetchError> {
        let (meta, pass) = folder.prepare(&store, requested).await?;
        Ok(Self {
            store,
            meta,
            pass,
            engine,
            folder: Some(folder),
        })
    }

    /// Runs until the end or an interrupt. Returns `None` if no rows are to be written.
    ///
    /// No rows are written if an interrupted run can be resumed from its folder, or after a second
    /// interrupt.
    pub(super) async fn run(
        &self,
        reporter: &Reporter,
        interrupts: &mut Interrupts,
        reveal: bool,
    ) -> Result<Option<(FinishedRun, Pages)>, FetchError> {
        let (store, id, pass) = (&self.store, &self.meta.id, &self.pass);
        let progress = store.progress(&self.meta, pass).await?;
        reporter.start(self.meta.items, &progress.counts);
        let mut interrupted = false;
        if store.summary(id, pass.pass).await?.is_none() {
            self.engine.start(PassStart::new(&self.meta, pass)).await?;
            tokio::select! {
                () = self.engine.wait_for_end(id) => {}
                result = self.follow(reporter) => result?,
                () = interrupts.next() => {
                    interrupted = true;
                    reporter.show_activity("ending");
                    tokio::select! {
                        result = self.stop() => result?,
                        () = interrupts.next() => return Ok(None),
                    }
                }
            }
        }
        if interrupted && self.folder.is_some() {
            // The engine was shut down before the pass ended, so the same command resumes it.
            return Ok(None);
        }
        let summary = match &self.folder {
            // The engine has written the summary if the pass ended. Without a summary, the run must
            // stay resumable, so none is written here.
            Some(folder) => store
                .summary(id, pass.pass)
                .await?
                .ok_or_else(|| FetchError::Incomplete(folder.path().to_owned()))?,
            None => store.finish_pass(&self.meta, pass, None).await?,
        };
        let reader = ResultsReader::open(store.clone(), self.meta.clone(), pass.clone(), reveal);
        let finished = FinishedRun {
            counts: summary.counts,
            invalid: self.meta.invalid,
            reason: summary.reason,
            interrupted,
        };
        Ok(Some((finished, read_ahead(reader.await?))))
    }

    /// Updates the progress bar, if there is one. Returns only if the store fails.
    async fn follow(&self, reporter: &Reporter) -> Result<(), FetchError> {
        let mut ticks = tokio::time::interval(REFRESH);
        while reporter.has_bar() {
            ticks.tick().await;
            let progress = self.store.progress(&self.meta, &self.pass).await?;
            reporter.show_progress(&progress.counts);
        }
        std::future::pending().await
    }

    /// Stops a run in memory for good, and one in a folder so that it can be resumed.
    async fn stop(&self) -> Result<(), FetchError> {
        if self.folder.is_some() {
            self.engine.shut_down().await;
            return Ok(());
        }
        let (id, pass) = (&self.meta.id, self.pass.pass);
        self.store.mark_stop(id, pass, StopCause::User).await?;
        self.engine.stop(id, pass).await?;
        self.engine.wait_for_end(id).await;
        Ok(())
    }
}

/// Reads the rows, some pages ahead of the one that is being written.
fn read_ahead(mut reader: ResultsReader) -> Pages {
    let (send, pages) = mpsc::channel(2);
    tokio::spawn(async move {
        let limits = PageLimits {
            count: MAX_RESULTS_COUNT as usize,
            bytes: 16 << 20,
            time: Duration::MAX,
        };
        let mut next = Some(0);
        while let Some(first) = next {
            let page = reader.page(first, &Filters::default(), limits).await;
            next = page.as_ref().ok().and_then(|page| page.next);
            let rows = page.map(|page| page.rows).map_err(FetchError::from);
            if send.send(rows).await.is_err() {
                // The writer has failed, and reports its own error.
                return;
            }
        }
    });
    pages
}
