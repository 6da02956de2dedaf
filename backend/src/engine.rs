//! The port behind which a run is driven: AWS Step Functions, or the embedded engine.

use async_trait::async_trait;
use contract::wire::{ExecutionId, ExecutionStatus};
use store::{Meta, Pass};

/// What an engine is given to start a pass. It holds no number: the fetcher reads its slice of the
/// items from the store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassStart {
    /// The execution.
    pub execution_id: ExecutionId,
    /// 1 for the start, one more for each redrive.
    pub pass: u32,
    /// The batches to fetch.
    pub batches: Vec<u32>,
    /// Batches fetched at the same time.
    pub lanes: u32,
    /// Whether the run needs Step Functions' Distributed Map: more than 40 batches, or a low rate
    /// that makes each batch loop often.
    pub wide: bool,
}

impl PassStart {
    /// The start of this pass of this execution.
    pub fn of(meta: &Meta, pass: &Pass) -> Self {
        Self {
            execution_id: meta.id.clone(),
            pass: pass.pass,
            batches: pass.batches(meta),
            lanes: pass.lanes,
            wide: pass.wide,
        }
    }
}

/// Where a pass stands for the engine alone; what was fetched is the store's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineStatus {
    /// Under way.
    Running,
    /// Over, one way or another.
    Ended {
        /// How, in Step Functions' words; never RUNNING.
        status: ExecutionStatus,
        /// Why, where the engine says.
        reason: Option<String>,
    },
    /// The engine has never heard of it, or has forgotten it.
    Unknown,
}

/// An engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine is there but takes no more for now.
    #[error("the engine is throttling; try again in a few seconds")]
    Throttled,
    /// Anything else: not reachable, not allowed, not set up.
    #[error("the engine failed: {0}")]
    Failed(String),
}

/// Drives passes. Every method may be called again with the same arguments: a start that has
/// happened, a stop of what is over and a sweep of what is gone are all fine.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Starts a pass: every batch is given to the fetcher, again while it answers that something
    /// is pending, and then the fetcher's `finish`.
    async fn start(&self, start: PassStart) -> Result<(), EngineError>;

    /// Where a pass stands.
    async fn status(&self, id: &ExecutionId, pass: u32) -> Result<EngineStatus, EngineError>;

    /// Ends a pass early. The mark in the store is what stops the fetchers; this spares waiting.
    async fn stop(&self, id: &ExecutionId, pass: u32) -> Result<(), EngineError>;

    /// Erases what late writers may have left of a deleted execution, once the last must be gone.
    async fn sweep(&self, id: &ExecutionId) -> Result<(), EngineError>;

    /// Fetchers that run at the same time at most, each with its share of the concurrency; `None`
    /// where all batches of an execution share one limit in one process.
    fn fetcher_concurrency(&self) -> Option<u32>;
}
