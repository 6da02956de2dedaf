//! Which rows of a run are shown or downloaded.

use client::ResultsFilter;
use contract::wire::{ErrorKind, FailureGroup, Outcome, ResultRow};

/// Which rows of a run are shown or downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowFilter {
    /// All rows.
    All,
    /// The rows of one outcome.
    Outcome(Outcome),
    /// The FAILED rows with this status and this error. `None` selects rows without one.
    Failure(Option<u16>, Option<ErrorKind>),
}

impl RowFilter {
    /// The rows of a group of failures.
    pub(crate) fn group(group: &FailureGroup) -> Self {
        Self::Failure(group.status_code, group.error)
    }

    /// The filter of the API's request.
    ///
    /// The API can't select rows without a status or without an error, so its response may have
    /// rows for which [`Self::matches`] is false.
    pub(crate) fn to_api(self) -> ResultsFilter {
        let (outcome, status_code, error) = match self {
            Self::All => (None, None, None),
            Self::Outcome(outcome) => (Some(outcome), None, None),
            Self::Failure(status, error) => (Some(Outcome::Failed), status, error),
        };
        ResultsFilter {
            outcome,
            status_code,
            error,
        }
    }

    /// Whether a row of the response matches: the response may have rows of other groups.
    pub(crate) fn matches(self, row: &ResultRow) -> bool {
        match self {
            Self::Failure(status, error) => row.ended_with(status, error),
            Self::All | Self::Outcome(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::wire::RowError;

    use super::*;

    const TIMED_OUT: RowFilter = RowFilter::Failure(None, Some(ErrorKind::TimedOut));

    #[test]
    fn a_group_s_filter_matches_only_its_own_rows() {
        let failed = |status_code, error: Option<ErrorKind>| ResultRow {
            row: 3,
            line: 4,
            ssn: None,
            outcome: Outcome::Failed,
            status_code,
            body: None,
            error: error.map(RowError::Fetch),
            warning: None,
            duration_ms: None,
            attempts: 1,
        };
        assert!(TIMED_OUT.matches(&failed(None, Some(ErrorKind::TimedOut))));
        assert!(!TIMED_OUT.matches(&failed(Some(200), Some(ErrorKind::TimedOut))));
        let overloaded = RowFilter::Failure(Some(503), None);
        assert!(overloaded.matches(&failed(Some(503), None)));
        assert!(!overloaded.matches(&failed(Some(503), Some(ErrorKind::BodyTooLarge))));
        assert!(RowFilter::All.matches(&failed(Some(503), None)));
    }
}
