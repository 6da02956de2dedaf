//! The engine on one machine: all batches of an execution in this process, under one limit.

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

/// Batches that are being started at the same time: the next opens once one of these has started
/// all its GETs, so that results come in list order and most batches are written in one piece.
const STARTING: usize = 4;
/// Tries of a batch whose results can't be written, and of the end.
const TRIES: u32 = 5;

/// Runs executions in this process. Its clones are the same engine.
#[derive(Clone)]
pub struct Embedded {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    fetcher: Fetcher,
    /// Where the store is a folder: what is left of an erased execution there goes with its folder.
    folder: Option<PathBuf>,
    /// GETs of all executions: this process may open only so many files.
    in_flight: Arc<Semaphore>,
    runs: Mutex<HashMap<ExecutionId, Run>>,
    halted: watch::Sender<bool>,
}

/// A pass under way; the entry goes when it ends.
struct Run {
    pass: u32,
    signal: watch::Sender<Signal>,
}

impl Embedded {
    /// An engine over this store. `folder` is where it lies on disk, if it does;
    /// `max_in_flight` how many GETs all executions together may have in flight.
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
            halted: watch::Sender::new(false),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Ends all runs so that they can be gone on with later: nothing starts any more, what is in
    /// flight gets 2 s, and what is known is written. Returns when that is done.
    pub async fn halt(&self) {
        self.inner.halted.send_replace(true);
        for run in self.runs().values() {
            run.signal.send_replace(Signal::Halt);
        }
        self.wait_until(HashMap::is_empty).await;
    }

    /// Waits until an execution is not being run.
    pub async fn ended(&self, id: &ExecutionId) {
        self.wait_until(|runs| !runs.contains_key(id)).await;
    }

    async fn wait_until(&self, is_so: impl Fn(&HashMap<ExecutionId, Run>) -> bool) {
        // Runs tell of their end through the channel of `halted`, whatever its value.
        let mut news = self.inner.halted.subscribe();
        while !is_so(&self.runs()) {
            if news.changed().await.is_err() {
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
        let ended = RunGuard {
            engine: self.clone(),
            id: id.clone(),
            pass,
        };
        match self.drive(&id, pass, signal).await {
            Ok(()) => {}
            // A poll that finds no news and no run starts it again.
            Err(error) => {
                tracing::error!(execution = %id, pass, %error, "a run broke off; it is gone on with when it is next looked at")
            }
        }
        drop(ended);
    }

    async fn drive(
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
        if *signal.borrow() == Signal::Halt {
            return Ok(());
        }
        with_retries(|| self.inner.fetcher.finish_pass(id, pass.pass)).await?;
        Ok(())
    }

    /// Gives every batch to the fetcher. A batch that is lost ends no other.
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
        let starting = Arc::new(Semaphore::new(STARTING));
        let open = Arc::new(Semaphore::new(lanes(meta)));
        let mut lanes = JoinSet::new();
        for batch in pass.batches(meta) {
            if *signal.borrow() != Signal::Run {
                break;
            }
            let leave = (
                Arc::clone(&open).acquire_owned().await,
                Arc::clone(&starting).acquire_owned().await,
            );
            let (Ok(open), Ok(starting)) = leave else {
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
                lane.run(starting).await;
                drop(open);
            });
        }
        lanes.join_all().await;
    }
}

/// Batches open at the same time: enough to keep all GETs in flight while some wait for their
/// last items, and bounded, so that a list of any length takes bounded memory.
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
    /// Invokes the fetcher until nothing is pending, as the state machine does in the cloud.
    /// `starting` is given back once all GETs have been started.
    async fn run(mut self, starting: tokio::sync::OwnedSemaphorePermit) {
        let mut starting = Some(starting);
        loop {
            let answer = with_retries(|| {
                let starting = starting.take();
                let options = LaneOptions {
                    limiter: Arc::clone(&self.limiter),
                    signal: self.signal.clone(),
                    start_deadline: None,
                    on_dispatched: Box::new(move || drop(starting)),
                };
                self.fetcher
                    .fetch_batch(&self.meta, &self.pass, self.batch, options)
            })
            .await;
            match answer {
                Ok(BatchResponse { pending: 0, .. }) => return,
                Ok(BatchResponse { wait_seconds, .. }) => {
                    let wait = Duration::from_secs(wait_seconds.into());
                    // An error means that the run is gone, which is an end as well.
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
                    tracing::error!(execution = %self.meta.id, batch = self.batch, %error, "a batch is lost; a redrive asks it again");
                    return;
                }
            }
        }
    }
}

/// Tries again what the store refused, with growing distance.
async fn with_retries<T, F>(mut call: impl FnMut() -> F) -> Result<T, FetcherError>
where
    F: Future<Output = Result<T, FetcherError>>,
{
    let mut tries = 1;
    loop {
        match call().await {
            Err(FetcherError::Store(error)) if tries < TRIES => {
                tracing::warn!(%error, tries, "the store failed; trying again");
                sleep(Duration::from_millis(100 << tries)).await;
                tries += 1;
            }
            result => return result,
        }
    }
}

/// Takes a run off the list when it ends, also by a panic.
struct RunGuard {
    engine: Embedded,
    id: ExecutionId,
    pass: u32,
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        {
            let mut runs = self.engine.runs();
            // A redrive may have begun since this pass was settled.
            if runs.get(&self.id).is_some_and(|run| run.pass == self.pass) {
                runs.remove(&self.id);
            }
        }
        self.engine.inner.halted.send_modify(|_| ());
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
            if *self.inner.halted.borrow() {
                return Err(EngineError::Failed("this server is ending".to_owned()));
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
                let news = *signal == Signal::Run;
                if news {
                    *signal = Signal::Stop;
                }
                news
            });
        }
        Ok(())
    }

    async fn sweep(&self, id: &ExecutionId) -> Result<(), EngineError> {
        let (engine, id) = (self.clone(), id.clone());
        tokio::spawn(async move {
            engine.ended(&id).await;
            if let Err(error) = engine.inner.store.sweep(&id).await {
                tracing::warn!(execution = %id, %error, "an erasure is not finished; the next start finishes it");
            } else if let Some(folder) = &engine.inner.folder {
                // The folder holds nothing but what a writer left half done.
                let _ = std::fs::remove_dir_all(folder.join("executions").join(id.as_str()));
            }
        });
        Ok(())
    }

    fn fetcher_concurrency(&self) -> Option<u32> {
        None
    }
}
