//! Writes the records of a batch as segments.

use std::time::Duration;

use bytes::Bytes;
use contract::wire::Outcome;
use serde::de::IgnoredAny;
use store::{
    BatchState, Meta, Pass, Record, RecordHead, SegmentName, Store, StoreError, random_token,
};
use tokio::time::Instant;

/// Time until the first flush. The interval doubles with each flush.
const FIRST_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum interval between two flushes.
const LONGEST_INTERVAL: Duration = Duration::from_secs(30);
/// Size of unwritten records that causes a flush before its time, in bytes.
///
/// Otherwise, large bodies could fill the memory of a process with many lanes.
const MAX_UNWRITTEN_BYTES: usize = 2 << 20;

/// Collects the records of a batch and writes them to the store.
pub(crate) struct SegmentWriter<'a> {
    store: &'a Store,
    meta: &'a Meta,
    pass: &'a Pass,
    batch: u32,
    writer: String,
    state: BatchState,
    seq: u32,
    /// The names of the segments that `state` includes.
    known: Vec<SegmentName>,
    /// Records that have not been written yet.
    lines: Vec<u8>,
    interval: Duration,
    next_flush: Instant,
    failures: u32,
    erased: bool,
    /// Whether the last flush failed. Then the next one waits until `next_flush`, even if there are many
    /// unwritten records.
    last_flush_failed: bool,
}

impl<'a> SegmentWriter<'a> {
    /// Creates a writer, and reads the batch's segments to find out which items are pending.
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
            lines: Vec::new(),
            interval: FIRST_INTERVAL,
            next_flush: Instant::now() + FIRST_INTERVAL,
            failures: 0,
            erased: false,
            last_flush_failed: false,
        })
    }

    pub(crate) fn state(&self) -> &BatchState {
        &self.state
    }

    /// Returns how many of the records added to this writer are FAILED.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether the execution is being erased. After that, nothing is written.
    pub(crate) fn is_erased(&self) -> bool {
        self.erased
    }

    /// Whether there are so many unwritten records that they must be flushed now.
    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= MAX_UNWRITTEN_BYTES && !self.last_flush_failed
    }

    /// Returns the time of the next flush.
    pub(crate) fn next_flush(&self) -> Instant {
        if self.is_full() {
            Instant::now()
        } else {
            self.next_flush
        }
    }

    /// Adds a record, to be written with the next flush.
    pub(crate) fn add(&mut self, record: &Record) {
        record.write_line(&mut self.lines);
        self.failures += u32::from(record.outcome == Outcome::Failed);
        self.state.add(head(record));
    }

    /// Writes the unwritten records as one segment. If that fails, the next flush includes them.
    pub(crate) async fn flush(&mut self) -> Result<(), StoreError> {
        self.interval = (self.interval * 2).min(LONGEST_INTERVAL);
        self.next_flush = Instant::now() + self.interval;
        if self.lines.is_empty() {
            return Ok(());
        }
        let unwritten = Bytes::from(std::mem::take(&mut self.lines));
        let result = self.write(unwritten.clone()).await;
        self.last_flush_failed = result.is_err();
        if self.last_flush_failed {
            self.lines = unwritten.into();
        }
        result
    }

    /// Writes the unwritten records. If no item is pending then, ensures that a segment's name shows it.
    ///
    /// Two fetchers may work on the same batch, and each may know only a part of its results. So this
    /// lists the segments again, and merges all of them if another fetcher wrote some. Then, if no
    /// name holds the totals, it writes an empty segment whose name does.
    pub(crate) async fn close(&mut self) -> Result<(), StoreError> {
        self.flush().await?;
        if self.erased {
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
        let is_counted = names
            .iter()
            .any(|name| name.pass() == self.pass.pass && name.totals() == totals);
        if totals.pending == 0 && !is_counted {
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
        self.erased = !self
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
