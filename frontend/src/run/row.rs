//! A row of results in words, for the table and the panel.

use std::sync::Arc;

use contract::wire::{Outcome, ResultRow, RowError};

use crate::run::body_text;
use crate::ui::{labels, words};

/// A row that the table, the panel and the rows' store share.
pub(crate) type Row = Arc<ResultRow>;

/// Whether the row can't change any more.
pub(crate) fn is_final(row: &ResultRow) -> bool {
    row.outcome.is_definitive() || row.outcome == Outcome::Invalid
}

/// The number as it is shown: `•••-••-6789`, or `123-45-6789` where revealed; a dash if there is none.
pub(crate) fn number(row: &ResultRow) -> String {
    match row.ssn.as_deref() {
        None => "—".to_owned(),
        Some(ssn) => match parts(ssn) {
            Some((area, group, serial)) => format!("{area}-{group}-{serial}"),
            None => ssn.replace('*', "•"),
        },
    }
}

/// The number as a screen reader says it: `ending in 6789`, or all digits one by one.
pub(crate) fn spoken_number(row: &ResultRow) -> String {
    let Some(ssn) = row.ssn.as_deref() else {
        return "no number".to_owned();
    };
    match (parts(ssn), ssn.rsplit('-').next()) {
        (None, Some(last)) => format!("ending in {last}"),
        _ => ssn.chars().flat_map(|digit| [digit, ' ']).collect(),
    }
}

/// The row as a screen reader says it when the panel opens.
pub(crate) fn spoken(row: &ResultRow) -> String {
    format!(
        "Line {}, {}. {}",
        words::group_digits(row.line),
        labels::outcome(row.outcome),
        summary(row)
    )
}

/// The row in a few words: the start of the body, or what went wrong.
pub(crate) fn summary(row: &ResultRow) -> String {
    const CHARACTERS: usize = 160;
    match row.outcome {
        Outcome::Succeeded => row
            .body
            .as_ref()
            .map(|body| body_text::preview(body.get(), CHARACTERS))
            .unwrap_or_default(),
        Outcome::NotFound => "the upstream has no such number".to_owned(),
        Outcome::Failed => match row.attempts {
            0 | 1 => failure(row).to_owned(),
            attempts => format!(
                "{}, {}",
                failure(row),
                words::pluralize(attempts.into(), "attempt")
            ),
        },
        Outcome::NotTried => "the run ended before it was requested".to_owned(),
        Outcome::Pending => String::new(),
        Outcome::Invalid => row
            .error
            .map_or("not a Social Security Number", RowError::message)
            .to_owned(),
    }
}

fn failure(row: &ResultRow) -> &'static str {
    match (row.error, row.status_code) {
        (Some(error), _) => error.message(),
        (None, Some(status)) => status_words(status),
        (None, None) => "no answer",
    }
}

/// The three parts of a full number; none if it is masked.
fn parts(ssn: &str) -> Option<(&str, &str, &str)> {
    let bare = ssn.len() == 9 && ssn.bytes().all(|byte| byte.is_ascii_digit());
    bare.then(|| (&ssn[..3], &ssn[3..5], &ssn[5..]))
}

/// What the status of a failed request means.
fn status_words(status: u16) -> &'static str {
    match status {
        400 | 422 => "the upstream refused the request",
        401 | 403 => "the upstream refused access",
        408 | 504 => "the upstream took too long",
        429 => "too many requests",
        502 | 503 => "overloaded or down",
        500..=599 => "an error inside the upstream",
        300..=399 => "a redirect that isn't followed",
        _ => "an unexpected status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::row;
    use contract::InvalidReason;
    use contract::wire::ErrorKind;

    #[test]
    fn a_masked_number_is_shown_by_its_last_digits() {
        let masked = row(0, Outcome::Succeeded);
        assert_eq!(number(&masked), "•••-••-6789");
        assert_eq!(spoken_number(&masked), "ending in 6789");
    }

    #[test]
    fn a_revealed_number_is_shown_whole() {
        let mut revealed = row(0, Outcome::Succeeded);
        revealed.ssn = Some("123456789".to_owned());
        assert_eq!(number(&revealed), "123-45-6789");
        assert_eq!(spoken_number(&revealed).trim(), "1 2 3 4 5 6 7 8 9");
        revealed.ssn = None;
        assert_eq!(number(&revealed), "—");
        assert_eq!(spoken_number(&revealed), "no number");
    }

    #[test]
    fn a_row_that_succeeded_is_summed_up_by_its_body() {
        let mut succeeded = row(3, Outcome::Succeeded);
        assert_eq!(summary(&succeeded), "");
        let body = r#"{"name": "Ada"}"#.to_owned();
        succeeded.body = Some(serde_json::value::RawValue::from_string(body).unwrap());
        assert_eq!(summary(&succeeded), "name: Ada");
    }

    #[test]
    fn a_row_that_failed_is_summed_up_by_its_failure() {
        let mut failed = row(0, Outcome::Failed);
        failed.status_code = Some(503);
        failed.attempts = 4;
        assert_eq!(summary(&failed), "overloaded or down, 4 attempts");
        assert_eq!(
            spoken(&failed),
            "Line 1, Failed. overloaded or down, 4 attempts"
        );
        failed.error = Some(RowError::Fetch(ErrorKind::TimedOut));
        failed.attempts = 1;
        assert_eq!(summary(&failed), "timed out");
        let mut invalid = row(0, Outcome::Invalid);
        invalid.error = Some(RowError::Invalid(InvalidReason::NoDigits));
        assert_eq!(summary(&invalid), "no digits");
    }

    #[test]
    fn only_responses_and_invalid_lines_are_final() {
        let outcomes = Outcome::ALL.into_iter();
        let finals: Vec<_> = outcomes.filter(|o| is_final(&row(0, *o))).collect();
        assert_eq!(
            finals,
            [Outcome::Succeeded, Outcome::NotFound, Outcome::Invalid]
        );
    }
}
