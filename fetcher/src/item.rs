//! One item: attempts until there is an answer, a failure, or no time.

use std::pin::Pin;
use std::time::Duration;

use contract::Ssn;
use contract::wire::Outcome;
use store::{Record, now_ms};
use tokio::time::{Instant, sleep, sleep_until};

use crate::attempt::Attempt;
use crate::lane::Shared;
use crate::limiter::Permit;
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
    /// Makes attempts until there is a response, a failure, or no time left. `permit` is the permit
    /// for the first attempt; the permit of the last attempt is returned with the record, unless the
    /// item was given up. Returns no record if nothing new is known. `cut_off` is the lane's; a task
    /// that fetches several items polls one such future, and fetches nothing once it is ready.
    pub(crate) async fn fetch(
        mut self,
        lane: &Shared,
        permit: Permit,
        mut cut_off: Pin<&mut impl Future<Output = ()>>,
    ) -> (Option<Record>, Option<Permit>) {
        let mut first_permit = Some(permit);
        let mut latest = None;
        loop {
            let permit = match first_permit.take() {
                Some(permit) => permit,
                None => match lane.acquire().await {
                    Some(permit) => permit,
                    None => return (latest, None),
                },
            };
            let attempt = tokio::select! {
                attempt = lane.upstream.attempt(self.ssn) => attempt,
                () = cut_off.as_mut() => return (latest, None),
            };
            let may_be_retried = attempt.may_be_retried();
            let retry_after = attempt.retry_after.filter(|_| may_be_retried);
            if let Some(wait) = retry_after {
                // Before the permit is released: whoever gets it next must find the lane paused.
                lane.pause_for(wait);
            }
            self.attempts += 1;
            let settings = &lane.upstream.settings;
            if self.attempts >= settings.max_attempts || !may_be_retried {
                return (
                    Some(self.record(attempt.outcome(), attempt, None)),
                    Some(permit),
                );
            }
            drop(permit);
            let wait =
                retry_after.unwrap_or_else(|| backoff(settings, self.attempts, rand::random()));
            let not_before = now_ms() + wait.as_millis() as u64;
            latest = Some(self.record(Outcome::Pending, attempt, Some(not_before)));
            if lane.is_too_late_for(wait) {
                return (latest, None);
            }
            tokio::select! {
                () = sleep(wait) => {}
                () = lane.stopped() => return (latest, None),
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
    /// Waits for a permit to send a GET now. `None` if it comes too late or the lane stops.
    pub(crate) async fn acquire(&self) -> Option<Permit> {
        loop {
            if !self.pause_is_over().await {
                return None;
            }
            let permit = tokio::select! {
                biased;
                () = self.stopped() => return None,
                () = self.too_late() => return None,
                permit = self.limiter.acquire() => permit,
            };
            // Another item may have paused the lane while this one waited.
            if self.pause().is_zero() {
                return Some(permit);
            }
        }
    }

    /// Reuses the permit of a finished GET for the next one, once the rate limit allows it. Releases
    /// it and returns `None` if the lane is paused, stops, or it is too late.
    pub(crate) async fn renew(&self, permit: Permit) -> Option<Permit> {
        let may_send =
            || self.goes_on() && self.pause().is_zero() && !self.is_too_late_for(Duration::ZERO);
        if !may_send() {
            return None;
        }
        tokio::select! {
            biased;
            () = self.limiter.pace() => {}
            () = self.stopped() => return None,
            () = self.too_late() => return None,
        }
        may_send().then_some(permit)
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
        match self.start_deadline {
            Some(last) => sleep_until(last).await,
            None => std::future::pending().await,
        }
    }

    /// Whether an attempt that begins after this wait comes too late for this invocation.
    pub(crate) fn is_too_late_for(&self, wait: Duration) -> bool {
        self.start_deadline
            .is_some_and(|last| wait > LONGEST_SLEEP || Instant::now() + wait > last)
    }
}
