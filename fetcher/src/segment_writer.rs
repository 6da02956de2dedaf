//! Writing what was learnt as segments.

use std::time::Duration;

use bytes::Bytes;
use contract::wire::Outcome;
use serde::de::IgnoredAny;
use store::{
    BatchState, Meta, Pass, Record, RecordHead, SegmentName, Store, StoreError, random_token,
};
use tokio::time::Instant;

/// The first flush is due so long after the start, later ones at doubled distances.
const FIRST: Duration = Duration::from_secs(2);
/// The longest distance between two flushes.
const LONGEST: Duration = Duration::from_secs(30);
/// So much news is flushed at once: with large bodies many lanes hold as much.
const FULL: usize = 2 << 20;

/// A batch's results on their way into the store.
pub(crate) struct SegmentWriter<'a> {
    store: &'a Store,
    meta: &'a Meta,
    pass: &'a Pass,
    batch: u32,
    writer: String,
    state: BatchState,
    seq: u32,
    /// SegmentWriter whose content is in `state`.
    known: Vec<SegmentName>,
    news: Vec<u8>,
    distance: Duration,
    due: Instant,
    failures: u32,
    gone: bool,
    /// Whether the last flush failed; then the next one waits, however much there is.
    refused: bool,
}

impl<'a> SegmentWriter<'a> {
    /// Reads what the batch's segments know.
    pub(crate) async fn open(
        store: &'a Store,
        meta: &'a Meta,
        pass: &'a Pass,
        batch: u32,
    ) -> Result<Self, StoreError> {
        let known = store.segment_names(meta, batch).await?;
        let state = store.merge_segments(meta, pass, batch, &known).await?;
        let seq = state.last_seq();
        Ok(Self {
            store,
            meta,
            pass,
            batch,
            writer: random_token(),
            state,
            seq,
            known,
            news: Vec::new(),
            distance: FIRST,
            due: Instant::now() + FIRST,
            failures: 0,
            gone: false,
            refused: false,
        })
    }

    pub(crate) fn state(&self) -> &BatchState {
        &self.state
    }

    /// Items that have failed by this writer's hand.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether the execution was erased while it ran.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether there is so much news that the next flush is due at once.
    pub(crate) fn is_full(&self) -> bool {
        self.news.len() >= FULL && !self.refused
    }

    /// When the next flush is due.
    pub(crate) fn due(&self) -> Instant {
        if self.is_full() {
            Instant::now()
        } else {
            self.due
        }
    }

    pub(crate) fn take(&mut self, record: &Record) {
        record.write_line(&mut self.news);
        self.failures += u32::from(record.outcome == Outcome::Failed);
        self.state.add(head(record));
    }

    /// Writes what is new. What can't be written stays for the next time.
    pub(crate) async fn flush(&mut self) -> Result<(), StoreError> {
        self.distance = (self.distance * 2).min(LONGEST);
        self.due = Instant::now() + self.distance;
        if self.news.is_empty() {
            return Ok(());
        }
        let news = Bytes::from(std::mem::take(&mut self.news));
        let result = self.write(news.clone()).await;
        self.refused = result.is_err();
        if self.refused {
            self.news = news.into();
        }
        result
    }

    /// Writes what is new and makes sure that where nothing is left to ask, a name says so: another
    /// writer may have learnt the rest, so that no name of either does.
    pub(crate) async fn close(&mut self) -> Result<(), StoreError> {
        self.flush().await?;
        if self.gone {
            return Ok(());
        }
        let names = self.store.segment_names(self.meta, self.batch).await?;
        if names.iter().any(|name| !self.known.contains(name)) {
            self.state = self
                .store
                .read_batch(self.meta, self.pass, self.batch)
                .await?;
            self.seq = self.seq.max(self.state.last_seq());
        }
        let totals = self.state.totals();
        let is_told = names
            .iter()
            .any(|name| name.pass() == self.pass.pass && name.totals() == totals);
        if totals.pending == 0 && !is_told {
            self.write(Bytes::new()).await?;
        }
        Ok(())
    }

    async fn write(&mut self, lines: Bytes) -> Result<(), StoreError> {
        let name = SegmentName::new(
            self.pass.pass,
            self.seq + 1,
            &self.writer,
            self.state.totals(),
        );
        self.gone = !self
            .store
            .put_segment(self.meta, self.batch, &name, lines)
            .await?;
        self.seq += 1;
        self.known.push(name);
        Ok(())
    }
}

fn head(record: &Record) -> RecordHead {
    RecordHead {
        item: record.item,
        outcome: record.outcome,
        status_code: record.status_code,
        error: record.error,
        duration_ms: record.duration_ms,
        attempts: record.attempts,
        not_before_ms: record.not_before_ms,
        body: IgnoredAny,
    }
}
