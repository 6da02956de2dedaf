//! Finds the rows that match the filters, without reading their bodies.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use contract::list::Row;
use contract::wire::{Outcome, ResultRow, RowError};
use futures::{StreamExt, TryStreamExt, stream};

use super::matching::MatchingOutcomes;
use super::{Filters, ResultsReader};
use crate::index::{Entry, Index};
use crate::{ItemState, Record, SegmentName, StoreError};

/// Maximum number of batches that are read in one step.
const BATCHES_PER_STEP: usize = 32;
/// How many segments are read at the same time.
const PARALLEL_READS: usize = 16;
/// Maximum bytes of segments that are kept in memory until their bodies are read.
const KEPT_BYTES: usize = 4 << 20;
/// Number of batches that are listed one by one while a run is under way. After these, one listing
/// reads the names of all batches.
const SINGLE_LISTINGS: usize = 4;

/// A segment that was read in one step.
pub(super) struct Segment {
    pub(super) name: SegmentName,
    index: Arc<Index>,
    /// The whole segment, if it had to be read for its index and is small.
    pub(super) bytes: Option<Bytes>,
}

/// The segments of some batches, by batch.
pub(super) type Segments = HashMap<u32, Vec<Segment>>;

/// Where a row's body is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLocation {
    pub(super) batch: u32,
    /// Position among the batch's segments.
    pub(super) segment: usize,
    /// Offset of the body in the segment, in bytes.
    pub(super) at: u32,
    /// Length of the body in bytes.
    pub(super) len: u32,
}

/// A row that matches the filters, without its number and body, which are read later.
pub(super) struct MatchedRow {
    pub(super) result: ResultRow,
    /// Its item, and whether the number's leading zeros were restored; `None` if the row is INVALID.
    pub(super) item: Option<(u32, bool)>,
    pub(super) body: Option<BodyLocation>,
}

impl ResultsReader {
    /// Plans one step: returns how many of these rows to search, and which batches to read for them.
    pub(super) async fn next_step(
        &mut self,
        rows: &[Row],
        matching: MatchingOutcomes,
    ) -> Result<(usize, BTreeSet<u32>), StoreError> {
        let (mut batches, mut last) = (BTreeSet::new(), None);
        for (count, row) in rows.iter().enumerate() {
            let Row::Item { index, .. } = *row else {
                continue;
            };
            let batch = self.meta.batch_of(index);
            if last == Some(batch) || batches.contains(&batch) {
                continue;
            }
            let items = self.meta.batch_len(batch);
            if matching.may_occur_in(&self.names(batch).await?, items) {
                if batches.len() == BATCHES_PER_STEP {
                    return Ok((count, batches));
                }
                batches.insert(batch);
            }
            last = Some(batch);
        }
        Ok((rows.len(), batches))
    }

    /// Returns the names of a batch's segments.
    async fn names(&mut self, batch: u32) -> Result<Arc<[SegmentName]>, StoreError> {
        if let Some(names) = self.names.get(&batch) {
            return Ok(Arc::clone(names));
        }
        let names: Arc<[SegmentName]> = match &self.summary {
            Some(summary) => summary.segment_names(batch).into(),
            None if self.names.len() < SINGLE_LISTINGS => {
                self.store.segment_names(&self.meta, batch).await?.into()
            }
            None => {
                let mut all = self.store.all_segment_names(&self.meta.id).await?;
                for other in 0..self.meta.batches() {
                    let names = all.remove(&other).unwrap_or_default();
                    self.names.entry(other).or_insert_with(|| names.into());
                }
                self.names.get(&batch).cloned().unwrap_or_default()
            }
        };
        self.names.insert(batch, Arc::clone(&names));
        Ok(names)
    }

    /// Reads the indexes of the segments of these batches.
    pub(super) async fn read_segments(
        &mut self,
        batches: &BTreeSet<u32>,
    ) -> Result<Segments, StoreError> {
        let mut segments = Segments::new();
        let mut names = Vec::new();
        for batch in batches {
            segments.insert(*batch, Vec::new());
            let of_batch = self.names(*batch).await?;
            names.extend(of_batch.iter().map(|name| (*batch, name.clone())));
        }
        let (store, id) = (&self.store, &self.meta.id);
        let mut reads = stream::iter(names)
            .map(|(batch, name)| async move {
                let (index, bytes) = store.index(id, batch, &name).await?;
                Ok::<_, StoreError>((batch, Segment { name, index, bytes }))
            })
            .buffered(PARALLEL_READS);
        let mut kept = 0;
        while let Some((batch, mut segment)) = reads.try_next().await? {
            segment.bytes = segment
                .bytes
                .filter(|bytes| kept + bytes.len() <= KEPT_BYTES);
            kept += segment.bytes.as_ref().map_or(0, Bytes::len);
            segments.entry(batch).or_default().push(segment);
        }
        Ok(segments)
    }

    /// Returns the rows that match the filters. Rows whose batch was not read can't match.
    ///
    /// `lines` are the lines of these rows.
    pub(super) fn find(
        &self,
        first: u64,
        rows: &[Row],
        lines: &[u64],
        segments: &Segments,
        filters: &Filters,
    ) -> Vec<MatchedRow> {
        (first..)
            .zip(lines)
            .zip(rows)
            .filter_map(|((row_number, line), row)| match *row {
                Row::Item { index, restored } => {
                    let batch = self.meta.batch_of(index);
                    let segments = segments.get(&batch)?;
                    Some(self.find_item((row_number, *line), batch, (index, restored), segments))
                }
                Row::Invalid(reason) => Some(MatchedRow {
                    result: empty(
                        (row_number, *line),
                        Outcome::Invalid,
                        Some(RowError::Invalid(reason)),
                    ),
                    item: None,
                    body: None,
                }),
            })
            .filter(|found| filters.matches(&found.result))
            .collect()
    }

    fn find_item(
        &self,
        place: (u64, u64),
        batch: u32,
        item: (u32, bool),
        segments: &[Segment],
    ) -> MatchedRow {
        let mut state = ItemState::UNKNOWN;
        for (segment, Segment { name, index, .. }) in segments.iter().enumerate() {
            for entry in index.entries(item.0) {
                state.add(record(entry, batch, segment), name.pass(), self.pass.pass);
            }
        }
        let outcome = state.outcome(&self.pass.filter, self.summary.is_some());
        let mut result = empty(place, outcome, None);
        let mut body = None;
        // The row of a pending item doesn't show the result of an earlier pass.
        if let Some(record) = state.record().filter(|_| outcome != Outcome::Pending) {
            result.status_code = record.status_code;
            result.error = record.error.map(RowError::Fetch);
            result.duration_ms = Some(record.duration_ms);
            result.attempts = record.attempts;
            body = record.body;
        }
        MatchedRow {
            result,
            item: Some(item),
            body,
        }
    }
}

fn record(entry: &Entry, batch: u32, segment: usize) -> Record<Option<BodyLocation>> {
    Record {
        item: entry.item,
        outcome: entry.outcome,
        status_code: entry.status_code,
        error: entry.error,
        duration_ms: entry.duration_ms,
        attempts: entry.attempts,
        not_before_ms: None,
        body: (entry.len > 0).then_some(BodyLocation {
            batch,
            segment,
            at: entry.at,
            len: entry.len,
        }),
    }
}

fn empty((row, line): (u64, u64), outcome: Outcome, error: Option<RowError>) -> ResultRow {
    ResultRow {
        row,
        line,
        ssn: None,
        outcome,
        status_code: None,
        body: None,
        error,
        warning: None,
        duration_ms: None,
        attempts: 0,
    }
}
