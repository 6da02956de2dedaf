//! The state of one batch, merged from its segments.

use bytes::Bytes;
use contract::wire::{ErrorKind, Outcome, RedriveRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::de::IgnoredAny;

use crate::{Key, Meta, Pass, Record, RecordHead, SegmentName, SegmentTotals, Store, StoreError};

/// How many segments of one batch are read at the same time.
const PARALLEL_READS: usize = 8;

/// What is known about one item, as seen from one pass.
#[derive(Clone, Debug)]
pub struct ItemState<Body = IgnoredAny> {
    /// Its definitive record (SUCCEEDED or NOT_FOUND); the first one written, if there are several.
    definitive: Option<Record<Body>>,
    /// Its FAILED record in this pass; the last one written, if there are several.
    failed: Option<Record<Body>>,
    /// Its last FAILED record of the earlier passes.
    failed_earlier: Option<Record<Body>>,
    /// Its last PENDING record in this pass: the item waits for another attempt.
    deferred: Option<Record<Body>>,
}

impl<Body> ItemState<Body> {
    /// An item without any record.
    pub(crate) const UNKNOWN: Self = Self {
        definitive: None,
        failed: None,
        failed_earlier: None,
        deferred: None,
    };

    /// Returns the record that holds the item's result: the definitive one, else the last FAILED one.
    pub fn record(&self) -> Option<&Record<Body>> {
        self.definitive
            .as_ref()
            .or(self.failed.as_ref())
            .or(self.failed_earlier.as_ref())
    }

    /// Returns the attempts so far and the time of the next, if the item waits for another attempt.
    ///
    /// The attempts are those made in this pass; the time is in milliseconds since 1970.
    pub fn deferred(&self) -> Option<(u32, u64)> {
        self.deferred
            .as_ref()
            .map(|record| (record.attempts, record.not_before_ms.unwrap_or(0)))
    }

    /// Returns its outcome, status and error before this pass. A redrive selects items by these.
    fn earlier_result(&self) -> (Outcome, Option<u16>, Option<ErrorKind>) {
        match &self.failed_earlier {
            Some(record) => (Outcome::Failed, record.status_code, record.error),
            None => (Outcome::NotTried, None, None),
        }
    }

    /// Whether the pass still has to fetch the item. `filter` is the filter of the pass.
    pub fn is_pending(&self, filter: &RedriveRequest) -> bool {
        let (outcome, status_code, error) = self.earlier_result();
        self.definitive.is_none()
            && self.failed.is_none()
            && filter.selects(outcome, status_code, error)
    }

    /// Returns its outcome. An item that is pending is PENDING only until the pass `has_ended`.
    ///
    /// If a redrive ends before it has fetched a selected item, the item keeps its earlier failure,
    /// since that says more than NOT_TRIED. The next redrive can select it either way.
    pub fn outcome(&self, filter: &RedriveRequest, has_ended: bool) -> Outcome {
        match self.record() {
            _ if !has_ended && self.is_pending(filter) => Outcome::Pending,
            Some(record) => record.outcome,
            None => Outcome::NotTried,
        }
    }

    /// Adds a record that was written in pass `written_in`, as seen from pass `seen_from`.
    pub(crate) fn add(&mut self, record: Record<Body>, written_in: u32, seen_from: u32) {
        // From a later pass, only definitive records are used.
        if written_in > seen_from && !record.outcome.is_definitive() {
            return;
        }
        let current = written_in >= seen_from;
        match record.outcome {
            outcome if outcome.is_definitive() => {
                self.definitive.get_or_insert(record);
            }
            Outcome::Failed if current => self.failed = Some(record),
            Outcome::Failed => self.failed_earlier = Some(record),
            _ if current => self.deferred = Some(record),
            _ => {}
        }
    }
}

/// The state of one batch, merged from its segments.
#[derive(Clone, Debug)]
pub struct BatchState {
    pass: u32,
    filter: RedriveRequest,
    first: u32,
    items: Vec<ItemState>,
    last_seq: u32,
}

impl BatchState {
    /// A batch without any segment.
    fn empty(meta: &Meta, pass: &Pass, batch: u32) -> Self {
        let range = meta.batch_range(batch);
        Self {
            pass: pass.pass,
            filter: pass.filter.clone(),
            first: range.start,
            items: range.map(|_| ItemState::UNKNOWN).collect(),
            last_seq: 0,
        }
    }

    /// Returns the items that the pass still has to fetch, each with its index.
    pub fn pending(&self) -> impl Iterator<Item = (u32, &ItemState)> {
        (self.first..)
            .zip(&self.items)
            .filter(|(_, item)| item.is_pending(&self.filter))
    }

    /// Returns the highest sequence number of the segments read, or 0.
    pub fn last_seq(&self) -> u32 {
        self.last_seq
    }

    /// Counts the batch's items by outcome.
    pub fn totals(&self) -> SegmentTotals {
        let mut totals = SegmentTotals::default();
        for item in &self.items {
            match item.outcome(&self.filter, false) {
                Outcome::Succeeded => totals.succeeded += 1,
                Outcome::NotFound => totals.not_found += 1,
                Outcome::Failed => totals.failed += 1,
                Outcome::Pending => totals.pending += 1,
                Outcome::NotTried | Outcome::Invalid => {}
            }
            totals.failed_in_pass += u32::from(item.definitive.is_none() && item.failed.is_some());
        }
        totals
    }

    /// Returns the status and error of each FAILED item.
    ///
    /// Once the pass `has_ended`, these include items that failed in an earlier pass and that this pass
    /// selected but did not fetch.
    pub(crate) fn failures(
        &self,
        has_ended: bool,
    ) -> impl Iterator<Item = (Option<u16>, Option<ErrorKind>)> {
        self.items
            .iter()
            .filter(move |item| item.outcome(&self.filter, has_ended) == Outcome::Failed)
            .filter_map(|item| item.record())
            .map(|record| (record.status_code, record.error))
    }

    /// Adds a record that was written in this pass.
    pub fn add(&mut self, record: RecordHead) {
        self.add_from(record, self.pass);
    }

    fn add_from(&mut self, record: RecordHead, pass: u32) {
        let Some(offset) = record.item.checked_sub(self.first) else {
            return;
        };
        if let Some(item) = self.items.get_mut(offset as usize) {
            item.add(record, pass, self.pass);
        }
    }
}

impl Store {
    /// Lists the names of a batch's segments, in the order in which they were written.
    pub async fn segment_names(
        &self,
        meta: &Meta,
        batch: u32,
    ) -> Result<Vec<SegmentName>, StoreError> {
        let listing = self.list(Key::BatchDir(&meta.id, batch)).await?;
        Ok(listing
            .iter()
            .filter_map(|object| object.location.filename()?.parse().ok())
            .collect())
    }

    /// Lists and merges the segments of one batch, as seen from `pass`.
    pub async fn read_batch(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
    ) -> Result<BatchState, StoreError> {
        let names = self.segment_names(meta, batch).await?;
        self.merge_segments(meta, pass, batch, &names).await
    }

    /// Merges the given segments of one batch. Their names must be sorted.
    pub async fn merge_segments(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<BatchState, StoreError> {
        let mut state = BatchState::empty(meta, pass, batch);
        let mut segments = stream::iter(names.to_vec())
            .map(|name| async move {
                let key = Key::Segment(&meta.id, batch, name.as_str());
                let heads = self.read_heads(key).await?;
                Ok::<_, StoreError>((name, heads))
            })
            .buffered(PARALLEL_READS);
        while let Some((name, heads)) = segments.try_next().await? {
            state.last_seq = state.last_seq.max(name.seq());
            for head in heads {
                state.add_from(head, name.pass());
            }
        }
        Ok(state)
    }

    /// Reads the records of a segment without their bodies.
    async fn read_heads(&self, key: Key<'_>) -> Result<Vec<RecordHead>, StoreError> {
        let (segment, _permit) = self.get_with_permit(key).await?;
        serde_json::Deserializer::from_slice(&segment)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|_| StoreError::Damaged {
                key: key.path().to_string(),
                why: "a line is not a record",
            })
    }

    /// Writes a new segment. Returns false, and writes nothing, if the execution is being erased.
    ///
    /// `lines` are records as [`Record::write_line`] writes them. A segment without lines only adds
    /// the totals in its name.
    pub async fn put_segment(
        &self,
        meta: &Meta,
        batch: u32,
        name: &SegmentName,
        lines: impl Into<Bytes> + Send,
    ) -> Result<bool, StoreError> {
        if self.is_erased(&meta.id).await? {
            return Ok(false);
        }
        self.put(Key::Segment(&meta.id, batch, name.as_str()), lines)
            .await?;
        Ok(true)
    }
}
