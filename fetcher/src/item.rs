//! One item: attempts until there is an answer, a failure, or no time.

use std::pin::Pin;
use std::time::Duration;

use contract::Ssn;
use contract::wire::Outcome;
use store::{Record, now_ms};
use tokio::time::{Instant, sleep, sleep_until};

use crate::answer::Attempt;
use crate::lane::Shared;
use crate::limiter::Leave;
use crate::retry::backoff;

/// A wait longer than this is not slept through where the invocation has an end: the item is put
/// off, so that a Lambda isn't paid for waiting.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// An item on its way.
pub(crate) struct Item {
    pub(crate) index: u32,
    pub(crate) ssn: Ssn,
    /// Attempts made by earlier invocations in this pass.
    pub(crate) attempts: u32,
    /// Not to be asked before this, in milliseconds since 1970.
    pub(crate) not_before_ms: u64,
}

impl Item {
    /// Asks until something is known. `permit` is the leave for the first attempt; the leave of the
    /// last one is given back with what was learnt, unless that was given up. No record where
    /// nothing was learnt that isn't known already. `cut_off` is the lane's, and waited for by
    /// whoever asks one item after the other; once it is over nothing more may be asked with it.
    pub(crate) async fn ask(
        mut self,
        lane: &Shared,
        permit: Leave,
        mut cut_off: Pin<&mut impl Future<Output = ()>>,
    ) -> (Option<Record>, Option<Leave>) {
        let mut permit = Some(permit);
        let mut learnt = None;
        loop {
            let leave = match permit.take() {
                Some(permit) => permit,
                None => match lane.leave().await {
                    Some(permit) => permit,
                    None => return (learnt, None),
                },
            };
            let attempt = tokio::select! {
                attempt = lane.upstream.attempt(self.ssn) => attempt,
                () = cut_off.as_mut() => return (learnt, None),
            };
            let may_be_retried = attempt.may_be_retried();
            let asked = attempt.retry_after.filter(|_| may_be_retried);
            if let Some(asked) = asked {
                // Before the leave is given back: whoever gets it must find the lane paused.
                lane.pause_for(asked);
            }
            self.attempts += 1;
            let settings = &lane.upstream.settings;
            if self.attempts >= settings.max_attempts || !may_be_retried {
                return (
                    Some(self.record(attempt.outcome(), attempt, None)),
                    Some(leave),
                );
            }
            drop(leave);
            let wait = asked.unwrap_or_else(|| backoff(settings, self.attempts, rand::random()));
            let not_before = now_ms() + wait.as_millis() as u64;
            learnt = Some(self.record(Outcome::Pending, attempt, Some(not_before)));
            if lane.is_too_late_for(wait) {
                return (learnt, None);
            }
            tokio::select! {
                () = sleep(wait) => {}
                () = lane.stopped() => return (learnt, None),
            }
        }
    }

    fn record(&self, outcome: Outcome, attempt: Attempt, not_before_ms: Option<u64>) -> Record {
        Record {
            item: self.index,
            outcome,
            status_code: attempt.status_code,
            error: attempt.error,
            duration_ms: attempt.duration.as_millis().try_into().unwrap_or(u32::MAX),
            attempts: self.attempts,
            not_before_ms,
            body: if outcome == Outcome::Pending {
                None
            } else {
                attempt.body
            },
        }
    }
}

impl Shared {
    /// Waits for leave to start a GET now. None where it comes too late, or the lane stops.
    pub(crate) async fn leave(&self) -> Option<Leave> {
        loop {
            if !self.pause_is_over().await {
                return None;
            }
            let permit = tokio::select! {
                biased;
                () = self.stopped() => return None,
                () = self.too_late() => return None,
                permit = self.limiter.enter() => permit,
            };
            // While this one waited, another may have been told to leave the upstream alone.
            if self.pause().is_zero() {
                return Some(permit);
            }
        }
    }

    /// Makes the leave of a GET that is over the leave of the next. None where that has to wait its
    /// turn, comes too late, or the lane stops.
    pub(crate) async fn leave_again(&self, permit: Leave) -> Option<Leave> {
        let holds =
            || self.goes_on() && self.pause().is_zero() && !self.is_too_late_for(Duration::ZERO);
        if !holds() {
            return None;
        }
        tokio::select! {
            biased;
            () = self.limiter.pace() => {}
            () = self.stopped() => return None,
            () = self.too_late() => return None,
        }
        holds().then_some(permit)
    }

    /// Asks the whole lane to leave the upstream alone for so long.
    fn pause_for(&self, wait: Duration) {
        let until = Instant::now() + wait;
        self.paused_until.send_if_modified(|current| {
            let later = until > *current;
            if later {
                *current = until;
            }
            later
        });
    }

    /// How long the lane still leaves the upstream alone.
    pub(crate) fn pause(&self) -> Duration {
        self.paused_until
            .borrow()
            .saturating_duration_since(Instant::now())
    }

    /// Waits until the lane isn't paused. False where that is too late, or the lane stops.
    async fn pause_is_over(&self) -> bool {
        loop {
            let wait = self.pause();
            if wait.is_zero() {
                return !self.is_too_late_for(Duration::ZERO);
            }
            if self.is_too_late_for(wait) {
                return false;
            }
            tokio::select! {
                () = sleep(wait) => {}
                () = self.stopped() => return false,
            }
        }
    }

    /// Returns when nothing may start any more in this invocation.
    async fn too_late(&self) {
        match self.last_start {
            Some(last) => sleep_until(last).await,
            None => std::future::pending().await,
        }
    }

    /// Whether an attempt that begins after this wait comes too late for this invocation.
    pub(crate) fn is_too_late_for(&self, wait: Duration) -> bool {
        self.last_start
            .is_some_and(|last| wait > LONGEST_SLEEP || Instant::now() + wait > last)
    }
}
