//! The fetcher: handles one event per invocation.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::ExecutionId;
use store::{Meta, Pass, Store};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::direct;
use crate::lane::Lane;
use crate::upstream::Upstream;
use crate::{
    BatchResponse, DirectResponse, Event, FetcherError, FinishResponse, LaneOptions, Limiter,
    Response, SettingsError, Signal, UpstreamSettings,
};

/// Time before the deadline that is reserved for writing the last results.
const FLUSH_MARGIN: Duration = Duration::from_secs(5);

/// Fetches batches and finishes runs. Clones share their connections; create one per process.
#[derive(Clone)]
pub struct Fetcher {
    store: Store,
    upstream: Arc<Upstream>,
}

impl Fetcher {
    /// Creates a fetcher for the executions in a store. Fails if a setting is invalid.
    pub fn new(store: Store, settings: UpstreamSettings) -> Result<Self, SettingsError> {
        Ok(Self {
            store,
            upstream: Arc::new(Upstream::new(settings)?),
        })
    }

    /// Returns the upstream's host, with the port unless it is the default, and the path.
    ///
    /// The path ends with a slash; each number is appended to it.
    pub fn upstream(&self) -> (String, String) {
        (
            self.upstream.address.host(),
            self.upstream.address.path().to_owned(),
        )
    }

    /// Returns the upstream's address without the parts that may be secret: user, password and query.
    pub fn redacted_address(&self) -> String {
        self.upstream.address.redacted()
    }

    /// Handles an event. `deadline` is when the invocation ends, if it has a time limit.
    pub async fn handle(
        &self,
        event: Event,
        deadline: Option<Instant>,
    ) -> Result<Response, FetcherError> {
        match event {
            Event::Batch {
                execution_id,
                pass,
                batch,
            } => {
                let Some((meta, pass)) = self.find(&execution_id, pass).await? else {
                    return Ok(Response::Batch(BatchResponse {
                        pending: 0,
                        wait_seconds: 0,
                    }));
                };
                let options = LaneOptions {
                    limiter: Arc::new(Limiter::new(
                        pass.lane_concurrency,
                        pass.lane_requests_per_second,
                    )),
                    signal: watch::channel(Signal::Run).1,
                    start_deadline: deadline
                        .map(|deadline| self.start_deadline(deadline))
                        .transpose()?,
                    on_dispatched: Box::new(|| ()),
                };
                self.fetch_batch(&meta, &pass, batch, options)
                    .await
                    .map(Response::Batch)
            }
            Event::Finish { execution_id, pass } => self
                .finish_pass(&execution_id, pass)
                .await
                .map(Response::Finish),
            Event::Sweep { execution_id } => {
                self.store.sweep(&execution_id).await?;
                Ok(Response::Sweep {})
            }
            Event::Direct { ssn, max_bytes } => {
                Ok(Response::Direct(self.fetch_one(&ssn, max_bytes).await))
            }
        }
    }

    /// Returns the latest time at which a GET may start, so that its result is written by `deadline`.
    fn start_deadline(&self, deadline: Instant) -> Result<Instant, FetcherError> {
        let (now, margin) = (
            Instant::now(),
            self.upstream.settings.attempt_timeout + FLUSH_MARGIN,
        );
        // Without this error, each invocation would start no GET and request another one, forever.
        deadline
            .checked_sub(margin)
            .filter(|last| *last > now)
            .ok_or_else(|| {
                FetcherError::InvocationTooShort(deadline.saturating_duration_since(now))
            })
    }

    /// Fetches the pending items of one batch.
    pub async fn fetch_batch(
        &self,
        meta: &Meta,
        pass: &Pass,
        batch: u32,
        options: LaneOptions,
    ) -> Result<BatchResponse, FetcherError> {
        if batch >= meta.batches() {
            return Err(FetcherError::UnknownExecution {
                id: meta.id.to_string(),
                what: "such batch",
            });
        }
        Lane {
            store: &self.store,
            upstream: &self.upstream,
            meta,
            pass,
            batch,
        }
        .run(options)
        .await
    }

    /// Decides how a pass ended. It is ABORTED if the execution has been erased.
    pub async fn finish_pass(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<FinishResponse, FetcherError> {
        let Some((meta, pass)) = self.find(id, pass).await? else {
            let status = contract::wire::ExecutionStatus::Aborted;
            return Ok(FinishResponse {
                status,
                reason: "erased".to_owned(),
            });
        };
        let summary = self.store.finish_pass(&meta, &pass, None).await?;
        Ok(FinishResponse {
            status: summary.status,
            reason: summary.reason.unwrap_or_default(),
        })
    }

    /// Fetches one number and returns the upstream's response.
    ///
    /// `text` is the number as a person typed it. `max_bytes` is the maximum size of the result as JSON:
    /// a longer body is truncated, and `truncated` is set.
    pub async fn fetch_one(&self, text: &str, max_bytes: Option<usize>) -> DirectResponse {
        direct::fetch(&self.upstream, text, max_bytes).await
    }

    /// Reads the execution and its pass; `None` if it is being erased.
    async fn find(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<(Meta, Pass)>, FetcherError> {
        if self.store.is_erased(id).await? {
            return Ok(None);
        }
        let unknown = |what| FetcherError::UnknownExecution {
            id: id.to_string(),
            what,
        };
        let meta = self.store.meta(id).await?.ok_or_else(|| unknown("list"))?;
        let pass = self
            .store
            .pass(id, pass)
            .await?
            .ok_or_else(|| unknown("such pass"))?;
        Ok(Some((meta, pass)))
    }
}
