//! The one decision: how a pass ended.

use std::collections::BTreeMap;

use contract::text::{group_digits, pluralize};
use contract::wire::{Counts, ExecutionId, ExecutionStatus};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::progress::latest;
use crate::{Key, Meta, Pass, SegmentName, StopCause, Store, StoreError, now_ms};

/// Batches that are looked at the same time.
pub(crate) const BATCHES: usize = 16;

/// How a pass ended, and from what; written once. From then on only these segments count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How the run ended.
    pub status: ExecutionStatus,
    /// Why, in plain words; none where it SUCCEEDED.
    pub reason: Option<String>,
    /// Items by outcome; none is PENDING.
    pub counts: Counts,
    /// Milliseconds since 1970.
    pub stopped_at_ms: u64,
    /// The segments counted, by batch.
    pub segments: BTreeMap<u32, Vec<String>>,
}

impl Summary {
    /// The segments counted of one batch.
    pub(crate) fn segment_names(&self, batch: u32) -> Vec<SegmentName> {
        self.segments.get(&batch).map_or_else(Vec::new, |names| {
            names.iter().filter_map(|name| name.parse().ok()).collect()
        })
    }
}

/// How the engine ended a pass that did not end by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineEnd {
    /// FAILED, TIMED_OUT or ABORTED.
    pub status: ExecutionStatus,
    /// Why, where the engine says.
    pub reason: Option<String>,
}

impl Store {
    /// How the pass ended; `None` while it runs.
    pub async fn summary(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<Summary>, StoreError> {
        self.get_json(Key::Summary(id, pass)).await
    }

    /// Decides how the pass ended, once: whoever comes second gets what the first decided. Called
    /// when no fetcher of the pass is at work any more, or `engine` says that none will be.
    pub async fn settle(
        &self,
        meta: &Meta,
        pass: &Pass,
        engine: Option<EngineEnd>,
    ) -> Result<Summary, StoreError> {
        if let Some(summary) = self.summary(&meta.id, pass.pass).await? {
            return Ok(summary);
        }
        let mark = self.stop_cause(&meta.id, pass.pass).await?;
        let segments = self.all_segment_names(&meta.id).await?;
        let (mut counts, mut left) = (Counts::default(), 0);
        let mut ends = stream::iter(0..meta.batches())
            .map(|batch| {
                let names = segments.get(&batch).map_or(&[][..], Vec::as_slice);
                self.ended_batch(meta, pass, batch, names)
            })
            .buffered(BATCHES);
        while let Some(end) = ends.try_next().await? {
            counts.succeeded += u64::from(end.succeeded);
            counts.not_found += u64::from(end.not_found);
            counts.failed += u64::from(end.failed);
            counts.not_tried += u64::from(end.not_tried);
            left += u64::from(end.left);
        }
        drop(ends);
        let (status, reason) = match pass.pass {
            // What an earlier pass left untried and this one was not asked to try keeps the run from succeeding.
            2.. if left == 0 && counts.not_tried > 0 => {
                let earlier = self.summary(&meta.id, pass.pass - 1).await?;
                earlier.map_or((ExecutionStatus::Failed, None), |summary| {
                    (summary.status, summary.reason)
                })
            }
            _ => decide(meta, &counts, left, mark, engine),
        };
        let summary = Summary {
            status,
            reason,
            counts,
            stopped_at_ms: now_ms(),
            segments: segments
                .into_iter()
                .map(|(batch, names)| (batch, names.iter().map(ToString::to_string).collect()))
                .collect(),
        };
        if !self.is_erased(&meta.id).await? {
            self.create_json(Key::Summary(&meta.id, pass.pass), &summary)
                .await?;
        }
        Ok(self.summary(&meta.id, pass.pass).await?.unwrap_or(summary))
    }

    /// One batch as the pass leaves it. Where a name can be trusted to say what its segments hold,
    /// they are not read: in the first pass where its one writer knew all of it, later where every
    /// item has its answer, since a straggler of an earlier pass may have come in.
    async fn ended_batch(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<EndedBatch, StoreError> {
        let items = meta.batch_len(batch);
        let base = pass.base_of(meta, batch);
        let one_writer = names.iter().all(|name| name.writer() == names[0].writer());
        let whole = |succeeded, not_found, failed| EndedBatch {
            succeeded,
            not_found,
            failed,
            not_tried: items.saturating_sub(succeeded + not_found + failed),
            left: 0,
        };
        if base.succeeded + base.not_found == items {
            return Ok(whole(base.succeeded, base.not_found, 0));
        }
        if let Some(name) = latest(names, pass.pass)
            && pass.pass == 1
            && one_writer
            && name.totals().pending == 0
        {
            let totals = name.totals();
            return Ok(whole(totals.succeeded, totals.not_found, totals.failed));
        }
        let state = self.merge_segments(meta, pass, batch, names).await?;
        let totals = state.totals();
        Ok(EndedBatch {
            left: totals.pending,
            ..whole(
                totals.succeeded,
                totals.not_found,
                state.failures(true).count() as u32,
            )
        })
    }
}

/// Items of a batch by where a pass has left them; `left` are those it should have asked and has
/// not, whatever they are counted as.
struct EndedBatch {
    succeeded: u32,
    not_found: u32,
    failed: u32,
    not_tried: u32,
    left: u32,
}

fn decide(
    meta: &Meta,
    counts: &Counts,
    left: u64,
    mark: Option<StopCause>,
    engine: Option<EngineEnd>,
) -> (ExecutionStatus, Option<String>) {
    let failed = || {
        let (failed, items) = (group_digits(counts.failed), pluralize(meta.items, "number"));
        let share = meta.settings.tolerated_failure_percentage;
        format!("{failed} of {items} failed, more than the {share} % tolerated")
    };
    let were = if left == 1 { "was" } else { "were" };
    let not_tried = format!("{} {were} not tried", pluralize(left, "number"));
    match (left, mark, engine) {
        (1.., Some(StopCause::User), _) => (
            ExecutionStatus::Aborted,
            Some(format!("stopped; {not_tried}")),
        ),
        _ if meta.exceeds_tolerance(counts.failed) => (ExecutionStatus::Failed, Some(failed())),
        (0, ..) => (ExecutionStatus::Succeeded, None),
        (_, Some(StopCause::Tolerance), _) => (ExecutionStatus::Failed, Some(failed())),
        (_, _, Some(EngineEnd { status, reason })) if status != ExecutionStatus::Succeeded => {
            let why = reason.unwrap_or_else(|| "the engine ended the run".to_owned());
            (status, Some(format!("{why}; {not_tried}")))
        }
        _ => (
            ExecutionStatus::Failed,
            Some(format!(
                "{not_tried}: a batch was lost. Go on with a redrive"
            )),
        ),
    }
}

#[cfg(test)]
mod tests {
    use contract::list::ListBuilder;

    use super::*;

    /// Why a run of a million numbers ended, of which so many failed and were left.
    fn why(failed: u64, left: u64, mark: Option<StopCause>) -> String {
        let list = ListBuilder::with_capacity(0).finish();
        let mut meta = Meta::new("me", None, None, None, &list, Default::default());
        meta.items = 1_000_000;
        meta.settings.tolerated_failure_percentage = 2.5;
        let counts = Counts {
            failed,
            ..Counts::default()
        };
        let (_, reason) = decide(&meta, &counts, left, mark, None);
        reason.expect("a reason")
    }

    #[test]
    fn the_counts_in_a_reason_are_as_the_page_has_them() {
        assert_eq!(
            why(0, 225_836, Some(StopCause::User)),
            "stopped; 225,836 numbers were not tried"
        );
        assert_eq!(
            why(25_001, 0, None),
            "25,001 of 1,000,000 numbers failed, more than the 2.5 % tolerated"
        );
        assert_eq!(
            why(0, 1, None),
            "1 number was not tried: a batch was lost. Go on with a redrive"
        );
    }
}
