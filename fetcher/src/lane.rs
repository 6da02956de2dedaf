//! One batch: all its GETs, as many at once as there are permits.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use contract::Ssn;
use store::{Meta, Pass, StopCause, Store, StoreError, now_ms};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::dispatch::dispatch;
use crate::item::Item;
use crate::segment_writer::SegmentWriter;
use crate::upstream::Upstream;
use crate::{BatchResponse, FetcherError, Limiter};

/// How often the stop mark is looked for.
const LOOK_FOR_STOP: Duration = Duration::from_secs(3);
/// How often a lane that sees failures looks whether they are too many.
const LOOK_AT_FAILURES: Duration = Duration::from_secs(10);
/// What is in flight when a lane stops gets so much longer.
const GRACE: Duration = Duration::from_secs(2);
/// Records that are taken in one go, and as many wait: whoever brings more waits with them, so that
/// large bodies don't pile up while others are being written.
const NEWS: usize = 64;
/// When the last flush is tried again, where it fails.
const CLOSE_AGAIN: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_millis(1_000),
];
/// Longest wait that a batch answers; the state machine asks again then.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// What a lane's owner tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signal {
    /// Go on.
    #[default]
    Run,
    /// The run is stopped: what isn't asked never will be.
    Stop,
    /// This process ends: the batch will be gone on with.
    Halt,
}

/// Around a batch.
pub struct LaneOptions {
    /// Issues a permit for each GET.
    pub limiter: Arc<Limiter>,
    /// What the owner tells.
    pub signal: watch::Receiver<Signal>,
    /// No GET starts after this; none: the invocation has no end.
    pub start_deadline: Option<Instant>,
    /// Told once all items have been started, so that another batch may begin.
    pub on_dispatched: Box<dyn FnOnce() + Send>,
}

/// What a lane and its items share.
pub(crate) struct Shared {
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) start_deadline: Option<Instant>,
    pub(crate) paused_until: watch::Sender<Instant>,
    signal: watch::Sender<Signal>,
}

impl Shared {
    /// Whether anything may still start.
    pub(crate) fn goes_on(&self) -> bool {
        *self.signal.borrow() == Signal::Run
    }

    /// Returns once nothing may start any more.
    pub(crate) async fn stopped(&self) {
        let mut signal = self.signal.subscribe();
        // The sender is ours, so that the wait can't fail.
        let _ = signal.wait_for(|signal| *signal != Signal::Run).await;
    }

    /// Returns once what is in flight has had its time too.
    pub(crate) async fn cut_off(&self) {
        self.stopped().await;
        sleep(GRACE).await;
    }

    fn stop(&self, signal: Signal) {
        self.signal.send_if_modified(|current| {
            let news = *current == Signal::Run && signal != Signal::Run;
            if news {
                *current = signal;
            }
            news
        });
    }
}

/// Fetches one batch.
pub(crate) struct Lane<'a> {
    pub(crate) store: &'a Store,
    pub(crate) upstream: &'a Arc<Upstream>,
    pub(crate) meta: &'a Meta,
    pub(crate) pass: &'a Pass,
    pub(crate) batch: u32,
}

impl Lane<'_> {
    pub(crate) async fn run(self, options: LaneOptions) -> Result<BatchResponse, FetcherError> {
        let LaneOptions {
            limiter,
            mut signal,
            start_deadline,
            on_dispatched,
        } = options;
        let mut segments =
            SegmentWriter::open(self.store, self.meta, self.pass, self.batch).await?;
        let items = self.items(&segments).await?;
        let shared = Arc::new(Shared {
            upstream: Arc::clone(self.upstream),
            limiter,
            start_deadline,
            paused_until: watch::Sender::new(Instant::now()),
            signal: watch::Sender::new(Signal::Run),
        });
        if self.stop_cause().await? {
            shared.stop(Signal::Stop);
        }
        shared.stop(*signal.borrow_and_update());

        // Wherever this ends, nothing goes on behind its back.
        let _end = End(Arc::clone(&shared));
        let (send, mut learnt) = mpsc::channel(NEWS);
        tokio::spawn(dispatch(Arc::clone(&shared), items, send, on_dispatched));
        let mut news = Vec::with_capacity(NEWS);
        let mut look_for_stop = Instant::now() + LOOK_FOR_STOP;
        let mut look_at_failures = Instant::now() + LOOK_AT_FAILURES;
        // One alarm for whatever is due next: thousands of answers come between two.
        let mut alarm = pin!(sleep_until(look_for_stop));
        loop {
            let mut next = look_for_stop.min(segments.due());
            if segments.failures() > 0 {
                next = next.min(look_at_failures);
            }
            if alarm.deadline() != next {
                alarm.as_mut().reset(next);
            }
            tokio::select! {
                biased;
                Ok(()) = signal.changed() => shared.stop(*signal.borrow_and_update()),
                () = alarm.as_mut() => {
                    let now = Instant::now();
                    if segments.due() <= now {
                        self.flush(&mut segments, &shared).await;
                    }
                    if look_for_stop <= now {
                        look_for_stop = now + LOOK_FOR_STOP;
                        match self.stop_cause().await {
                            Ok(true) => shared.stop(Signal::Stop),
                            Ok(false) => {}
                            Err(error) => self.goes_on(&error, "whether the run is stopped is not known yet"),
                        }
                    }
                    if look_at_failures <= now && segments.failures() > 0 {
                        look_at_failures = now + LOOK_AT_FAILURES;
                        self.flush(&mut segments, &shared).await;
                        self.look_at_failures(&shared).await;
                    }
                }
                count = learnt.recv_many(&mut news, NEWS) => {
                    if count == 0 {
                        break;
                    }
                    for record in news.drain(..) {
                        segments.take(&record);
                        if segments.is_full() {
                            self.flush(&mut segments, &shared).await;
                        }
                    }
                }
            }
        }
        self.close(&mut segments).await?;
        if segments.failures() > 0 && !segments.is_gone() {
            self.look_at_failures(&shared).await;
        }
        let stopped = *shared.signal.borrow() == Signal::Stop || segments.is_gone();
        Ok(if stopped {
            BatchResponse {
                pending: 0,
                wait_seconds: 0,
            }
        } else {
            pending(&segments, shared.pause())
        })
    }

    /// The items that have still to be asked.
    async fn items(&self, segments: &SegmentWriter<'_>) -> Result<Vec<Item>, FetcherError> {
        let first = self.meta.batch_range(self.batch).start;
        let numbers: Vec<Ssn> = self.store.batch_items(self.meta, self.batch).await?;
        let pending = segments.state().pending().filter_map(|(index, state)| {
            let (attempts, not_before_ms) = state.deferred().unwrap_or_default();
            let ssn = *numbers.get((index - first) as usize)?;
            Some(Item {
                index,
                ssn,
                attempts,
                not_before_ms,
            })
        });
        Ok(pending.collect())
    }

    async fn stop_cause(&self) -> Result<bool, StoreError> {
        Ok(self
            .store
            .stop_cause(&self.meta.id, self.pass.pass)
            .await?
            .is_some())
    }

    /// Writes the rest. What can't be written is lost and has to be asked again, so it is tried more
    /// than once.
    async fn close(&self, segments: &mut SegmentWriter<'_>) -> Result<(), StoreError> {
        for wait in CLOSE_AGAIN {
            match segments.close().await {
                Ok(()) => return Ok(()),
                Err(error) => self.goes_on(&error, "results could not be written yet"),
            }
            sleep(wait).await;
        }
        segments.close().await
    }

    /// A flush that fails in mid-batch is tried again when the next is due.
    async fn flush(&self, segments: &mut SegmentWriter<'_>, shared: &Shared) {
        if let Err(error) = segments.flush().await {
            self.goes_on(&error, "results could not be written yet");
        }
        if segments.is_gone() {
            shared.stop(Signal::Stop);
        }
    }

    /// Marks the run to stop where more failed than it tolerates. Where that can't be told, a later
    /// look or the end of the run will.
    async fn look_at_failures(&self, shared: &Shared) {
        match self.too_many_failed().await {
            Ok(true) => shared.stop(Signal::Stop),
            Ok(false) => {}
            Err(error) => self.goes_on(&error, "whether too many failed is not known yet"),
        }
    }

    async fn too_many_failed(&self) -> Result<bool, StoreError> {
        if self.meta.settings.tolerated_failure_percentage >= 100.0 {
            return Ok(false);
        }
        let progress = self.store.progress(self.meta, self.pass).await?;
        let too_many = self.meta.exceeds_tolerance(progress.failed_in_pass);
        if too_many {
            self.store
                .mark_stop(&self.meta.id, self.pass.pass, StopCause::Tolerance)
                .await?;
        }
        Ok(too_many)
    }

    /// The store failed where the lane can do without it for now.
    fn goes_on(&self, error: &StoreError, what: &str) {
        tracing::warn!(execution = %self.meta.id, batch = self.batch, %error, "{what}");
    }
}

/// Stops what a lane has started when the lane is gone, also by an error.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.stop(Signal::Halt);
    }
}

/// How much is left, and when it is worth coming back: not before the lane's pause is over.
fn pending(segments: &SegmentWriter<'_>, pause: Duration) -> BatchResponse {
    let now = now_ms();
    let (mut pending, mut soonest) = (0, None);
    for (_, item) in segments.state().pending() {
        let wait = item
            .deferred()
            .map_or(0, |(_, due)| due.saturating_sub(now));
        pending += 1;
        soonest = Some(soonest.map_or(wait, |soonest: u64| soonest.min(wait)));
    }
    let wait = Duration::from_millis(soonest.unwrap_or(0))
        .max(pause)
        .min(LONGEST_WAIT);
    let wait_seconds = (wait.as_millis().div_ceil(1_000) as u32).max(1);
    BatchResponse {
        pending,
        wait_seconds: if pending == 0 { 0 } else { wait_seconds },
    }
}
