//! A pass: the start of an execution, or one redrive of it. It defines which items are fetched, and
//! each lane's share of the limits.

use contract::wire::{ExecutionId, RedriveRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::summary::PARALLEL_BATCHES;
use crate::{Key, Meta, SegmentName, Store, StoreError, now_ms, random_token};

/// The counts of a batch at the moment a pass began.
///
/// A redrive fetches only some items. It stores these counts of every batch, so that its progress can
/// still be computed from one listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchCounts {
    /// Items whose response was 2xx.
    pub succeeded: u32,
    /// Items whose response was 404 or 410.
    pub not_found: u32,
    /// Items that FAILED and that the redrive does not select.
    pub failed: u32,
    /// Items that the redrive selects, that is, fetches again.
    pub selected: u32,
}

/// A pass, written once by the process that starts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// Number of the pass: 1 for the start, then one more for each redrive.
    pub pass: u32,
    /// Random token of the writer. It shows which writer created the pass if a response was lost.
    pub token: String,
    /// When it started, in milliseconds since 1970.
    pub started_at_ms: u64,
    /// Which FAILED and NOT_TRIED items the pass selects.
    pub filter: RedriveRequest,
    /// The counts of every batch when the redrive began. Empty for the start, which selects all items.
    #[serde(rename = "base", default, skip_serializing_if = "Vec::is_empty")]
    pub batch_counts: Vec<BatchCounts>,
    /// Number of batches that are fetched at the same time.
    pub lanes: u32,
    /// Maximum number of requests that one lane has in flight.
    pub lane_concurrency: u32,
    /// Maximum number of requests that one lane starts per second; `None` for no limit.
    pub lane_requests_per_second: Option<f64>,
    /// Whether Step Functions runs the batches in a Distributed Map instead of an inline Map.
    ///
    /// Passes with many batches, long runs or many pauses need it.
    pub wide: bool,
}

impl Pass {
    /// Creates the first pass of an execution. The caller must set the lanes and their limits.
    pub fn first() -> Self {
        Self::new(1, RedriveRequest::default(), Vec::new())
    }

    /// Creates a pass. The caller must set the lanes and their limits.
    pub fn new(pass: u32, filter: RedriveRequest, batch_counts: Vec<BatchCounts>) -> Self {
        Self {
            pass,
            token: random_token(),
            started_at_ms: now_ms(),
            filter,
            batch_counts,
            lanes: 1,
            lane_concurrency: 1,
            lane_requests_per_second: None,
            wide: false,
        }
    }

    /// Returns a batch's counts before this pass fetches anything.
    pub fn counts_at_start(&self, meta: &Meta, batch: u32) -> BatchCounts {
        match self.pass {
            1 => BatchCounts {
                selected: meta.batch_len(batch),
                ..BatchCounts::default()
            },
            _ => self
                .batch_counts
                .get(batch as usize)
                .copied()
                .unwrap_or_default(),
        }
    }

    /// Returns the batches in which the pass selects items.
    pub fn batches(&self, meta: &Meta) -> Vec<u32> {
        (0..meta.batches())
            .filter(|batch| self.counts_at_start(meta, *batch).selected > 0)
            .collect()
    }

    /// Returns how many items the pass selects.
    pub fn selected(&self, meta: &Meta) -> u64 {
        (0..meta.batches())
            .map(|batch| u64::from(self.counts_at_start(meta, batch).selected))
            .sum()
    }
}

/// What a redrive would do.
#[derive(Clone, Debug, PartialEq)]
pub enum RedrivePlan {
    /// It is not possible yet: the current pass has not ended.
    StillRunning,
    /// It has no effect: no item matches the filter.
    NothingToDo,
    /// Run this pass. Before writing it, the caller must set the lanes and their limits.
    Ready(Pass),
}

impl Store {
    /// Reads the latest pass; `None` if the execution is unknown or its start was not finished.
    pub async fn current_pass(&self, id: &ExecutionId) -> Result<Option<Pass>, StoreError> {
        let listing = self.list(Key::PassesDir(id)).await?;
        let latest = listing
            .iter()
            .rev()
            .find_map(|object| object.location.filename()?.parse().ok());
        match latest {
            Some(pass) => self.pass(id, pass).await,
            None => Ok(None),
        }
    }

    /// Reads one pass; `None` if it does not exist.
    pub async fn pass(&self, id: &ExecutionId, pass: u32) -> Result<Option<Pass>, StoreError> {
        self.get_json(Key::Pass(id, pass)).await
    }

    /// Writes a pass unless one with its number exists. Returns false if another writer was first.
    pub async fn create_pass(&self, id: &ExecutionId, pass: &Pass) -> Result<bool, StoreError> {
        self.create_json(Key::Pass(id, pass.pass), pass).await
    }

    /// Plans a redrive of the items that match `filter`. Writes nothing.
    pub async fn plan_redrive(
        &self,
        meta: &Meta,
        current: &Pass,
        filter: RedriveRequest,
    ) -> Result<RedrivePlan, StoreError> {
        let Some(summary) = self.summary(&meta.id, current.pass).await? else {
            return Ok(RedrivePlan::StillRunning);
        };
        let mut next = Pass::new(current.pass + 1, filter, Vec::new());
        let segments = self.all_segment_names(&meta.id).await?;
        let batch_counts: Vec<BatchCounts> = stream::iter(0..meta.batches())
            .map(|batch| {
                let names = segments.get(&batch).map_or(&[][..], Vec::as_slice);
                self.count_at_start(meta, &next, batch, names)
            })
            .buffered(PARALLEL_BATCHES)
            .try_collect()
            .await?;
        next.batch_counts = batch_counts;
        let definitive: u64 = next
            .batch_counts
            .iter()
            .map(|counts| u64::from(counts.succeeded + counts.not_found))
            .sum();
        // A late fetcher may have written results after the summary, which includes only the segments
        // that it names. The next pass includes the late results, even if it has nothing to fetch.
        let has_late_results = definitive != summary.counts.succeeded + summary.counts.not_found;
        Ok(if next.selected(meta) == 0 && !has_late_results {
            RedrivePlan::NothingToDo
        } else {
            RedrivePlan::Ready(next)
        })
    }

    /// Counts a batch as it is when `pass` begins.
    async fn count_at_start(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<BatchCounts, StoreError> {
        let items = meta.batch_len(batch);
        let complete = names
            .iter()
            .rev()
            .map(SegmentName::totals)
            .find(|totals| totals.succeeded + totals.not_found == items);
        let totals = match complete {
            Some(totals) => totals,
            None => {
                let state = self.merge_segments(meta, pass, batch, names).await?;
                state.totals()
            }
        };
        Ok(BatchCounts {
            succeeded: totals.succeeded,
            not_found: totals.not_found,
            failed: totals.failed,
            selected: totals.pending,
        })
    }
}
