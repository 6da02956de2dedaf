//! The FAILED items of a pass, in groups.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use contract::wire::{FailureGroup, Failures};
use futures::{StreamExt, TryStreamExt, stream};

use crate::progress::most_complete;
use crate::summary::PARALLEL_BATCHES;
use crate::{Meta, Pass, SegmentName, Store, StoreError};

impl Store {
    /// Groups the FAILED items of a pass by status and error.
    ///
    /// Reads only the batches that may have failures, and stops after `time_limit`. If batches remain
    /// then, the result is marked as incomplete.
    pub async fn failures(
        &self,
        meta: &Meta,
        pass: &Pass,
        time_limit: Duration,
    ) -> Result<Failures, StoreError> {
        let began = Instant::now();
        let summary = self.summary(&meta.id, pass.pass).await?;
        let has_ended = summary.is_some();
        let segments = match summary {
            Some(summary) => (0..meta.batches())
                .map(|batch| (batch, summary.segment_names(batch)))
                .collect(),
            None => self.all_segment_names(&meta.id).await?,
        };
        let failing = segments
            .into_iter()
            .filter(|(batch, names)| may_have_failed(meta, pass, *batch, names, has_ended));
        let mut states =
            stream::iter(failing)
                .map(|(batch, names)| async move {
                    self.merge_segments(meta, pass, batch, &names).await
                })
                .buffer_unordered(PARALLEL_BATCHES);
        let mut items = HashMap::<_, u64>::new();
        let mut complete = true;
        while let Some(state) = states.try_next().await? {
            for failure in state.failures(has_ended) {
                *items.entry(failure).or_default() += 1;
            }
            if began.elapsed() >= time_limit {
                complete = states.next().await.is_none();
                break;
            }
        }
        let mut groups: Vec<FailureGroup> = items
            .into_iter()
            .map(|((status_code, error), items)| FailureGroup {
                status_code,
                error,
                items,
            })
            .collect();
        groups.sort_unstable_by_key(|group| {
            (
                std::cmp::Reverse(group.items),
                group.status_code,
                group.error,
            )
        });
        Ok(Failures { groups, complete })
    }
}

/// Whether items of a batch may have FAILED, according to the totals in its segments' names.
///
/// After the pass `has_ended`, a total of no failures proves nothing: a late fetcher may have written
/// failures that the other names don't include. Then only a name with a definitive outcome for every
/// item rules failures out.
fn may_have_failed(
    meta: &Meta,
    pass: &Pass,
    batch: u32,
    names: &[SegmentName],
    has_ended: bool,
) -> bool {
    let is_complete = |name: &SegmentName| {
        let totals = name.totals();
        totals.succeeded + totals.not_found == meta.batch_len(batch)
    };
    if names.is_empty() || names.iter().any(is_complete) {
        return false;
    }
    has_ended
        || match most_complete(names, pass.pass) {
            Some(name) => name.totals().failed > 0,
            None => pass.counts_at_start(meta, batch).failed > 0,
        }
}
