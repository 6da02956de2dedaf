//! A list looked up by this process, in memory or in a folder.

use std::time::Duration;

use backend::{Engine, PassStart};
use contract::limits::MAX_RESULTS_COUNT;
use contract::list::List;
use contract::wire::RunSettings;
use fetcher::Fetcher;
use store::{Filters, Meta, PageLimits, Pass, ResultsReader, StopCause, Store};
use tokio::sync::mpsc;

use super::folder::RunFolder;
use super::interrupts::Interrupts;
use super::output::Pages;
use super::telling::{EVERY, Telling};
use super::{Ended, FetchError};
use crate::Embedded;

/// A run of this process.
pub(super) struct Local {
    pub(super) store: Store,
    pub(super) meta: Meta,
    pub(super) pass: Pass,
    pub(super) engine: Embedded,
    /// Where it is kept, if it is.
    pub(super) folder: Option<RunFolder>,
}

impl Local {
    /// A run that is gone with this process.
    pub(super) async fn in_memory(
        store: Store,
        fetcher: Fetcher,
        list: &List,
        settings: RunSettings,
        possible: u32,
    ) -> Result<Self, FetchError> {
        let meta = Meta::new("local", None, None, None, list, settings);
        store.write_list(&meta, list).await?;
        let pass = Pass::first();
        store.create_pass(&meta.id, &pass).await?;
        Ok(Self {
            engine: Embedded::new(store.clone(), fetcher, None, possible),
            store,
            meta,
            pass,
            folder: None,
        })
    }

    /// Runs the list to its end, or as far as it comes until it is interrupted. None where it is
    /// to end at once, or is kept to be gone on with.
    pub(super) async fn run(
        &self,
        telling: &Telling,
        interrupts: &mut Interrupts,
        reveal: bool,
    ) -> Result<Option<(Ended, Pages)>, FetchError> {
        let (store, id, pass) = (&self.store, &self.meta.id, &self.pass);
        let known = store.progress(&self.meta, pass).await?;
        telling.begin(self.meta.items, &known.counts);
        let mut interrupted = false;
        if store.summary(id, pass.pass).await?.is_none() {
            self.engine.start(PassStart::of(&self.meta, pass)).await?;
            tokio::select! {
                () = self.engine.ended(id) => {}
                result = self.show(telling) => result?,
                () = interrupts.next() => {
                    interrupted = true;
                    telling.doing("ending");
                    tokio::select! {
                        result = self.stop() => result?,
                        () = interrupts.next() => return Ok(None),
                    }
                }
            }
        }
        if interrupted && self.folder.is_some() {
            return Ok(None);
        }
        let summary = match &self.folder {
            // Nothing is decided of what can be gone on with.
            Some(folder) => store
                .summary(id, pass.pass)
                .await?
                .ok_or_else(|| FetchError::BrokeOff(folder.path().to_owned()))?,
            None => store.settle(&self.meta, pass, None).await?,
        };
        let reader = ResultsReader::open(store.clone(), self.meta.clone(), pass.clone(), reveal);
        let ended = Ended {
            counts: summary.counts,
            invalid: self.meta.invalid,
            reason: summary.reason,
            interrupted,
        };
        Ok(Some((ended, read_ahead(reader.await?))))
    }

    /// Shows how far it is, for ever; does nothing where nobody looks.
    async fn show(&self, telling: &Telling) -> Result<(), FetchError> {
        let mut looks = tokio::time::interval(EVERY);
        while telling.is_seen() {
            looks.tick().await;
            let progress = self.store.progress(&self.meta, &self.pass).await?;
            telling.show(&progress.counts);
        }
        std::future::pending().await
    }

    /// Ends the run: for good where it is in memory, else so that it can be gone on with.
    async fn stop(&self) -> Result<(), FetchError> {
        if self.folder.is_some() {
            self.engine.halt().await;
            return Ok(());
        }
        let (id, pass) = (&self.meta.id, self.pass.pass);
        self.store.mark_stop(id, pass, StopCause::User).await?;
        self.engine.stop(id, pass).await?;
        self.engine.ended(id).await;
        Ok(())
    }
}

/// The rows, a page ahead of what is being written.
fn read_ahead(mut reader: ResultsReader) -> Pages {
    let (send, pages) = mpsc::channel(2);
    tokio::spawn(async move {
        let limits = PageLimits {
            count: MAX_RESULTS_COUNT as usize,
            bytes: 16 << 20,
            time: Duration::MAX,
        };
        let mut at = Some(0);
        while let Some(first) = at {
            let page = reader.page(first, &Filters::default(), limits).await;
            at = page.as_ref().ok().and_then(|page| page.next);
            let rows = page.map(|page| page.rows).map_err(FetchError::from);
            if send.send(rows).await.is_err() {
                // Who was to write them has failed, and says so.
                return;
            }
        }
    });
    pages
}
