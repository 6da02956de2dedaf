//! Values that several tests use.

use contract::wire::{Counts, Execution, ExecutionStatus, Outcome, ResultRow, RunSettings};

/// A run of 10,000 lines that is two thirds done.
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

/// A row with a masked number and nothing else.
pub(crate) fn row(row: u64, outcome: Outcome) -> ResultRow {
    ResultRow {
        row,
        line: row + 1,
        ssn: Some("***-**-6789".to_owned()),
        outcome,
        status_code: None,
        body: None,
        error: None,
        warning: None,
        duration_ms: None,
        attempts: 0,
    }
}
