//! When to look again at what failed in a run.

use contract::wire::Execution;

/// Milliseconds between two looks while a run goes on: the server reads all results for each.
const EVERY: f64 = 4_000.0;

/// As of what a run's failures were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct AsOf {
    /// The run's pass; 0 before the first look.
    pub(crate) pass: u32,
    /// How many had failed.
    pub(crate) failed: u64,
    /// Whether the run was over.
    pub(crate) over: bool,
}

impl AsOf {
    /// As of how a run stands.
    pub(crate) fn of(execution: &Execution) -> Self {
        Self {
            pass: execution.pass,
            failed: execution.counts.failed,
            over: execution.status.has_ended(),
        }
    }

    /// Whether to look again, so many milliseconds after the last look.
    pub(crate) fn is_due(self, last: Self, since: f64) -> bool {
        let at_once = self.over || last.failed == 0 || self.pass != last.pass;
        self != last && (at_once || since >= EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_looked_at_every_few_seconds_and_at_once_where_it_matters() {
        let as_of = |pass, failed, over| AsOf { pass, failed, over };
        let last = as_of(1, 5, false);
        assert!(as_of(1, 1, false).is_due(AsOf::default(), 0.0));
        assert!(!as_of(1, 5, false).is_due(last, 9_000.0));
        assert!(!as_of(1, 6, false).is_due(last, 3_900.0));
        assert!(as_of(1, 6, false).is_due(last, 4_000.0));
        assert!(as_of(1, 5, true).is_due(last, 0.0));
        // Another pass may fail as often in another way, and be over before it is seen.
        let over = as_of(1, 5, true);
        assert!(as_of(2, 5, true).is_due(over, 0.0));
        assert!(as_of(2, 0, false).is_due(over, 0.0));
        assert!(!over.is_due(over, 9_000.0));
    }
}
