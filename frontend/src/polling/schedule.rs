//! When the page polls its server.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait before the next poll.
///
/// A tenth of the time since polling began, from 0.5 s to 5 s. After errors the wait doubles, from 1 s
/// to 5 s.
fn delay(elapsed: Duration, failures: u32) -> Duration {
    if failures > 0 {
        let doubled = Duration::from_secs(1 << (failures - 1).min(8));
        return doubled.min(LONGEST);
    }
    (elapsed / 10).clamp(SHORTEST, LONGEST)
}

/// The result of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollResult {
    /// There may be a change later.
    Continue,
    /// It failed, and a retry may help.
    Failed,
    /// There won't be another change.
    Done,
}

/// What to do after a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Poll now.
    Poll,
    /// Poll after this time.
    Wait(Duration),
    /// Don't poll until woken.
    Rest,
}

/// When to poll: one request at a time, none while the tab is hidden. Times are milliseconds of any
/// clock.
#[derive(Debug)]
pub(crate) struct Schedule {
    since: f64,
    failures: u32,
    is_polling: bool,
    /// Whether a poll is due that can't be sent yet: the tab is hidden, or another poll is in flight.
    is_due: bool,
}

impl Schedule {
    /// A schedule that begins now.
    pub(crate) fn new(now: f64) -> Self {
        Self {
            since: now,
            failures: 0,
            is_polling: false,
            is_due: false,
        }
    }

    /// Begins again with the shortest wait.
    pub(crate) fn wake(&mut self, now: f64) {
        self.since = now;
        self.failures = 0;
    }

    /// A poll is due. Returns whether to send it now.
    pub(crate) fn begin(&mut self, is_hidden: bool) -> bool {
        self.is_due = self.is_polling || is_hidden;
        self.is_polling |= !is_hidden;
        !self.is_due
    }

    /// A poll has ended.
    pub(crate) fn end(&mut self, result: PollResult, now: f64) -> Next {
        self.is_polling = false;
        self.failures = match result {
            PollResult::Failed => self.failures.saturating_add(1),
            PollResult::Continue | PollResult::Done => 0,
        };
        match result {
            _ if self.is_due => Next::Poll,
            PollResult::Done => Next::Rest,
            PollResult::Continue | PollResult::Failed => {
                let elapsed = Duration::from_millis((now - self.since).max(0.0) as u64);
                Next::Wait(delay(elapsed, self.failures))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_five_seconds() {
        let waits = [0, 4, 20, 50, 3_600].map(|s| delay(Duration::from_secs(s), 0).as_millis());
        assert_eq!(waits, [500, 500, 2_000, 5_000, 5_000]);
    }

    #[test]
    fn the_wait_doubles_after_each_error() {
        let waits = [1, 2, 3, 4, 1_000].map(|n| delay(Duration::ZERO, n).as_secs());
        assert_eq!(waits, [1, 2, 4, 5, 5]);
    }

    #[test]
    fn a_poll_follows_another_until_done() {
        let mut schedule = Schedule::new(0.0);
        assert!(schedule.begin(false));
        let wait = Next::Wait(Duration::from_secs(2));
        assert_eq!(schedule.end(PollResult::Continue, 20_000.0), wait);
        assert!(schedule.begin(false));
        assert_eq!(schedule.end(PollResult::Done, 30_000.0), Next::Rest);
    }

    #[test]
    fn a_hidden_tab_sends_no_polls() {
        let mut schedule = Schedule::new(0.0);
        assert!(schedule.begin(false));
        // Hidden while the poll is in flight: it ends as usual, the next one isn't sent.
        assert!(matches!(
            schedule.end(PollResult::Continue, 0.0),
            Next::Wait(_)
        ));
        assert!(!schedule.begin(true));
        assert!(!schedule.begin(true));
        assert!(schedule.begin(false), "visible again");
    }

    #[test]
    fn polls_do_not_overlap_and_a_due_one_follows_at_once() {
        let mut schedule = Schedule::new(0.0);
        assert!(schedule.begin(false));
        assert!(!schedule.begin(false));
        assert_eq!(schedule.end(PollResult::Done, 0.0), Next::Poll);
        assert!(schedule.begin(false));
        assert_eq!(schedule.end(PollResult::Done, 0.0), Next::Rest);
    }

    #[test]
    fn waking_begins_with_the_shortest_wait() {
        let mut schedule = Schedule::new(0.0);
        schedule.begin(false);
        schedule.end(PollResult::Failed, 0.0);
        schedule.wake(60_000.0);
        schedule.begin(false);
        let wait = Next::Wait(Duration::from_millis(500));
        assert_eq!(schedule.end(PollResult::Continue, 60_000.0), wait);
    }
}
