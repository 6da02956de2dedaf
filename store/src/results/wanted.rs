//! Which batches a filter can rule out by their segments' names.

use contract::wire::{Outcome, RowError};

use super::Filters;
use crate::SegmentName;

/// The outcomes that a row may have to pass the filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    succeeded: bool,
    not_found: bool,
    failed: bool,
    /// PENDING or NOT_TRIED.
    unanswered: bool,
}

impl Wanted {
    pub(super) fn of(filters: &Filters) -> Self {
        let may_be = |outcome| {
            filters.outcome.is_none_or(|wanted| wanted == outcome)
                && filters
                    .status_code
                    .is_none_or(|status| has(outcome, status))
                && filters.error.is_none_or(|error| {
                    outcome == Outcome::Failed && matches!(error, RowError::Fetch(_))
                })
        };
        Self {
            succeeded: may_be(Outcome::Succeeded),
            not_found: may_be(Outcome::NotFound),
            failed: may_be(Outcome::Failed),
            unanswered: may_be(Outcome::Pending) || may_be(Outcome::NotTried),
        }
    }

    /// Whether an item of a batch of so many items, with these segments, may pass.
    pub(super) fn may_be_in(self, names: &[SegmentName], items: u32) -> bool {
        if names.is_empty() {
            return self.unanswered;
        }
        let all_answered = names
            .iter()
            .map(SegmentName::totals)
            .find(|totals| totals.succeeded + totals.not_found == items);
        let Some(totals) = all_answered else {
            return self != Self::default();
        };
        // Two writers may have got different answers for an item, and one of them isn't counted.
        let one_writer = names.iter().all(|name| name.writer() == names[0].writer());
        self.succeeded && !(one_writer && totals.succeeded == 0)
            || self.not_found && !(one_writer && totals.not_found == 0)
    }
}

/// Whether a row of this outcome can have this status. A failure can have any: that of an answer
/// too, where it broke off.
fn has(outcome: Outcome, status: u16) -> bool {
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

    fn may_be_in(filters: &Filters, names: &[SegmentName]) -> bool {
        Wanted::of(filters).may_be_in(names, 10)
    }

    #[test]
    fn only_what_cannot_be_there_is_ruled_out() {
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
            let told =
                [&found[..], &mixed, &part, &failing, &[]].map(|names| may_be_in(&filters, names));
            assert_eq!(told, expected, "{wanted:?}");
        }
        // One of two writers may count an answer that the other's takes the place of.
        let two = [name("a", 10, 0, 0), name("b", 2, 0, 0)];
        assert!(may_be_in(&outcome(Outcome::NotFound), &two));
        assert!(!may_be_in(&outcome(Outcome::Failed), &two));
    }

    #[test]
    fn a_status_or_an_error_stands_for_outcomes() {
        let of = |outcome, status_code, error| {
            Wanted::of(&Filters {
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
        assert_eq!(of(None, None, invalid), Wanted::default());
        assert_eq!(
            of(Some(Outcome::Succeeded), Some(404), None),
            Wanted::default()
        );
        assert!(of(None, Some(200), None).succeeded && of(None, Some(200), None).failed);
        assert!(of(None, Some(410), None).not_found);
    }
}
