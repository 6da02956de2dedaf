//! Which items of a run can be requested again, and labels of row filters.

use contract::wire::{ErrorKind, Execution, FailureGroup, Outcome, RedriveRequest};

use crate::api::RowFilter;
use crate::ui::{labels, words};

/// A filter's name, short enough for a chip: `Not found`, `503 overloaded`.
pub(crate) fn filter_label(filter: RowFilter) -> String {
    match filter {
        RowFilter::All => "All".to_owned(),
        RowFilter::Outcome(outcome) => labels::outcome(outcome).to_owned(),
        RowFilter::Failure(None, error) => words::sentence(error.map_or("no answer", error_label)),
        RowFilter::Failure(Some(status), error) => {
            let reason = error.map_or_else(|| status_label(status), error_label);
            format!("{status} {reason}")
        }
    }
}

fn status_label(status: u16) -> &'static str {
    match status {
        400 | 422 => "request refused",
        401 | 403 => "access refused",
        408 | 504 => "too slow",
        429 => "too many requests",
        502 | 503 => "overloaded",
        500..=599 => "upstream error",
        300..=399 => "redirect",
        _ => "unexpected",
    }
}

fn error_label(error: ErrorKind) -> &'static str {
    match error {
        ErrorKind::ConnectFailed => "no connection",
        ErrorKind::TlsFailed => "TLS failed",
        ErrorKind::TimedOut => "timed out",
        ErrorKind::ConnectionLost => "connection broke",
        ErrorKind::BodyTooLarge => "answer too large",
        ErrorKind::RedirectRefused => "redirect refused",
        ErrorKind::InvalidAnswer => "no valid HTTP",
    }
}

/// A redrive that people can start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Redrive {
    /// The button's label, with the number of items.
    pub(crate) label: String,
    /// The request.
    pub(crate) request: RedriveRequest,
}

/// The redrive of all FAILED and NOT_TRIED items; none while the run is running or without such items.
pub(crate) fn redrive_all(execution: &Execution) -> Option<Redrive> {
    let counts = execution.counts;
    let all = counts.failed + counts.not_tried;
    let label = match (counts.failed, counts.not_tried) {
        _ if !execution.status.has_ended() => return None,
        (0, 0) => return None,
        (_, 0) => format!("Try {} again", words::group_digits(all)),
        (0, _) => format!("Continue with the {} not tried", words::group_digits(all)),
        (_, _) => format!("Continue with {}", words::group_digits(all)),
    };
    Some(Redrive {
        label,
        request: RedriveRequest::default(),
    })
}

/// The redrive of the rows that are shown.
///
/// None if they have no items to redrive, or the same ones as [`redrive_all`].
pub(crate) fn redrive_shown(
    execution: &Execution,
    groups: &[FailureGroup],
    filter: RowFilter,
) -> Option<Redrive> {
    let counts = execution.counts;
    let request_for = |outcome| RedriveRequest {
        outcome: Some(outcome),
        ..RedriveRequest::default()
    };
    let (items, label, request) = match filter {
        _ if !execution.status.has_ended() => return None,
        RowFilter::Outcome(Outcome::Failed) => (
            counts.failed,
            format!(
                "Try the {} failed again",
                words::group_digits(counts.failed)
            ),
            request_for(Outcome::Failed),
        ),
        RowFilter::Outcome(Outcome::NotTried) => (
            counts.not_tried,
            format!(
                "Continue with the {} not tried",
                words::group_digits(counts.not_tried)
            ),
            request_for(Outcome::NotTried),
        ),
        RowFilter::Failure(..) => {
            let group = groups
                .iter()
                .find(|group| RowFilter::group(group) == filter)?;
            (
                group.items,
                format!("Try these {} again", words::group_digits(group.items)),
                group.redrive_request(),
            )
        }
        RowFilter::All | RowFilter::Outcome(_) => return None,
    };
    let is_part = 0 < items && items < counts.failed + counts.not_tried;
    is_part.then_some(Redrive { label, request })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;
    use contract::wire::ExecutionStatus;

    const TIMED_OUT: RowFilter = RowFilter::Failure(None, Some(ErrorKind::TimedOut));

    fn groups() -> Vec<FailureGroup> {
        [
            (Some(503), None, 164),
            (None, Some(ErrorKind::TimedOut), 17),
        ]
        .map(|(status_code, error, items)| FailureGroup {
            status_code,
            error,
            items,
        })
        .to_vec()
    }

    fn ended_run() -> Execution {
        let mut run = execution();
        run.status = ExecutionStatus::Succeeded;
        run
    }

    #[test]
    fn a_group_is_named_by_status_or_error() {
        let overloaded = RowFilter::Failure(Some(503), None);
        assert_eq!(filter_label(overloaded), "503 overloaded");
        assert_eq!(filter_label(TIMED_OUT), "Timed out");
    }

    #[test]
    fn the_button_counts_what_is_requested_again() {
        let mut run = ended_run();
        let all = |run: &Execution| redrive_all(run).map(|redrive| redrive.label);
        assert_eq!(all(&run).unwrap(), "Try 181 again");
        run.counts.not_tried = 5;
        assert_eq!(all(&run).unwrap(), "Continue with 186");
        run.counts.failed = 0;
        assert_eq!(all(&run).unwrap(), "Continue with the 5 not tried");
        run.counts.not_tried = 0;
        assert_eq!(all(&run), None);
        assert_eq!(all(&execution()), None, "it is running");
    }

    #[test]
    fn shown_rows_have_a_button_unless_they_are_all() {
        let mut run = ended_run();
        let shown = |run: &Execution, filter| redrive_shown(run, &groups(), filter);
        let overloaded = shown(&run, RowFilter::Failure(Some(503), None)).unwrap();
        assert_eq!(overloaded.label, "Try these 164 again");
        assert_eq!(overloaded.request, groups()[0].redrive_request());
        let gone = RowFilter::Failure(Some(500), None);
        assert_eq!(shown(&run, gone), None, "there is no such group");
        let failed = RowFilter::Outcome(Outcome::Failed);
        assert_eq!(shown(&run, failed), None, "that is all");
        let succeeded = RowFilter::Outcome(Outcome::Succeeded);
        assert_eq!(shown(&run, succeeded), None);
        run.counts.not_tried = 5;
        assert_eq!(
            shown(&run, failed).unwrap().label,
            "Try the 181 failed again"
        );
        let not_tried = shown(&run, RowFilter::Outcome(Outcome::NotTried)).unwrap();
        assert_eq!(not_tried.label, "Continue with the 5 not tried");
        run.status = ExecutionStatus::Running;
        assert_eq!(shown(&run, TIMED_OUT), None);
    }
}
