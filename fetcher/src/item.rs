//! One item: makes attempts until the item has its result, or no more may be made.

use std::pin::Pin;

use contract::Ssn;
use contract::wire::Outcome;
use store::{Record, now_ms};
use tokio::time::sleep;

use crate::attempt::Attempt;
use crate::lane_state::LaneState;
use crate::limiter::Permit;
use crate::retry::backoff;

/// An item that is being fetched.
pub(crate) struct Item {
    pub(crate) index: u32,
    pub(crate) ssn: Ssn,
    /// Attempts made by earlier invocations in this pass.
    pub(crate) attempts: u32,
    /// Earliest time of the next attempt, in milliseconds since 1970.
    pub(crate) not_before_ms: u64,
}

impl Item {
    /// Makes attempts until the item has its result, the lane stops, or the deadline is too close.
    ///
    /// `permit` is for the first attempt. `aborted` is [`LaneState::aborted`]; a task passes the same
    /// future for all of its items, and must not fetch another item once the future is ready.
    ///
    /// Returns the record of the last attempt that ended, if any. If the item has its result, also
    /// returns the permit of the last attempt, to be reused.
    pub(crate) async fn fetch(
        mut self,
        lane: &LaneState,
        permit: Permit,
        mut aborted: Pin<&mut impl Future<Output = ()>>,
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
                () = aborted.as_mut() => return (latest, None),
            };
            let may_be_retried = attempt.may_be_retried();
            let retry_after = attempt.retry_after.filter(|_| may_be_retried);
            if let Some(wait) = retry_after {
                // Must precede releasing the permit: the item that gets it next must see the pause.
                lane.pause(wait);
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
            if lane.is_too_late_after(wait) {
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
