//! When the page asks its server again.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait before the next poll. Young runs are watched closely; the wait grows with the
/// time the page has followed, to 5 s after 50 s. After an error it doubles from 1 s to 5 s.
pub(crate) fn delay(followed: Duration, failures_in_a_row: u32) -> Duration {
    if failures_in_a_row > 0 {
        let doubled = Duration::from_secs(1 << (failures_in_a_row - 1).min(8));
        return doubled.min(LONGEST);
    }
    (followed / 10).clamp(SHORTEST, LONGEST)
}

/// What came of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// There may be news later.
    Again,
    /// It failed, and may not the next time.
    Failed,
    /// There is nothing more to ask for.
    End,
}

/// What a poller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is called now.
    Call,
    /// It is called after this time.
    Wait(Duration),
    /// It rests until it is woken.
    Rest,
}

/// When something is polled: one call at a time, none while nobody looks. Times are milliseconds
/// of any clock.
#[derive(Debug)]
pub(crate) struct Polling {
    since: f64,
    failures: u32,
    asking: bool,
    /// A poll is due, but the tab is hidden, or another poll is on its way.
    due: bool,
}

impl Polling {
    /// Polling that begins now.
    pub(crate) fn new(now: f64) -> Self {
        Self {
            since: now,
            failures: 0,
            asking: false,
            due: false,
        }
    }

    /// Polls closely from now on.
    pub(crate) fn wake(&mut self, now: f64) {
        self.since = now;
        self.failures = 0;
    }

    /// It is time to poll: whether to ask now.
    pub(crate) fn call(&mut self, hidden: bool) -> bool {
        self.due = self.asking || hidden;
        self.asking |= !hidden;
        !self.due
    }

    /// An answer came.
    pub(crate) fn came(&mut self, came: Came, now: f64) -> Next {
        self.asking = false;
        self.failures = match came {
            Came::Failed => self.failures.saturating_add(1),
            Came::Again | Came::End => 0,
        };
        match came {
            _ if self.due => Next::Call,
            Came::End => Next::Rest,
            Came::Again | Came::Failed => {
                let followed = Duration::from_millis((now - self.since).max(0.0) as u64);
                Next::Wait(delay(followed, self.failures))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_the_run_and_has_an_end() {
        let waits = [0, 4, 20, 50, 3_600].map(|s| delay(Duration::from_secs(s), 0).as_millis());
        assert_eq!(waits, [500, 500, 2_000, 5_000, 5_000]);
    }

    #[test]
    fn errors_are_asked_after_more_and_more_seldom() {
        let waits = [1, 2, 3, 4, 1_000].map(|n| delay(Duration::ZERO, n).as_secs());
        assert_eq!(waits, [1, 2, 4, 5, 5]);
    }

    #[test]
    fn a_poll_follows_another_until_the_end() {
        let mut polling = Polling::new(0.0);
        assert!(polling.call(false));
        let wait = Next::Wait(Duration::from_secs(2));
        assert_eq!(polling.came(Came::Again, 20_000.0), wait);
        assert!(polling.call(false));
        assert_eq!(polling.came(Came::End, 30_000.0), Next::Rest);
    }

    #[test]
    fn a_hidden_tab_asks_nothing_until_it_is_seen() {
        let mut polling = Polling::new(0.0);
        assert!(polling.call(false));
        // Hidden while the call is on its way: its answer is taken, the next falls due and rests.
        assert!(matches!(polling.came(Came::Again, 0.0), Next::Wait(_)));
        assert!(!polling.call(true));
        assert!(!polling.call(true));
        assert!(polling.call(false), "seen again");
    }

    #[test]
    fn one_call_is_on_its_way_at_a_time_and_another_follows_at_once_where_one_was_due() {
        let mut polling = Polling::new(0.0);
        assert!(polling.call(false));
        assert!(!polling.call(false));
        assert_eq!(polling.came(Came::End, 0.0), Next::Call);
        assert!(polling.call(false));
        assert_eq!(polling.came(Came::End, 0.0), Next::Rest);
    }

    #[test]
    fn what_is_woken_is_watched_closely_again() {
        let mut polling = Polling::new(0.0);
        polling.call(false);
        polling.came(Came::Failed, 0.0);
        polling.wake(60_000.0);
        polling.call(false);
        let wait = Next::Wait(Duration::from_millis(500));
        assert_eq!(polling.came(Came::Again, 60_000.0), wait);
    }
}
