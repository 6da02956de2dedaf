//! When to load a run's failures again.

use contract::wire::Execution;

/// Milliseconds between two loads while the run is running: the server reads all results for each.
const INTERVAL: f64 = 4_000.0;

/// The state of a run when its failures were loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct FailuresState {
    /// The run's pass; 0 before the first load.
    pub(crate) pass: u32,
    /// How many items had failed.
    pub(crate) failed: u64,
    /// Whether the run was over.
    pub(crate) is_over: bool,
}

impl FailuresState {
    /// The state of a run now.
    pub(crate) fn of(execution: &Execution) -> Self {
        Self {
            pass: execution.pass,
            failed: execution.counts.failed,
            is_over: execution.status.has_ended(),
        }
    }

    /// Whether to load again, this many milliseconds after the last load.
    pub(crate) fn is_due(self, last: Self, elapsed: f64) -> bool {
        let at_once = self.is_over || last.failed == 0 || self.pass != last.pass;
        self != last && (at_once || elapsed >= INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_load_every_few_seconds_and_at_once_in_a_new_pass_or_at_the_end() {
        let state = |pass, failed, is_over| FailuresState {
            pass,
            failed,
            is_over,
        };
        let last = state(1, 5, false);
        assert!(state(1, 1, false).is_due(FailuresState::default(), 0.0));
        assert!(!state(1, 5, false).is_due(last, 9_000.0));
        assert!(!state(1, 6, false).is_due(last, 3_900.0));
        assert!(state(1, 6, false).is_due(last, 4_000.0));
        assert!(state(1, 5, true).is_due(last, 0.0));
        // A new pass may have as many failures, but in other groups, and be over before the next poll.
        let over = state(1, 5, true);
        assert!(state(2, 5, true).is_due(over, 0.0));
        assert!(state(2, 0, false).is_due(over, 0.0));
        assert!(!over.is_due(over, 9_000.0));
    }
}
