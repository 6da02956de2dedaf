//! Decides from the names of a batch's segments whether it can hold a row that matches the filters.

use contract::wire::{Outcome, RowError};

use super::Filters;
use crate::SegmentName;

/// The possible outcomes of a row that matches the filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MatchingOutcomes {
    succeeded: bool,
    not_found: bool,
    failed: bool,
    /// PENDING or NOT_TRIED.
    no_result: bool,
}

impl MatchingOutcomes {
    pub(super) fn new(filters: &Filters) -> Self {
        let can_match = |outcome| {
            filters.outcome.is_none_or(|wanted| wanted == outcome)
                && filters
                    .status_code
                    .is_none_or(|status| can_have_status(outcome, status))
                && filters.error.is_none_or(|error| {
                    outcome == Outcome::Failed && matches!(error, RowError::Fetch(_))
                })
        };
        Self {
            succeeded: can_match(Outcome::Succeeded),
            not_found: can_match(Outcome::NotFound),
            failed: can_match(Outcome::Failed),
            no_result: can_match(Outcome::Pending) || can_match(Outcome::NotTried),
        }
    }

    /// Whether a batch may hold a matching row. `names` are its segments, `items` its number of items.
    pub(super) fn may_occur_in(self, names: &[SegmentName], items: u32) -> bool {
        if names.is_empty() {
            return self.no_result;
        }
        let complete = names
            .iter()
            .map(SegmentName::totals)
            .find(|totals| totals.succeeded + totals.not_found == items);
        let Some(totals) = complete else {
            return self != Self::default();
        };
        // Two writers may have written different results of the same item. Only one of them is used.
        let one_writer = names.iter().all(|name| name.writer() == names[0].writer());
        self.succeeded && !(one_writer && totals.succeeded == 0)
            || self.not_found && !(one_writer && totals.not_found == 0)
    }
}

/// Whether a row with this outcome can have this status.
///
/// A FAILED row can have any status, even 200 if the connection broke during the response.
fn can_have_status(outcome: Outcome, status: u16) -> bool {
    match outcome {
        Outcome::Succeeded => (200..=299).contains(&status),
        Outcome::NotFound => matches!(status, 404 | 410),
        Outcome::Failed => true,
        Outcome::Pending | Outcome::NotTried | Outcome::Invalid => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SegmentTotals;
    use contract::InvalidReason;
    use contract::wire::ErrorKind;

    fn name(writer: &str, succeeded: u32, not_found: u32, failed: u32) -> SegmentName {
        let totals = SegmentTotals {
            succeeded,
            not_found,
            failed,
            pending: 10 - succeeded - not_found - failed,
            failed_in_pass: failed,
        };
        SegmentName::new(1, 1, writer, totals)
    }

    fn may_occur_in(filters: &Filters, names: &[SegmentName]) -> bool {
        MatchingOutcomes::new(filters).may_occur_in(names, 10)
    }

    #[test]
    fn a_batch_is_skipped_only_if_no_row_can_match() {
        let outcome = |outcome| Filters {
            outcome: Some(outcome),
            ..Filters::default()
        };
        let (found, mixed, part, failing) = (
            [name("a", 10, 0, 0)],
            [name("a", 9, 1, 0)],
            [name("a", 4, 0, 0)],
            [name("a", 9, 0, 1)],
        );
        for (wanted, expected) in [
            (Outcome::Succeeded, [true, true, true, true, false]),
            (Outcome::NotFound, [false, true, true, true, false]),
            (Outcome::Failed, [false, false, true, true, false]),
            (Outcome::Pending, [false, false, true, true, true]),
            (Outcome::NotTried, [false, false, true, true, true]),
            (Outcome::Invalid, [false; 5]),
        ] {
            let filters = outcome(wanted);
            let found = [&found[..], &mixed, &part, &failing, &[]]
                .map(|names| may_occur_in(&filters, names));
            assert_eq!(found, expected, "{wanted:?}");
        }
        // Both writers may have a result of the same item. Only the earlier one is used.
        let two = [name("a", 10, 0, 0), name("b", 2, 0, 0)];
        assert!(may_occur_in(&outcome(Outcome::NotFound), &two));
        assert!(!may_occur_in(&outcome(Outcome::Failed), &two));
    }

    #[test]
    fn a_status_or_an_error_limits_the_outcomes() {
        let of = |outcome, status_code, error| {
            MatchingOutcomes::new(&Filters {
                outcome,
                status_code,
                error,
            })
        };
        let failed = of(Some(Outcome::Failed), None, None);
        assert_eq!(of(None, Some(503), None), failed);
        assert_eq!(
            of(None, None, Some(RowError::Fetch(ErrorKind::TimedOut))),
            failed
        );
        let invalid = Some(RowError::Invalid(InvalidReason::NoDigits));
        assert_eq!(of(None, None, invalid), MatchingOutcomes::default());
        assert_eq!(
            of(Some(Outcome::Succeeded), Some(404), None),
            MatchingOutcomes::default()
        );
        assert!(of(None, Some(200), None).succeeded && of(None, Some(200), None).failed);
        assert!(of(None, Some(410), None).not_found);
    }
}
