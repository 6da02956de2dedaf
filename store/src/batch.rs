//! One batch as its segments tell it, merged.

use bytes::Bytes;
use contract::wire::{ErrorKind, Outcome, RedriveRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::de::IgnoredAny;

use crate::{Key, Meta, Pass, Record, RecordHead, SegmentName, SegmentTotals, Store, StoreError};

/// Segments of one batch that are read at the same time.
const READS: usize = 8;

/// What is known of one item, seen from a pass.
#[derive(Clone, Debug)]
pub struct ItemState<Body = IgnoredAny> {
    /// Its answer. Of two, the one learnt first.
    answer: Option<Record<Body>>,
    /// Its failure in this pass. Of two, the one learnt last.
    failed: Option<Record<Body>>,
    /// Its failure in the latest pass before this one that has one.
    failed_before: Option<Record<Body>>,
    /// Where it was put off in this pass.
    deferred: Option<Record<Body>>,
}

impl<Body> ItemState<Body> {
    /// Of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        answer: None,
        failed: None,
        failed_before: None,
        deferred: None,
    };

    /// The record that speaks for the item: its answer, else its latest failure.
    pub fn record(&self) -> Option<&Record<Body>> {
        self.answer
            .as_ref()
            .or(self.failed.as_ref())
            .or(self.failed_before.as_ref())
    }

    /// Attempts made in this pass, and when the next is due (milliseconds since 1970), where the
    /// item was put off.
    pub fn deferred(&self) -> Option<(u32, u64)> {
        self.deferred
            .as_ref()
            .map(|record| (record.attempts, record.not_before_ms.unwrap_or(0)))
    }

    /// What it was before this pass, as far as it can be asked again.
    fn before(&self) -> (Outcome, Option<u16>, Option<ErrorKind>) {
        match &self.failed_before {
            Some(record) => (Outcome::Failed, record.status_code, record.error),
            None => (Outcome::NotTried, None, None),
        }
    }

    /// Whether the pass has it still to ask.
    pub fn is_pending(&self, filter: &RedriveRequest) -> bool {
        let (outcome, status_code, error) = self.before();
        self.answer.is_none()
            && self.failed.is_none()
            && filter.selects(outcome, status_code, error)
    }

    /// Its outcome while the pass goes on (PENDING where it is to be asked) or, `over`, at its end.
    pub fn outcome(&self, filter: &RedriveRequest, over: bool) -> Outcome {
        match self.record() {
            _ if !over && self.is_pending(filter) => Outcome::Pending,
            Some(record) => record.outcome,
            None => Outcome::NotTried,
        }
    }

    /// Takes what was learnt in a pass, as it is seen from another.
    pub(crate) fn learn(&mut self, record: Record<Body>, learnt_in: u32, seen_from: u32) {
        // What a later pass learnt is no business of this one, except an answer.
        if learnt_in > seen_from && !record.outcome.is_definitive() {
            return;
        }
        let current = learnt_in >= seen_from;
        match record.outcome {
            outcome if outcome.is_definitive() => {
                self.answer.get_or_insert(record);
            }
            Outcome::Failed if current => self.failed = Some(record),
            Outcome::Failed => self.failed_before = Some(record),
            _ if current => self.deferred = Some(record),
            _ => {}
        }
    }
}

/// One batch as its segments tell it.
#[derive(Clone, Debug)]
pub struct BatchState {
    pass: u32,
    filter: RedriveRequest,
    first: u32,
    items: Vec<ItemState>,
    last_seq: u32,
}

impl BatchState {
    /// A batch of which nothing is known.
    fn unknown(meta: &Meta, pass: &Pass, batch: u32) -> Self {
        let range = meta.batch_range(batch);
        Self {
            pass: pass.pass,
            filter: pass.filter.clone(),
            first: range.start,
            items: range.map(|_| ItemState::UNKNOWN).collect(),
            last_seq: 0,
        }
    }

    /// The items that the pass has still to ask, by index in the whole list.
    pub fn pending(&self) -> impl Iterator<Item = (u32, &ItemState)> {
        (self.first..)
            .zip(&self.items)
            .filter(|(_, item)| item.is_pending(&self.filter))
    }

    /// The highest number of a segment read.
    pub fn last_seq(&self) -> u32 {
        self.last_seq
    }

    /// The batch's items by where they stand.
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
            totals.failed_in_pass += u32::from(item.answer.is_none() && item.failed.is_some());
        }
        totals
    }

    /// What made each FAILED item fail: its status and its error. Once the pass is `over`, those to
    /// be asked that had failed before stay so.
    pub(crate) fn failures(
        &self,
        over: bool,
    ) -> impl Iterator<Item = (Option<u16>, Option<ErrorKind>)> {
        self.items
            .iter()
            .filter(move |item| item.outcome(&self.filter, over) == Outcome::Failed)
            .filter_map(|item| item.record())
            .map(|record| (record.status_code, record.error))
    }

    /// Takes what was learnt in this pass.
    pub fn absorb(&mut self, record: RecordHead) {
        self.absorb_from(record, self.pass);
    }

    fn absorb_from(&mut self, record: RecordHead, pass: u32) {
        let Some(offset) = record.item.checked_sub(self.first) else {
            return;
        };
        if let Some(item) = self.items.get_mut(offset as usize) {
            item.learn(record, pass, self.pass);
        }
    }
}

impl Store {
    /// The names of a batch's segments, in the order of what was learnt.
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

    /// Lists and merges one batch, as seen from `pass`.
    pub async fn read_batch(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
    ) -> Result<BatchState, StoreError> {
        let names = self.segment_names(meta, batch).await?;
        self.merge_segments(meta, pass, batch, &names).await
    }

    /// Merges one batch of just these segments, whose names are sorted.
    pub async fn merge_segments(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<BatchState, StoreError> {
        let mut state = BatchState::unknown(meta, pass, batch);
        let mut segments = stream::iter(names.to_vec())
            .map(|name| async move {
                let key = Key::Segment(&meta.id, batch, name.as_str());
                let heads = self.heads(key).await?;
                Ok::<_, StoreError>((name, heads))
            })
            .buffered(READS);
        while let Some((name, heads)) = segments.try_next().await? {
            state.last_seq = state.last_seq.max(name.seq());
            for head in heads {
                state.absorb_from(head, name.pass());
            }
        }
        Ok(state)
    }

    /// What a segment says without its bodies, which are read past.
    async fn heads(&self, key: Key<'_>) -> Result<Vec<RecordHead>, StoreError> {
        let (segment, _room) = self.get_in_turn(key).await?;
        serde_json::Deserializer::from_slice(&segment)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|_| StoreError::Damaged {
                key: key.path().to_string(),
                why: "a line is no record",
            })
    }

    /// Writes one new segment: `lines` are records as [`Record::write_line`] writes them, and may be
    /// none where only the totals are to be told. False where the execution is being erased: then
    /// nothing was written.
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
