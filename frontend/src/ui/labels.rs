//! How a run is told in words.

use contract::wire::{Execution, ExecutionStatus, Outcome};

use crate::ui::words;

/// The run's status for people.
pub(crate) fn status_words(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running => "Running",
        ExecutionStatus::Succeeded => "Finished",
        ExecutionStatus::Failed => "Failed",
        ExecutionStatus::TimedOut => "Ran out of time",
        ExecutionStatus::Aborted => "Stopped",
    }
}

/// The run's name for people.
pub(crate) fn name(execution: &Execution) -> String {
    match execution.label.as_deref().map(str::trim) {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => format!("List of {}", words::pluralize(execution.rows, "line")),
    }
}

/// Items that have an answer or have failed in this pass's terms.
pub(crate) fn done(execution: &Execution) -> u64 {
    execution.items - execution.counts.pending.min(execution.items)
}

/// What a screen reader hears. It changes with every tenth of the run and no oftener, so that a
/// live run doesn't talk all the time.
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
                status_words(status),
                words::group_digits(counts.succeeded),
                words::group_digits(counts.not_found),
                words::group_digits(counts.failed),
                words::group_digits(counts.not_tried),
            )
        }
    }
}

/// The parts of a sum: how many, of what.
pub(crate) type Parts = Vec<(u64, &'static str)>;

/// The receipt's first sum: lines = numbers + repeated + invalid.
pub(crate) fn lines_sum(execution: &Execution) -> Parts {
    vec![
        (
            execution.items,
            if execution.items == 1 {
                "number"
            } else {
                "numbers"
            },
        ),
        (execution.duplicates, "repeated"),
        (execution.invalid, "invalid"),
    ]
}

/// The receipt's second sum: numbers = succeeded + not found + failed, and what else there is.
pub(crate) fn items_sum(execution: &Execution) -> Parts {
    let counts = execution.counts;
    let mut parts = vec![
        (counts.succeeded, "succeeded"),
        (counts.not_found, "not found"),
        (counts.failed, "failed"),
    ];
    parts.extend((counts.pending > 0).then_some((counts.pending, "pending")));
    parts.extend((counts.not_tried > 0).then_some((counts.not_tried, "not tried")));
    parts
}

/// The question before a run is deleted: what will be gone.
pub(crate) fn deletion(execution: &Execution) -> String {
    let runs = match execution.status {
        ExecutionStatus::Running => " It still runs, so it is stopped first.",
        _ => "",
    };
    format!(
        "Its {} and all results are erased from the server, for good.{runs} Files that were \
         downloaded stay where they are.",
        words::pluralize(execution.rows, "line")
    )
}

/// What was done, once a run is deleted.
pub(crate) fn deleted(execution: &Execution) -> String {
    format!(
        "“{}” is deleted: its {} and all results are gone.",
        name(execution),
        words::pluralize(execution.rows, "line")
    )
}

/// How many there are of an outcome, for its chip: items, or the lines that are none.
pub(crate) fn rows_like(execution: &Execution, outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Invalid => execution.invalid,
        _ => execution.counts.get(outcome),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use contract::wire::{Counts, RunSettings};

    pub(crate) fn execution() -> Execution {
        Execution {
            id: "01jd0000000000000000000abc".parse().unwrap(),
            label: None,
            status: ExecutionStatus::Running,
            reason: None,
            rows: 10_000,
            items: 9_981,
            duplicates: 12,
            invalid: 7,
            counts: Counts {
                succeeded: 6_214,
                not_found: 388,
                failed: 181,
                pending: 3_198,
                not_tried: 0,
            },
            started_at: "2026-01-02T03:04:05Z".into(),
            stopped_at: None,
            pass: 1,
            settings: RunSettings::default(),
        }
    }

    #[test]
    fn a_run_without_a_label_has_a_name() {
        let mut run = execution();
        assert_eq!(name(&run), "List of 10,000 lines");
        run.label = Some("  ".into());
        assert_eq!(name(&run), "List of 10,000 lines");
        run.label = Some("staff-2026.csv".into());
        assert_eq!(name(&run), "staff-2026.csv");
    }

    #[test]
    fn the_receipt_adds_up() {
        let run = execution();
        assert_eq!(
            lines_sum(&run).iter().map(|part| part.0).sum::<u64>(),
            run.rows
        );
        assert_eq!(
            items_sum(&run).iter().map(|part| part.0).sum::<u64>(),
            run.items
        );
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
    fn a_question_before_deleting_says_what_will_be_gone() {
        let mut run = execution();
        assert!(deletion(&run).starts_with("Its 10,000 lines and all results"));
        assert!(deletion(&run).contains("stopped first"));
        run.status = ExecutionStatus::Succeeded;
        assert!(!deletion(&run).contains("stopped first"));
        assert!(deleted(&run).starts_with("“List of 10,000 lines” is deleted"));
    }

    #[test]
    fn invalid_lines_have_their_number_too() {
        assert_eq!(rows_like(&execution(), Outcome::Invalid), 7);
        assert_eq!(rows_like(&execution(), Outcome::Failed), 181);
    }
}
