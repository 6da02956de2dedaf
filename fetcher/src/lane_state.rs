//! The state that a lane shares with the items it fetches: its signal, its pause, and its permits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::limiter::{Limiter, Permit};
use crate::upstream::Upstream;

/// How long requests in flight may still run once the lane has stopped.
const GRACE: Duration = Duration::from_secs(2);
/// Longest wait within an invocation that has a deadline, that is, a Lambda, whose time is paid for.
/// An item that has to wait longer stays pending for a later invocation.
const MAX_WAIT_IN_LAMBDA: Duration = Duration::from_secs(5);

/// Whether a lane runs. Its owner may send one of the other two once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signal {
    /// The lane runs.
    #[default]
    Run,
    /// The run was stopped: items that have not been fetched will not be.
    Stop,
    /// The process ends: another invocation will fetch the rest of the batch.
    Shutdown,
}

/// The state that a lane shares with its items.
pub(crate) struct LaneState {
    pub(crate) upstream: Arc<Upstream>,
    limiter: Arc<Limiter>,
    start_deadline: Option<Instant>,
    paused_until: watch::Sender<Instant>,
    signal: watch::Sender<Signal>,
}

impl LaneState {
    /// The state of a lane that runs. No GET starts after `start_deadline`.
    pub(crate) fn new(
        upstream: Arc<Upstream>,
        limiter: Arc<Limiter>,
        start_deadline: Option<Instant>,
    ) -> Self {
        Self {
            upstream,
            limiter,
            start_deadline,
            paused_until: watch::Sender::new(Instant::now()),
            signal: watch::Sender::new(Signal::Run),
        }
    }

    /// Returns the first signal that stopped the lane, or `Run`.
    pub(crate) fn signal(&self) -> Signal {
        *self.signal.borrow()
    }

    /// Stops the lane, unless the signal is `Run` or the lane was stopped before.
    pub(crate) fn stop(&self, signal: Signal) {
        self.signal.send_if_modified(|current| {
            let is_first = *current == Signal::Run && signal != Signal::Run;
            if is_first {
                *current = signal;
            }
            is_first
        });
    }

    /// Returns once the lane has stopped: no GET may start any more.
    pub(crate) async fn stopped(&self) {
        let mut signal = self.signal.subscribe();
        // `self` owns the sender, so waiting can't fail.
        let _ = signal.wait_for(|signal| *signal != Signal::Run).await;
    }

    /// Returns once requests in flight must be aborted: some time after the lane has stopped.
    pub(crate) async fn aborted(&self) {
        self.stopped().await;
        sleep(GRACE).await;
    }

    /// Waits for a permit to start a GET now. `None` if the lane stops or it is too late.
    pub(crate) async fn acquire(&self) -> Option<Permit> {
        loop {
            if !self.wait_out_pause().await {
                return None;
            }
            let permit = tokio::select! {
                biased;
                () = self.stopped() => return None,
                () = self.deadline_passed() => return None,
                permit = self.limiter.acquire() => permit,
            };
            // Another item may have paused the lane in the meantime.
            if self.remaining_pause().is_zero() {
                return Some(permit);
            }
        }
    }

    /// Keeps the permit of a finished GET for the next one, and waits until the rate allows that.
    ///
    /// `None`, with the permit released, if the lane pauses or stops, or it is too late.
    pub(crate) async fn renew(&self, permit: Permit) -> Option<Permit> {
        let may_start = || {
            self.signal() == Signal::Run
                && self.remaining_pause().is_zero()
                && !self.is_too_late_after(Duration::ZERO)
        };
        if !may_start() {
            return None;
        }
        tokio::select! {
            biased;
            () = self.limiter.wait_for_rate() => {}
            () = self.stopped() => return None,
            () = self.deadline_passed() => return None,
        }
        may_start().then_some(permit)
    }

    /// Pauses the whole lane: no item starts a GET for this time.
    pub(crate) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        self.paused_until.send_if_modified(|current| {
            let is_longer = until > *current;
            if is_longer {
                *current = until;
            }
            is_longer
        });
    }

    /// Returns how long the lane stays paused; zero if it isn't.
    pub(crate) fn remaining_pause(&self) -> Duration {
        self.paused_until
            .borrow()
            .saturating_duration_since(Instant::now())
    }

    /// Waits until the lane isn't paused. False if the lane stops or it is too late then.
    async fn wait_out_pause(&self) -> bool {
        loop {
            let wait = self.remaining_pause();
            if wait.is_zero() {
                return !self.is_too_late_after(Duration::ZERO);
            }
            if self.is_too_late_after(wait) {
                return false;
            }
            tokio::select! {
                () = sleep(wait) => {}
                () = self.stopped() => return false,
            }
        }
    }

    /// Returns once no GET may start any more in this invocation.
    async fn deadline_passed(&self) {
        match self.start_deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    }

    /// Whether a GET after this wait would start too late in this invocation.
    pub(crate) fn is_too_late_after(&self, wait: Duration) -> bool {
        self.start_deadline
            .is_some_and(|deadline| wait > MAX_WAIT_IN_LAMBDA || Instant::now() + wait > deadline)
    }
}
