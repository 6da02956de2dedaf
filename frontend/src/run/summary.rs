//! A run's counts in words.

use contract::wire::{Execution, ExecutionStatus, Outcome};

use crate::ui::{labels, words};

/// Items that aren't pending.
pub(crate) fn done(execution: &Execution) -> u64 {
    execution.items - execution.counts.pending.min(execution.items)
}

/// What a screen reader says. It changes with each tenth of the run, so that a live run isn't spoken
/// all the time.
pub(crate) fn announcement(execution: &Execution) -> String {
    match execution.status {
        ExecutionStatus::Running => {
            let tenths = done(execution) * 10 / execution.items.max(1);
            format!("Running, {} percent done", tenths * 10)
        }
        status => {
            let counts = execution.counts;
            format!(
                "{}: {} succeeded, {} not found, {} failed, {} not tried",
                labels::status(status),
                words::group_digits(counts.succeeded),
                words::group_digits(counts.not_found),
                words::group_digits(counts.failed),
                words::group_digits(counts.not_tried),
            )
        }
    }
}

/// The terms of a sum, each with its unit.
pub(crate) type Terms = Vec<(u64, &'static str)>;

/// Lines = numbers + repeated + invalid.
pub(crate) fn line_terms(execution: &Execution) -> Terms {
    let unit = match execution.items {
        1 => "number",
        _ => "numbers",
    };
    vec![
        (execution.items, unit),
        (execution.duplicates, "repeated"),
        (execution.invalid, "invalid"),
    ]
}

/// Numbers = succeeded + not found + failed, and pending and not tried where there are any.
pub(crate) fn item_terms(execution: &Execution) -> Terms {
    let counts = execution.counts;
    let mut terms = vec![
        (counts.succeeded, "succeeded"),
        (counts.not_found, "not found"),
        (counts.failed, "failed"),
    ];
    terms.extend((counts.pending > 0).then_some((counts.pending, "pending")));
    terms.extend((counts.not_tried > 0).then_some((counts.not_tried, "not tried")));
    terms
}

/// How many items have an outcome; for INVALID, how many lines.
pub(crate) fn count(execution: &Execution, outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Invalid => execution.invalid,
        _ => execution.counts.get(outcome),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;

    #[test]
    fn both_sums_add_up() {
        let run = execution();
        let sum = |terms: Terms| terms.iter().map(|term| term.0).sum::<u64>();
        assert_eq!(sum(line_terms(&run)), run.rows);
        assert_eq!(sum(item_terms(&run)), run.items);
    }

    #[test]
    fn the_announcement_changes_by_tenths() {
        let mut run = execution();
        assert_eq!(announcement(&run), "Running, 60 percent done");
        run.counts.pending -= 1;
        assert_eq!(announcement(&run), "Running, 60 percent done");
        run.status = ExecutionStatus::Aborted;
        assert!(announcement(&run).starts_with("Stopped: 6,214 succeeded"));
    }

    #[test]
    fn invalid_lines_are_counted_too() {
        assert_eq!(count(&execution(), Outcome::Invalid), 7);
        assert_eq!(count(&execution(), Outcome::Failed), 181);
    }
}
