//! The trait for engines, which run executions: AWS Step Functions, or the embedded engine.

use async_trait::async_trait;
use contract::wire::{ExecutionId, ExecutionStatus};
use store::{Meta, Pass};

/// The input for starting a pass.
///
/// It contains no SSN: the fetcher reads its batch of items from the store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassStart {
    /// The execution to run.
    pub execution_id: ExecutionId,
    /// Number of the pass: 1 for the start, one more for each redrive.
    pub pass: u32,
    /// The batches to fetch.
    pub batches: Vec<u32>,
    /// Maximum number of batches to fetch at the same time.
    pub lanes: u32,
    /// Whether the pass needs a Distributed Map of Step Functions.
    ///
    /// It does if it has more than 40 batches, or if its batches need many invocations because the
    /// rate or the concurrency is low.
    pub wide: bool,
}

impl PassStart {
    /// Creates the input for a pass of an execution.
    pub fn new(meta: &Meta, pass: &Pass) -> Self {
        Self {
            execution_id: meta.id.clone(),
            pass: pass.pass,
            batches: pass.batches(meta),
            lanes: pass.lanes,
            wide: pass.wide,
        }
    }
}

/// The status of a pass in the engine. The store holds what was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineStatus {
    /// The pass is running.
    Running,
    /// The pass has ended, successfully or not.
    Ended {
        /// The status it ended with; never RUNNING.
        status: ExecutionStatus,
        /// Why it ended, if the engine knows.
        reason: Option<String>,
    },
    /// The engine doesn't know the pass, or has forgotten it.
    Unknown,
}

/// Why an engine failed to start, stop or describe a pass.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine accepts no more requests for now.
    #[error("the engine is throttling; try again in a few seconds")]
    Throttled,
    /// The engine could not be reached, refused the call or isn't set up.
    #[error("the engine failed: {0}")]
    Failed(String),
}

/// Runs passes of executions.
///
/// A pass fetches items of an execution: all of them after the start, or some of them again after a
/// redrive.
///
/// Every method is idempotent: starting a pass that was started, stopping one that has ended and
/// sweeping an execution that is gone all succeed.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Starts a pass.
    ///
    /// The engine invokes the fetcher for each batch until the fetcher reports that no item is
    /// pending. When all batches are done, it invokes the fetcher to finish the pass.
    async fn start(&self, start: PassStart) -> Result<(), EngineError>;

    /// Returns the status of a pass.
    async fn status(&self, id: &ExecutionId, pass: u32) -> Result<EngineStatus, EngineError>;

    /// Ends a pass early.
    ///
    /// The stop mark in the store already stops the fetchers. This call only ends the pass sooner.
    async fn stop(&self, id: &ExecutionId, pass: u32) -> Result<(), EngineError>;

    /// Erases files that fetchers wrote after an execution was erased.
    ///
    /// The engine does so once no fetcher of the execution can be running any more.
    async fn sweep(&self, id: &ExecutionId) -> Result<(), EngineError>;

    /// Returns the maximum number of an execution's fetchers at a time, each with its own limits.
    ///
    /// `None` means that all batches of an execution share one limit, in one process.
    fn fetcher_concurrency(&self) -> Option<u32>;
}
