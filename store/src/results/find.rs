//! Finding out what became of rows, without their bodies.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use contract::list::Row;
use contract::wire::{Outcome, ResultRow, RowError};
use futures::{StreamExt, TryStreamExt, stream};

use super::wanted::Wanted;
use super::{Filters, ResultsReader};
use crate::index::{Entry, Index};
use crate::{ItemState, Record, SegmentName, StoreError};

/// Batches looked at in one go.
const BATCHES: usize = 32;
/// Segments that are read at the same time.
const READS: usize = 16;
/// Bytes of segments that are kept until their bodies have been taken out.
const KEPT: usize = 4 << 20;
/// After so many batches of a run under way all of them are listed at once.
const LISTED_ALONE: usize = 4;

/// A segment as one look at some rows needs it.
pub(super) struct Segment {
    pub(super) name: SegmentName,
    index: Arc<Index>,
    /// All of it, where it had to be read for its index and is small.
    pub(super) bytes: Option<Bytes>,
}

/// The segments of some batches.
pub(super) type Segments = HashMap<u32, Vec<Segment>>;

/// Where a row's body lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) batch: u32,
    /// Which of the batch's segments.
    pub(super) segment: usize,
    pub(super) at: u32,
    pub(super) len: u32,
}

/// A row that is wanted; its number and body are still to be read.
pub(super) struct Found {
    pub(super) result: ResultRow,
    /// Its item, and whether zeros were restored; none where it is INVALID.
    pub(super) item: Option<(u32, bool)>,
    pub(super) body: Option<Place>,
}

impl ResultsReader {
    /// How many of these rows are looked at in one go, and the batches to be read for them.
    pub(super) async fn piece(
        &mut self,
        rows: &[Row],
        wanted: Wanted,
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
            if wanted.may_be_in(&self.names(batch).await?, items) {
                if batches.len() == BATCHES {
                    return Ok((count, batches));
                }
                batches.insert(batch);
            }
            last = Some(batch);
        }
        Ok((rows.len(), batches))
    }

    /// The names of a batch's segments.
    async fn names(&mut self, batch: u32) -> Result<Arc<[SegmentName]>, StoreError> {
        if let Some(names) = self.names.get(&batch) {
            return Ok(Arc::clone(names));
        }
        let names: Arc<[SegmentName]> = match &self.summary {
            Some(summary) => summary.segment_names(batch).into(),
            None if self.names.len() < LISTED_ALONE => {
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

    /// Reads what the segments of these batches say.
    pub(super) async fn segments(
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
            .buffered(READS);
        let mut kept = 0;
        while let Some((batch, mut segment)) = reads.try_next().await? {
            segment.bytes = segment.bytes.filter(|bytes| kept + bytes.len() <= KEPT);
            kept += segment.bytes.as_ref().map_or(0, Bytes::len);
            segments.entry(batch).or_default().push(segment);
        }
        Ok(segments)
    }

    /// Those of these rows that pass the filters. Rows of other batches than these don't.
    pub(super) fn find(
        &self,
        first: u64,
        rows: &[Row],
        segments: &Segments,
        filters: &Filters,
    ) -> Vec<Found> {
        (first..)
            .zip(rows)
            .filter_map(|(number, row)| match *row {
                Row::Item { index, restored } => {
                    let batch = self.meta.batch_of(index);
                    let segments = segments.get(&batch)?;
                    Some(self.found(number, batch, (index, restored), segments))
                }
                Row::Invalid(reason) => Some(Found {
                    result: empty(number, Outcome::Invalid, Some(RowError::Invalid(reason))),
                    item: None,
                    body: None,
                }),
            })
            .filter(|found| filters.takes(&found.result))
            .collect()
    }

    fn found(&self, number: u64, batch: u32, item: (u32, bool), segments: &[Segment]) -> Found {
        let mut state = ItemState::UNKNOWN;
        for (segment, Segment { name, index, .. }) in segments.iter().enumerate() {
            for entry in index.of_item(item.0) {
                state.learn(record(entry, batch, segment), name.pass(), self.pass.pass);
            }
        }
        let outcome = state.outcome(&self.pass.filter, self.summary.is_some());
        let mut result = empty(number, outcome, None);
        let mut body = None;
        // What an earlier pass learnt of an item that is being asked again is no longer news.
        if let Some(record) = state.record().filter(|_| outcome != Outcome::Pending) {
            result.status_code = record.status_code;
            result.error = record.error.map(RowError::Fetch);
            result.duration_ms = Some(record.duration_ms);
            result.attempts = record.attempts;
            body = record.body;
        }
        Found {
            result,
            item: Some(item),
            body,
        }
    }
}

fn record(entry: &Entry, batch: u32, segment: usize) -> Record<Option<Place>> {
    Record {
        item: entry.item,
        outcome: entry.outcome,
        status_code: entry.status_code,
        error: entry.error,
        duration_ms: entry.duration_ms,
        attempts: entry.attempts,
        not_before_ms: None,
        body: (entry.len > 0).then_some(Place {
            batch,
            segment,
            at: entry.at,
            len: entry.len,
        }),
    }
}

fn empty(row: u64, outcome: Outcome, error: Option<RowError>) -> ResultRow {
    ResultRow {
        row,
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
