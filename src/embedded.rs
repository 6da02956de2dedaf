//! The engine on one machine: runs the batches of all executions in this process.
//!
//! All lanes of an execution share one limiter, so its limits aren't divided among them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use backend::{Engine, EngineError, EngineStatus, PassStart};
use contract::wire::ExecutionId;
use fetcher::{BatchResponse, Fetcher, FetcherError, LaneOptions, Limiter, Signal};
use store::{Meta, Pass, Store};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The maximum number of batches that start their items at the same time.
///
/// The next batch begins once one of them has started all its items. So results arrive roughly in
/// list order, and most batches are written in one segment.
const MAX_STARTING_BATCHES: usize = 4;
/// The maximum number of calls, the first included, to fetch a batch or to finish a pass.
///
/// A call is repeated only if the store fails.
const MAX_CALLS: u32 = 5;

/// Runs executions in this process. Clones share the same engine.
#[derive(Clone)]
pub struct Embedded {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    fetcher: Fetcher,
    /// The folder of the store, if it is on disk. The folder of an erased execution is deleted there.
    folder: Option<PathBuf>,
    /// Limits the GETs of all executions, since the process may open only a limited number of files.
    in_flight: Arc<Semaphore>,
    runs: Mutex<HashMap<ExecutionId, Run>>,
    shutting_down: watch::Sender<bool>,
}

/// A pass that is running. Its entry in the map is removed when it ends.
struct Run {
    pass: u32,
    signal: watch::Sender<Signal>,
}

impl Embedded {
    /// Creates an engine.
    ///
    /// `folder` is the folder of the store, if it is on disk. `max_in_flight` limits the GETs in
    /// flight of all executions together.
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        folder: Option<PathBuf>,
        max_in_flight: u32,
    ) -> Self {
        let inner = Inner {
            store,
            fetcher,
            folder,
            in_flight: Arc::new(Semaphore::new(max_in_flight.max(1) as usize)),
            runs: Mutex::default(),
            shutting_down: watch::Sender::new(false),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Shuts down all runs, so that they can be resumed later. Returns once all have ended.
    ///
    /// No GET starts any more, those in flight get 2 s to end, and results are written.
    pub async fn shut_down(&self) {
        self.inner.shutting_down.send_replace(true);
        for run in self.runs().values() {
            run.signal.send_replace(Signal::Shutdown);
        }
        self.wait_until(HashMap::is_empty).await;
    }

    /// Waits until an execution is no longer running.
    pub async fn wait_for_end(&self, id: &ExecutionId) {
        self.wait_until(|runs| !runs.contains_key(id)).await;
    }

    async fn wait_until(&self, condition: impl Fn(&HashMap<ExecutionId, Run>) -> bool) {
        // A run that ends notifies the channel of `shutting_down`, without changing its value.
        let mut changes = self.inner.shutting_down.subscribe();
        while !condition(&self.runs()) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<ExecutionId, Run>> {
        self.inner
            .runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self, id: ExecutionId, pass: u32, signal: watch::Receiver<Signal>) {
        let guard = RunGuard {
            engine: self.clone(),
            id: id.clone(),
            pass,
        };
        match self.run_pass(&id, pass, signal).await {
            Ok(()) => {}
            // A poll that finds neither progress nor a running pass starts the pass again.
            Err(error) => {
                tracing::error!(execution = %id, pass, %error, "run failed; it resumes on the next poll")
            }
        }
        drop(guard);
    }

    async fn run_pass(
        &self,
        id: &ExecutionId,
        pass: u32,
        signal: watch::Receiver<Signal>,
    ) -> Result<(), FetcherError> {
        let unknown = |what| FetcherError::UnknownExecution {
            id: id.to_string(),
            what,
        };
        let store = &self.inner.store;
        let meta = Arc::new(store.meta(id).await?.ok_or_else(|| unknown("list"))?);
        let pass = Arc::new(
            store
                .pass(id, pass)
                .await?
                .ok_or_else(|| unknown("such pass"))?,
        );
        self.fetch_all(&meta, &pass, &signal).await;
        if *signal.borrow() == Signal::Shutdown {
            return Ok(());
        }
        with_retries(|| self.inner.fetcher.finish_pass(id, pass.pass)).await?;
        Ok(())
    }

    /// Fetches all batches. If one fails, the others still run.
    async fn fetch_all(
        &self,
        meta: &Arc<Meta>,
        pass: &Arc<Pass>,
        signal: &watch::Receiver<Signal>,
    ) {
        let limiter = Limiter::new(
            meta.settings.max_concurrency,
            meta.settings.requests_per_second,
        );
        let limiter = Arc::new(limiter.with_process_limit(Arc::clone(&self.inner.in_flight)));
        let start_permits = Arc::new(Semaphore::new(MAX_STARTING_BATCHES));
        let lane_permits = Arc::new(Semaphore::new(lanes(meta)));
        let mut lanes = JoinSet::new();
        for batch in pass.batches(meta) {
            if *signal.borrow() != Signal::Run {
                break;
            }
            let permits = (
                Arc::clone(&lane_permits).acquire_owned().await,
                Arc::clone(&start_permits).acquire_owned().await,
            );
            let (Ok(lane_permit), Ok(start_permit)) = permits else {
                return;
            };
            let lane = Lane {
                fetcher: self.inner.fetcher.clone(),
                meta: Arc::clone(meta),
                pass: Arc::clone(pass),
                batch,
                limiter: Arc::clone(&limiter),
                signal: signal.clone(),
            };
            lanes.spawn(async move {
                lane.run(start_permit).await;
                drop(lane_permit);
            });
        }
        lanes.join_all().await;
    }
}

/// Returns how many batches are fetched at the same time.
///
/// The number is large enough to use all permits while some batches wait for their last items. It is
/// limited, so that memory doesn't grow with the length of the list.
fn lanes(meta: &Meta) -> usize {
    16 + 4 * meta.settings.max_concurrency.div_ceil(meta.batch_size) as usize
}

struct Lane {
    fetcher: Fetcher,
    meta: Arc<Meta>,
    pass: Arc<Pass>,
    batch: u32,
    limiter: Arc<Limiter>,
    signal: watch::Receiver<Signal>,
}

impl Lane {
    /// Fetches the batch until no item is pending, as the state machine does in the cloud.
    ///
    /// `start_permit` is released once all items have been started.
    async fn run(mut self, start_permit: tokio::sync::OwnedSemaphorePermit) {
        let mut start_permit = Some(start_permit);
        loop {
            let response = with_retries(|| {
                let start_permit = start_permit.take();
                let options = LaneOptions {
                    limiter: Arc::clone(&self.limiter),
                    signal: self.signal.clone(),
                    start_deadline: None,
                    on_dispatched: Box::new(move || drop(start_permit)),
                };
                self.fetcher
                    .fetch_batch(&self.meta, &self.pass, self.batch, options)
            })
            .await;
            match response {
                Ok(BatchResponse { pending: 0, .. }) => return,
                Ok(BatchResponse { wait_seconds, .. }) => {
                    let wait = Duration::from_secs(wait_seconds.into());
                    // `wait_for` returns an error if the run has ended and left the map.
                    if tokio::time::timeout(
                        wait,
                        self.signal.wait_for(|signal| *signal != Signal::Run),
                    )
                    .await
                    .is_ok()
                    {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(execution = %self.meta.id, batch = self.batch, %error, "batch failed; a redrive fetches it again");
                    return;
                }
            }
        }
    }
}

/// Retries a call that failed in the store, with exponential backoff.
async fn with_retries<T, F>(mut call: impl FnMut() -> F) -> Result<T, FetcherError>
where
    F: Future<Output = Result<T, FetcherError>>,
{
    let mut calls = 1;
    loop {
        match call().await {
            Err(FetcherError::Store(error)) if calls < MAX_CALLS => {
                tracing::warn!(%error, calls, "the store failed; retrying");
                sleep(Duration::from_millis(100 << calls)).await;
                calls += 1;
            }
            result => return result,
        }
    }
}

/// Removes a run from the map when it is dropped: at the end of the run, or in a panic.
struct RunGuard {
    engine: Embedded,
    id: ExecutionId,
    pass: u32,
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        {
            let mut runs = self.engine.runs();
            // A redrive may have replaced the entry since this pass ended.
            if runs.get(&self.id).is_some_and(|run| run.pass == self.pass) {
                runs.remove(&self.id);
            }
        }
        self.engine.inner.shutting_down.send_modify(|_| ());
    }
}

#[async_trait]
impl Engine for Embedded {
    async fn start(&self, start: PassStart) -> Result<(), EngineError> {
        let PassStart {
            execution_id: id,
            pass,
            ..
        } = start;
        let receiver = {
            let mut runs = self.runs();
            if *self.inner.shutting_down.borrow() {
                return Err(EngineError::Failed(
                    "the server is shutting down".to_owned(),
                ));
            }
            if runs.get(&id).is_some_and(|run| run.pass == pass) {
                return Ok(());
            }
            let (signal, receiver) = watch::channel(Signal::Run);
            runs.insert(id.clone(), Run { pass, signal });
            receiver
        };
        tokio::spawn(self.clone().run(id, pass, receiver));
        Ok(())
    }

    async fn status(&self, id: &ExecutionId, pass: u32) -> Result<EngineStatus, EngineError> {
        let runs = self.runs();
        let is_running = runs.get(id).is_some_and(|run| run.pass == pass);
        Ok(if is_running {
            EngineStatus::Running
        } else {
            EngineStatus::Unknown
        })
    }

    async fn stop(&self, id: &ExecutionId, pass: u32) -> Result<(), EngineError> {
        if let Some(run) = self.runs().get(id).filter(|run| run.pass == pass) {
            run.signal.send_if_modified(|signal| {
                let is_running = *signal == Signal::Run;
                if is_running {
                    *signal = Signal::Stop;
                }
                is_running
            });
        }
        Ok(())
    }

    async fn sweep(&self, id: &ExecutionId) -> Result<(), EngineError> {
        let (engine, id) = (self.clone(), id.clone());
        tokio::spawn(async move {
            engine.wait_for_end(&id).await;
            if let Err(error) = engine.inner.store.sweep(&id).await {
                tracing::warn!(execution = %id, %error, "erasure failed; the next start of the server completes it");
            } else if let Some(folder) = &engine.inner.folder {
                // The folder now holds only files that were never written completely.
                let _ = std::fs::remove_dir_all(folder.join("executions").join(id.as_str()));
            }
        });
        Ok(())
    }

    fn fetcher_concurrency(&self) -> Option<u32> {
        None
    }
}
