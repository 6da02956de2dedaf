//! Which rows are shown, and what of them can be asked again.

use contract::wire::{
    ErrorKind, Execution, FailureGroup, Outcome, RedriveRequest, ResultRow, RowError,
};

use crate::run::row::outcome_words;
use crate::ui::words;

/// Which rows of a run are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// All.
    All,
    /// Those of one outcome.
    Of(Outcome),
    /// Those that FAILED in one way: with this status, if any, and this error, if any.
    Failed(Option<u16>, Option<ErrorKind>),
}

impl Choice {
    /// The rows of a group of failures.
    pub(crate) fn group(group: &FailureGroup) -> Self {
        Self::Failed(group.status_code, group.error)
    }

    /// The filters as the results' address has them, with an `&` before each.
    pub(crate) fn query(self) -> String {
        let mut query = String::new();
        let outcome = match self {
            Self::All => return query,
            Self::Of(outcome) => outcome,
            Self::Failed(..) => Outcome::Failed,
        };
        query.push_str("&outcome=");
        query.push_str(outcome.as_str());
        if let Self::Failed(status, error) = self {
            if let Some(status) = status {
                query.push_str("&statusCode=");
                query.push_str(&status.to_string());
            }
            if let Some(Ok(name)) = error.map(|error| serde_json::to_string(&error)) {
                query.push_str("&error=");
                query.push_str(name.trim_matches('"'));
            }
        }
        query
    }

    /// Whether a row that came for the query is meant. The address can't ask for rows without a
    /// status or without an error, so a group may come with another one's rows.
    pub(crate) fn admits(self, row: &ResultRow) -> bool {
        match self {
            Self::Failed(status, error) => {
                row.status_code == status && row.error == error.map(RowError::Fetch)
            }
            Self::All | Self::Of(_) => true,
        }
    }

    /// What the rows are, in the few words that a chip has room for: `Not found`,
    /// `503 overloaded`.
    pub(crate) fn words(self) -> String {
        match self {
            Self::All => "All".to_owned(),
            Self::Of(outcome) => outcome_words(outcome).to_owned(),
            Self::Failed(None, error) => words::sentence(error.map_or("no answer", error_word)),
            Self::Failed(Some(status), error) => {
                let why = error.map_or_else(|| status_word(status), error_word);
                format!("{status} {why}")
            }
        }
    }
}

fn status_word(status: u16) -> &'static str {
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

fn error_word(error: ErrorKind) -> &'static str {
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

/// Numbers that can be asked again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Again {
    /// What the button says.
    pub(crate) words: String,
    /// What it asks for.
    pub(crate) request: RedriveRequest,
}

/// Everything of a run that can be asked again; none while it runs.
pub(crate) fn all_again(execution: &Execution) -> Option<Again> {
    let counts = execution.counts;
    let all = counts.failed + counts.not_tried;
    let words = match (counts.failed, counts.not_tried) {
        _ if !execution.status.has_ended() => return None,
        (0, 0) => return None,
        (_, 0) => format!("Try {} again", words::group_digits(all)),
        (0, _) => format!("Go on with the {} not tried", words::group_digits(all)),
        (_, _) => format!("Go on with {}", words::group_digits(all)),
    };
    Some(Again {
        words,
        request: RedriveRequest::default(),
    })
}

/// What of the chosen rows can be asked again; none where that is nothing or all.
pub(crate) fn chosen_again(
    execution: &Execution,
    groups: &[FailureGroup],
    choice: Choice,
) -> Option<Again> {
    let counts = execution.counts;
    let of = |outcome| RedriveRequest {
        outcome: Some(outcome),
        ..RedriveRequest::default()
    };
    let (items, words, request) = match choice {
        _ if !execution.status.has_ended() => return None,
        Choice::Of(Outcome::Failed) => (
            counts.failed,
            format!(
                "Try the {} failed again",
                words::group_digits(counts.failed)
            ),
            of(Outcome::Failed),
        ),
        Choice::Of(Outcome::NotTried) => (
            counts.not_tried,
            format!(
                "Go on with the {} not tried",
                words::group_digits(counts.not_tried)
            ),
            of(Outcome::NotTried),
        ),
        Choice::Failed(..) => {
            let group = groups.iter().find(|group| Choice::group(group) == choice)?;
            (
                group.items,
                format!("Try these {} again", words::group_digits(group.items)),
                group.redrive_request(),
            )
        }
        Choice::All | Choice::Of(_) => return None,
    };
    let some = 0 < items && items < counts.failed + counts.not_tried;
    some.then_some(Again { words, request })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::row::tests::row;
    use crate::ui::labels::tests::execution;
    use contract::wire::ExecutionStatus;

    const TIMED_OUT: Choice = Choice::Failed(None, Some(ErrorKind::TimedOut));

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

    fn over() -> Execution {
        let mut run = execution();
        run.status = ExecutionStatus::Succeeded;
        run
    }

    #[test]
    fn a_choice_is_asked_for_by_the_api_s_filters() {
        for (choice, query) in [
            (Choice::All, ""),
            (Choice::Of(Outcome::NotFound), "&outcome=NOT_FOUND"),
            (
                Choice::Failed(Some(503), None),
                "&outcome=FAILED&statusCode=503",
            ),
            (TIMED_OUT, "&outcome=FAILED&error=TIMED_OUT"),
        ] {
            assert_eq!(choice.query(), query);
        }
    }

    #[test]
    fn a_group_shows_its_own_rows_only() {
        let failed = |status_code, error: Option<ErrorKind>| ResultRow {
            status_code,
            error: error.map(RowError::Fetch),
            ..row(3, Outcome::Failed)
        };
        assert!(TIMED_OUT.admits(&failed(None, Some(ErrorKind::TimedOut))));
        assert!(!TIMED_OUT.admits(&failed(Some(200), Some(ErrorKind::TimedOut))));
        let overloaded = Choice::Failed(Some(503), None);
        assert!(overloaded.admits(&failed(Some(503), None)));
        assert!(!overloaded.admits(&failed(Some(503), Some(ErrorKind::BodyTooLarge))));
        assert!(Choice::All.admits(&failed(Some(503), None)));
    }

    #[test]
    fn a_group_is_named_by_status_or_error() {
        assert_eq!(Choice::Failed(Some(503), None).words(), "503 overloaded");
        assert_eq!(TIMED_OUT.words(), "Timed out");
    }

    #[test]
    fn what_can_be_asked_again_is_counted_in_the_button() {
        let mut run = over();
        let all = |run: &Execution| all_again(run).map(|again| again.words);
        assert_eq!(all(&run).unwrap(), "Try 181 again");
        run.counts.not_tried = 5;
        assert_eq!(all(&run).unwrap(), "Go on with 186");
        run.counts.failed = 0;
        assert_eq!(all(&run).unwrap(), "Go on with the 5 not tried");
        run.counts.not_tried = 0;
        assert_eq!(all(&run), None);
        assert_eq!(all(&execution()), None, "it runs");
    }

    #[test]
    fn a_group_or_an_outcome_is_asked_again_where_it_isn_t_all_there_is() {
        let mut run = over();
        let again = |run: &Execution, choice| chosen_again(run, &groups(), choice);
        let overloaded = again(&run, Choice::Failed(Some(503), None)).unwrap();
        assert_eq!(overloaded.words, "Try these 164 again");
        assert_eq!(overloaded.request, groups()[0].redrive_request());
        assert_eq!(again(&run, Choice::Failed(Some(500), None)), None, "gone");
        assert_eq!(again(&run, Choice::Of(Outcome::Failed)), None, "it is all");
        assert_eq!(again(&run, Choice::Of(Outcome::Succeeded)), None);
        run.counts.not_tried = 5;
        let failed = again(&run, Choice::Of(Outcome::Failed)).unwrap();
        assert_eq!(failed.words, "Try the 181 failed again");
        let not_tried = again(&run, Choice::Of(Outcome::NotTried)).unwrap();
        assert_eq!(not_tried.words, "Go on with the 5 not tried");
        run.status = ExecutionStatus::Running;
        assert_eq!(again(&run, TIMED_OUT), None);
    }
}
