//! What FAILED, in groups.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use contract::wire::{FailureGroup, Failures};
use futures::{StreamExt, TryStreamExt, stream};

use crate::progress::latest;
use crate::settle::BATCHES;
use crate::{Meta, Pass, SegmentName, Store, StoreError};

impl Store {
    /// The FAILED items of a pass by status and error, as the pass stands. Reads only the batches
    /// in which something may have failed, and no longer than `time`.
    pub async fn failures(
        &self,
        meta: &Meta,
        pass: &Pass,
        time: Duration,
    ) -> Result<Failures, StoreError> {
        let began = Instant::now();
        let summary = self.summary(&meta.id, pass.pass).await?;
        let over = summary.is_some();
        let segments = match summary {
            Some(summary) => (0..meta.batches())
                .map(|batch| (batch, summary.segment_names(batch)))
                .collect(),
            None => self.all_segment_names(&meta.id).await?,
        };
        let failing = segments
            .into_iter()
            .filter(|(batch, names)| may_have_failed(meta, pass, *batch, names, over));
        let mut states =
            stream::iter(failing)
                .map(|(batch, names)| async move {
                    self.merge_segments(meta, pass, batch, &names).await
                })
                .buffer_unordered(BATCHES);
        let mut items = HashMap::<_, u64>::new();
        let mut complete = true;
        while let Some(state) = states.try_next().await? {
            for failure in state.failures(over) {
                *items.entry(failure).or_default() += 1;
            }
            if began.elapsed() >= time {
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

/// Whether a batch's names leave it open that an item FAILED. At the end of a pass only a name that
/// tells of an answer for every item is sure: what a straggler wrote no other name need know.
fn may_have_failed(
    meta: &Meta,
    pass: &Pass,
    batch: u32,
    names: &[SegmentName],
    over: bool,
) -> bool {
    let answered = |name: &SegmentName| {
        let totals = name.totals();
        totals.succeeded + totals.not_found == meta.batch_len(batch)
    };
    if names.is_empty() || names.iter().any(answered) {
        return false;
    }
    over || match latest(names, pass.pass) {
        Some(name) => name.totals().failed > 0,
        None => pass.base_of(meta, batch).failed > 0,
    }
}
