//! A lane: it fetches the items of one batch in parallel, within the limits of its limiter.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use contract::Ssn;
use store::{Meta, Pass, StopCause, Store, StoreError, now_ms};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::dispatch::dispatch;
use crate::item::Item;
use crate::lane_state::{LaneState, Signal};
use crate::segment_writer::SegmentWriter;
use crate::upstream::Upstream;
use crate::{BatchResponse, FetcherError, Limiter};

/// How often a lane checks whether the run was stopped.
const STOP_CHECK_INTERVAL: Duration = Duration::from_secs(3);
/// How often a lane with failures checks whether the run has more than it tolerates.
const FAILURE_CHECK_INTERVAL: Duration = Duration::from_secs(10);
/// Capacity of the channel of records, and maximum number of records received in one step.
///
/// Items wait while the channel is full. So large bodies don't accumulate in memory during a flush.
const MAX_RECORDS: usize = 64;
/// Waits between the attempts to write the last records.
const CLOSE_BACKOFF: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_millis(1_000),
];
/// Maximum wait that a batch requests before its next invocation.
const MAX_WAIT_BETWEEN_INVOCATIONS: Duration = Duration::from_secs(5 * 60);

/// How a batch is fetched.
pub struct LaneOptions {
    /// Issues a permit for each GET.
    pub limiter: Arc<Limiter>,
    /// Stops the lane.
    pub signal: watch::Receiver<Signal>,
    /// Latest time at which a GET may start; `None` if the invocation has no time limit.
    pub start_deadline: Option<Instant>,
    /// Called once all items have been started, so that the next batch may begin.
    pub on_dispatched: Box<dyn FnOnce() + Send>,
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
        let mut writer = SegmentWriter::open(self.store, self.meta, self.pass, self.batch).await?;
        let items = self.pending_items(&writer).await?;
        let state = Arc::new(LaneState::new(
            Arc::clone(self.upstream),
            limiter,
            start_deadline,
        ));
        if self.is_marked_to_stop().await? {
            state.stop(Signal::Stop);
        }
        state.stop(*signal.borrow_and_update());

        // Ends the tasks below when this function returns, or when its future is dropped.
        let _stop_on_drop = StopOnDrop(Arc::clone(&state));
        let (sender, mut receiver) = mpsc::channel(MAX_RECORDS);
        tokio::spawn(dispatch(Arc::clone(&state), items, sender, on_dispatched));
        let mut records = Vec::with_capacity(MAX_RECORDS);
        let mut next_stop_check = Instant::now() + STOP_CHECK_INTERVAL;
        let mut next_failure_check = Instant::now() + FAILURE_CHECK_INTERVAL;
        // One timer for all checks and flushes. A new timer per iteration would be slow, since
        // thousands of records may arrive before the next check.
        let mut timer = pin!(sleep_until(next_stop_check));
        loop {
            let mut next = next_stop_check.min(writer.next_flush());
            if writer.failures() > 0 {
                next = next.min(next_failure_check);
            }
            if timer.deadline() != next {
                timer.as_mut().reset(next);
            }
            tokio::select! {
                biased;
                Ok(()) = signal.changed() => state.stop(*signal.borrow_and_update()),
                () = timer.as_mut() => {
                    let now = Instant::now();
                    if writer.next_flush() <= now {
                        self.flush(&mut writer, &state).await;
                    }
                    if next_stop_check <= now {
                        next_stop_check = now + STOP_CHECK_INTERVAL;
                        match self.is_marked_to_stop().await {
                            Ok(true) => state.stop(Signal::Stop),
                            Ok(false) => {}
                            Err(error) => self.warn(&error, "could not check whether the run was stopped; checking again"),
                        }
                    }
                    if next_failure_check <= now && writer.failures() > 0 {
                        next_failure_check = now + FAILURE_CHECK_INTERVAL;
                        self.flush(&mut writer, &state).await;
                        self.check_failures(&state).await;
                    }
                }
                count = receiver.recv_many(&mut records, MAX_RECORDS) => {
                    if count == 0 {
                        break;
                    }
                    for record in records.drain(..) {
                        writer.add(&record);
                        if writer.is_full() {
                            self.flush(&mut writer, &state).await;
                        }
                    }
                }
            }
        }
        self.close(&mut writer).await?;
        if writer.failures() > 0 && !writer.is_erased() {
            self.check_failures(&state).await;
        }
        let is_stopped = state.signal() == Signal::Stop || writer.is_erased();
        Ok(if is_stopped {
            BatchResponse {
                pending: 0,
                wait_seconds: 0,
            }
        } else {
            response(&writer, state.remaining_pause())
        })
    }

    /// Reads the items of the batch that are pending.
    async fn pending_items(&self, writer: &SegmentWriter<'_>) -> Result<Vec<Item>, FetcherError> {
        let first = self.meta.batch_range(self.batch).start;
        let numbers: Vec<Ssn> = self.store.batch_items(self.meta, self.batch).await?;
        let pending = writer.state().pending().filter_map(|(index, item)| {
            let (attempts, not_before_ms) = item.deferred().unwrap_or_default();
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

    async fn is_marked_to_stop(&self) -> Result<bool, StoreError> {
        Ok(self
            .store
            .stop_cause(&self.meta.id, self.pass.pass)
            .await?
            .is_some())
    }

    /// Writes the remaining records, with retries.
    ///
    /// If all attempts fail, the records are lost, and their items must be fetched again.
    async fn close(&self, writer: &mut SegmentWriter<'_>) -> Result<(), StoreError> {
        for wait in CLOSE_BACKOFF {
            match writer.close().await {
                Ok(()) => return Ok(()),
                Err(error) => self.warn(&error, "could not write results; retrying"),
            }
            sleep(wait).await;
        }
        writer.close().await
    }

    /// Writes the records received so far. If that fails, the next flush includes them.
    async fn flush(&self, writer: &mut SegmentWriter<'_>, state: &LaneState) {
        if let Err(error) = writer.flush().await {
            self.warn(&error, "could not write results; retrying");
        }
        if writer.is_erased() {
            state.stop(Signal::Stop);
        }
    }

    /// Marks the pass to stop if more items failed than the run tolerates.
    ///
    /// An error of the store is only logged, since the next check or the end of the run tries again.
    async fn check_failures(&self, state: &LaneState) {
        match self.mark_stop_if_too_many_failed().await {
            Ok(true) => state.stop(Signal::Stop),
            Ok(false) => {}
            Err(error) => self.warn(
                &error,
                "could not check whether too many items failed; checking again",
            ),
        }
    }

    async fn mark_stop_if_too_many_failed(&self) -> Result<bool, StoreError> {
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

    /// Logs an error of the store after which the lane continues.
    fn warn(&self, error: &StoreError, what: &str) {
        tracing::warn!(execution = %self.meta.id, batch = self.batch, %error, "{what}");
    }
}

/// Stops the tasks of a lane when it is dropped, that is, however the lane ends.
struct StopOnDrop(Arc<LaneState>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop(Signal::Shutdown);
    }
}

/// Counts the pending items and computes how long to wait until the first of them may be fetched.
///
/// The wait includes the rest of the lane's pause.
fn response(writer: &SegmentWriter<'_>, pause: Duration) -> BatchResponse {
    let now = now_ms();
    let (mut pending, mut shortest) = (0, None);
    for (_, item) in writer.state().pending() {
        let wait = item
            .deferred()
            .map_or(0, |(_, due)| due.saturating_sub(now));
        pending += 1;
        shortest = Some(shortest.map_or(wait, |shortest: u64| shortest.min(wait)));
    }
    let wait = Duration::from_millis(shortest.unwrap_or(0))
        .max(pause)
        .min(MAX_WAIT_BETWEEN_INVOCATIONS);
    let wait_seconds = (wait.as_millis().div_ceil(1_000) as u32).max(1);
    BatchResponse {
        pending,
        wait_seconds: if pending == 0 { 0 } else { wait_seconds },
    }
}
