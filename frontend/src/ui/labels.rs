//! Names of outcomes, statuses and runs for people.

use contract::wire::{Execution, ExecutionStatus, Outcome};

use crate::ui::words;

/// An outcome's name.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "Pending",
        Outcome::Succeeded => "Succeeded",
        Outcome::NotFound => "Not found",
        Outcome::Failed => "Failed",
        Outcome::NotTried => "Not tried",
        Outcome::Invalid => "Invalid",
    }
}

/// A run's status.
pub(crate) fn status(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running => "Running",
        ExecutionStatus::Succeeded => "Finished",
        ExecutionStatus::Failed => "Failed",
        ExecutionStatus::TimedOut => "Ran out of time",
        ExecutionStatus::Aborted => "Stopped",
    }
}

/// A run's name: its label, or `List of 10,000 lines`.
pub(crate) fn name(execution: &Execution) -> String {
    match execution.label.as_deref().map(str::trim) {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => format!("List of {}", words::pluralize(execution.rows, "line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;

    #[test]
    fn a_run_without_a_label_has_a_name() {
        let mut run = execution();
        assert_eq!(name(&run), "List of 10,000 lines");
        run.label = Some("  ".into());
        assert_eq!(name(&run), "List of 10,000 lines");
        run.label = Some("staff-2026.csv".into());
        assert_eq!(name(&run), "staff-2026.csv");
    }
}
