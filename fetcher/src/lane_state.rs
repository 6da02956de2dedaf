//! The state that a lane shares with the items it fetches: its signal, its pause, and its permits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::limiter::{Limiter, Permit};
use crate::upstream::Upstream;

/// How long requests in flight may continue after the lane has stopped.
const GRACE: Duration = Duration::from_secs(2);
/// Maximum wait within an invocation that has a deadline, that is, in a Lambda.
///
/// A Lambda is billed while it waits. So an item that must wait longer stays pending, and a later
/// invocation fetches it.
const MAX_WAIT_IN_LAMBDA: Duration = Duration::from_secs(5);

/// Whether a lane runs. After `Run`, its owner may send either `Stop` or `Shutdown`, once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signal {
    /// The lane runs.
    #[default]
    Run,
    /// The run was stopped: the remaining items will not be fetched.
    Stop,
    /// The process shuts down: a later invocation will fetch the remaining items.
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
    /// Creates the state of a running lane. No GET starts after `start_deadline`.
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

    /// Stops the lane. Does nothing if the signal is `Run` or the lane has already stopped.
    pub(crate) fn stop(&self, signal: Signal) {
        self.signal.send_if_modified(|current| {
            let is_first = *current == Signal::Run && signal != Signal::Run;
            if is_first {
                *current = signal;
            }
            is_first
        });
    }

    /// Waits until the lane has stopped. After that, no GET may start.
    pub(crate) async fn stopped(&self) {
        let mut signal = self.signal.subscribe();
        // `self` owns the sender, so waiting can't fail.
        let _ = signal.wait_for(|signal| *signal != Signal::Run).await;
    }

    /// Waits until requests in flight must be aborted, which is [`GRACE`] after the lane has stopped.
    pub(crate) async fn aborted(&self) {
        self.stopped().await;
        sleep(GRACE).await;
    }

    /// Waits for a permit to start a GET now. `None` if the lane stops or the deadline is too close.
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

    /// Waits until the rate allows another GET with the permit of a finished one.
    ///
    /// If the lane pauses or stops, or the deadline is too close, releases the permit and returns `None`.
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

    /// Pauses the whole lane: none of its items starts a GET during this time.
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

    /// Waits for the end of the pause. Returns false if the lane stops or the deadline is too close.
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

    /// Waits until no GET may start in this invocation.
    async fn deadline_passed(&self) {
        match self.start_deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    }

    /// Whether a GET after this wait would start too late in this invocation.
    ///
    /// If there is a start deadline, a wait of more than [`MAX_WAIT_IN_LAMBDA`] is too long, too.
    pub(crate) fn is_too_late_after(&self, wait: Duration) -> bool {
        self.start_deadline
            .is_some_and(|deadline| wait > MAX_WAIT_IN_LAMBDA || Instant::now() + wait > deadline)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::time::timeout;

    use super::*;
    use crate::UpstreamSettings;

    #[tokio::test(start_paused = true)]
    async fn requests_in_flight_are_aborted_two_seconds_after_a_stop() {
        for signal in [Signal::Stop, Signal::Shutdown] {
            let settings = UpstreamSettings::new("http://127.0.0.1:9/ssn/");
            let upstream = Arc::new(Upstream::new(settings).unwrap());
            let state = LaneState::new(upstream, Arc::new(Limiter::new(1, None)), None);
            let mut aborted = pin!(state.aborted());
            let early = timeout(Duration::from_secs(3_600), aborted.as_mut());
            assert!(early.await.is_err(), "the lane runs");
            state.stop(signal);
            let stopped = Instant::now();
            aborted.await;
            assert_eq!(stopped.elapsed().as_millis(), 2_000);
        }
    }
}
