//! The summary of a pass: how it ended. It is decided once and then stored.

use std::collections::BTreeMap;

use contract::text::{group_digits, pluralize};
use contract::wire::{Counts, ExecutionId, ExecutionStatus};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::progress::most_complete;
use crate::{Key, Meta, Pass, SegmentName, StopCause, Store, StoreError, now_ms};

/// How many batches are read at the same time.
pub(crate) const PARALLEL_BATCHES: usize = 16;

/// How a pass ended, and the names of the segments that show this.
///
/// It is written once. From then on, only these segments are read as results of the pass. Segments
/// that a late fetcher writes after that are included from the next pass on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The status in which the run ended.
    pub status: ExecutionStatus,
    /// The reason, as a text for people; none if it SUCCEEDED.
    pub reason: Option<String>,
    /// Items by outcome; none is PENDING.
    pub counts: Counts,
    /// When the pass ended, in milliseconds since 1970.
    pub stopped_at_ms: u64,
    /// The names of the segments that are included, by batch.
    pub segments: BTreeMap<u32, Vec<String>>,
}

impl Summary {
    /// Returns the segments of one batch that are included.
    pub(crate) fn segment_names(&self, batch: u32) -> Vec<SegmentName> {
        self.segments.get(&batch).map_or_else(Vec::new, |names| {
            names.iter().filter_map(|name| name.parse().ok()).collect()
        })
    }
}

/// How the engine ended a pass before all batches were fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineEnd {
    /// FAILED, TIMED_OUT or ABORTED.
    pub status: ExecutionStatus,
    /// The reason, if the engine gives one.
    pub reason: Option<String>,
}

impl Store {
    /// Reads the summary of a pass; `None` while the pass runs.
    pub async fn summary(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<Summary>, StoreError> {
        self.get_json(Key::Summary(id, pass)).await
    }

    /// Decides how the pass ended and writes the summary. Later calls return the same summary.
    ///
    /// The caller must wait until no fetcher works on the pass, or until the engine has ended it. In
    /// the second case, `engine` is how the engine ended it.
    pub async fn finish_pass(
        &self,
        meta: &Meta,
        pass: &Pass,
        engine: Option<EngineEnd>,
    ) -> Result<Summary, StoreError> {
        if let Some(summary) = self.summary(&meta.id, pass.pass).await? {
            return Ok(summary);
        }
        let stop_cause = self.stop_cause(&meta.id, pass.pass).await?;
        let segments = self.all_segment_names(&meta.id).await?;
        let (mut counts, mut not_fetched) = (Counts::default(), 0);
        let mut ends = stream::iter(0..meta.batches())
            .map(|batch| {
                let names = segments.get(&batch).map_or(&[][..], Vec::as_slice);
                self.count_ended_batch(meta, pass, batch, names)
            })
            .buffered(PARALLEL_BATCHES);
        while let Some(end) = ends.try_next().await? {
            counts.succeeded += u64::from(end.succeeded);
            counts.not_found += u64::from(end.not_found);
            counts.failed += u64::from(end.failed);
            counts.not_tried += u64::from(end.not_tried);
            not_fetched += u64::from(end.not_fetched);
        }
        drop(ends);
        let (status, reason) = match pass.pass {
            // The pass fetched all items that it selected, but other items are still NOT_TRIED. So the
            // run has not succeeded: it keeps the status of the previous pass.
            2.. if not_fetched == 0 && counts.not_tried > 0 => {
                let earlier = self.summary(&meta.id, pass.pass - 1).await?;
                earlier.map_or((ExecutionStatus::Failed, None), |summary| {
                    (summary.status, summary.reason)
                })
            }
            _ => final_status(meta, &counts, not_fetched, stop_cause, engine),
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

    /// Counts one batch at the end of a pass.
    ///
    /// In two cases it needs to read no segment:
    ///
    /// - every item had a definitive outcome when the pass began;
    /// - it is the first pass, one fetcher wrote all segments, and no item is pending. In a redrive
    ///   that is not enough, since a late fetcher of an earlier pass may have written segments too.
    async fn count_ended_batch(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<EndedBatch, StoreError> {
        let items = meta.batch_len(batch);
        let start = pass.counts_at_start(meta, batch);
        let one_writer = names.iter().all(|name| name.writer() == names[0].writer());
        let counted = |succeeded, not_found, failed| EndedBatch {
            succeeded,
            not_found,
            failed,
            not_tried: items.saturating_sub(succeeded + not_found + failed),
            not_fetched: 0,
        };
        if start.succeeded + start.not_found == items {
            return Ok(counted(start.succeeded, start.not_found, 0));
        }
        if let Some(name) = most_complete(names, pass.pass)
            && pass.pass == 1
            && one_writer
            && name.totals().pending == 0
        {
            let totals = name.totals();
            return Ok(counted(totals.succeeded, totals.not_found, totals.failed));
        }
        let state = self.merge_segments(meta, pass, batch, names).await?;
        let totals = state.totals();
        Ok(EndedBatch {
            not_fetched: totals.pending,
            ..counted(
                totals.succeeded,
                totals.not_found,
                state.failures(true).count() as u32,
            )
        })
    }
}

/// The counts of a batch at the end of a pass.
struct EndedBatch {
    succeeded: u32,
    not_found: u32,
    failed: u32,
    not_tried: u32,
    /// Items that the pass selected but did not fetch. Each is also included in a count above.
    not_fetched: u32,
}

fn final_status(
    meta: &Meta,
    counts: &Counts,
    not_fetched: u64,
    stop_cause: Option<StopCause>,
    engine: Option<EngineEnd>,
) -> (ExecutionStatus, Option<String>) {
    let failed = || {
        let (failed, items) = (group_digits(counts.failed), pluralize(meta.items, "number"));
        let share = meta.settings.tolerated_failure_percentage;
        format!("{failed} of {items} failed, more than the {share} % tolerated")
    };
    let were = if not_fetched == 1 { "was" } else { "were" };
    let not_tried = format!("{} {were} not tried", pluralize(not_fetched, "number"));
    match (not_fetched, stop_cause, engine) {
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
                "{not_tried}: a batch was lost. Redrive the run to try again"
            )),
        ),
    }
}

#[cfg(test)]
mod tests {
    use contract::list::ListBuilder;

    use super::*;

    /// Returns why a run of a million numbers with these counts did not succeed.
    fn reason(failed: u64, not_fetched: u64, stop_cause: Option<StopCause>) -> String {
        let list = ListBuilder::with_capacity(0).finish();
        let mut meta = Meta::new("me", None, None, None, &list, Default::default());
        meta.items = 1_000_000;
        meta.settings.tolerated_failure_percentage = 2.5;
        let counts = Counts {
            failed,
            ..Counts::default()
        };
        let (_, reason) = final_status(&meta, &counts, not_fetched, stop_cause, None);
        reason.expect("a reason")
    }

    #[test]
    fn counts_in_a_reason_have_thousands_separators() {
        assert_eq!(
            reason(0, 225_836, Some(StopCause::User)),
            "stopped; 225,836 numbers were not tried"
        );
        assert_eq!(
            reason(25_001, 0, None),
            "25,001 of 1,000,000 numbers failed, more than the 2.5 % tolerated"
        );
        assert_eq!(
            reason(0, 1, None),
            "1 number was not tried: a batch was lost. Redrive the run to try again"
        );
    }
}
