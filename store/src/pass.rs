//! A pass: the start, or a redrive. What it asks, and with which share of the concurrency.

use contract::wire::{ExecutionId, RedriveRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::settle::BATCHES;
use crate::{Key, Meta, SegmentName, Store, StoreError, now_ms, random_token};

/// A batch as a redrive found it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchBase {
    /// Items answered with a 2xx.
    pub succeeded: u32,
    /// Items answered with 404 or 410.
    pub not_found: u32,
    /// Items that FAILED and are not asked again.
    pub failed: u32,
    /// Items that are asked again.
    pub selected: u32,
}

/// A pass, written once by whoever starts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// 1 for the start, one more for each redrive.
    pub pass: u32,
    /// Whose claim this is, so that a write whose answer was lost is known as one's own.
    pub token: String,
    /// Milliseconds since 1970.
    pub started_at_ms: u64,
    /// What is asked of what FAILED or was NOT_TRIED.
    pub filter: RedriveRequest,
    /// Every batch as the redrive found it; none at the start, which asks all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base: Vec<BatchBase>,
    /// Batches fetched at the same time.
    pub lanes: u32,
    /// A lane's share of the GETs in flight.
    pub lane_concurrency: u32,
    /// A lane's share of the GETs started a second.
    pub lane_requests_per_second: Option<f64>,
    /// Whether Step Functions takes the Distributed Map.
    pub wide: bool,
}

impl Pass {
    /// The start of an execution; its shares are for the caller to set.
    pub fn first() -> Self {
        Self::new(1, RedriveRequest::default(), Vec::new())
    }

    /// A pass; its shares are for the caller to set.
    pub fn new(pass: u32, filter: RedriveRequest, base: Vec<BatchBase>) -> Self {
        Self {
            pass,
            token: random_token(),
            started_at_ms: now_ms(),
            filter,
            base,
            lanes: 1,
            lane_concurrency: 1,
            lane_requests_per_second: None,
            wide: false,
        }
    }

    /// A batch before this pass has asked anything of it.
    pub fn base_of(&self, meta: &Meta, batch: u32) -> BatchBase {
        match self.pass {
            1 => BatchBase {
                selected: meta.batch_len(batch),
                ..BatchBase::default()
            },
            _ => self.base.get(batch as usize).copied().unwrap_or_default(),
        }
    }

    /// The batches in which there is something to ask.
    pub fn batches(&self, meta: &Meta) -> Vec<u32> {
        (0..meta.batches())
            .filter(|batch| self.base_of(meta, *batch).selected > 0)
            .collect()
    }

    /// The items that this pass asks.
    pub fn selected(&self, meta: &Meta) -> u64 {
        (0..meta.batches())
            .map(|batch| u64::from(self.base_of(meta, batch).selected))
            .sum()
    }
}

/// What came of the wish to redrive.
#[derive(Clone, Debug, PartialEq)]
pub enum RedrivePlan {
    /// The execution is not over.
    StillRunning,
    /// No item matches.
    NothingToDo,
    /// The pass as it may be written, without its shares.
    Ready(Pass),
}

impl Store {
    /// The latest pass; `None` where the start was not finished or the execution is unknown.
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

    /// This pass; `None` where there is none.
    pub async fn pass(&self, id: &ExecutionId, pass: u32) -> Result<Option<Pass>, StoreError> {
        self.get_json(Key::Pass(id, pass)).await
    }

    /// Writes the pass unless there is one of its number. False where another was first.
    pub async fn create_pass(&self, id: &ExecutionId, pass: &Pass) -> Result<bool, StoreError> {
        self.create_json(Key::Pass(id, pass.pass), pass).await
    }

    /// What a redrive with this filter would ask.
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
        let base: Vec<BatchBase> = stream::iter(0..meta.batches())
            .map(|batch| {
                let names = segments.get(&batch).map_or(&[][..], Vec::as_slice);
                self.base_for(meta, &next, batch, names)
            })
            .buffered(BATCHES)
            .try_collect()
            .await?;
        next.base = base;
        let answered: u64 = next
            .base
            .iter()
            .map(|base| u64::from(base.succeeded + base.not_found))
            .sum();
        // What a straggler has answered since is not asked, but told from the next pass on.
        let news = answered != summary.counts.succeeded + summary.counts.not_found;
        Ok(if next.selected(meta) == 0 && !news {
            RedrivePlan::NothingToDo
        } else {
            RedrivePlan::Ready(next)
        })
    }

    /// A batch as this pass would find it.
    async fn base_for(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        names: &[SegmentName],
    ) -> Result<BatchBase, StoreError> {
        let items = meta.batch_len(batch);
        let known = names.iter().rev().map(SegmentName::totals);
        let whole = known
            .into_iter()
            .find(|totals| totals.succeeded + totals.not_found == items);
        let totals = match whole {
            Some(totals) => totals,
            None => {
                let state = self.merge_segments(meta, pass, batch, names).await?;
                state.totals()
            }
        };
        Ok(BatchBase {
            succeeded: totals.succeeded,
            not_found: totals.not_found,
            failed: totals.failed,
            selected: totals.pending,
        })
    }
}
