//! A row as the table and the panel show it.

use std::sync::Arc;

use contract::wire::{ErrorKind, Outcome, RowError};
use contract::{InvalidReason, Warning};
use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer};

use crate::logic::{json, json_text, words};

/// A page of results as the API tells them.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct RowsPage {
    /// The rows.
    pub rows: Vec<RowView>,
    /// The cursor of the next page, where there is one.
    #[serde(default)]
    pub next: Option<String>,
}

/// A row as the table and the panel show it: a [`contract::wire::ResultRow`] that can be compared
/// and shared, read by [`json::from_str`].
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowView {
    /// The row's number, from 0.
    pub row: u64,
    /// Masked, or nine digits where revealed; none where INVALID.
    pub ssn: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The status of the last attempt that had one.
    pub status_code: Option<u16>,
    /// The upstream's body, a JSON text.
    #[serde(deserialize_with = "body")]
    pub body: Option<Arc<str>>,
    /// Why there is no answer, or why the line is no SSN.
    #[serde(deserialize_with = "error")]
    pub error: Option<RowError>,
    /// What to look at twice.
    pub warning: Option<Warning>,
    /// Milliseconds the last attempt took.
    pub duration_ms: Option<u32>,
    /// GETs made, in all passes.
    pub attempts: u32,
}

fn body<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Arc<str>>, D::Error> {
    Ok(json::raw(reader)?.map(Arc::from))
}

/// What a GET failed by, or why a line is no SSN: no name is both.
fn error<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<RowError>, D::Error> {
    let Some(name) = Option::<String>::deserialize(reader)? else {
        return Ok(None);
    };
    let name: StrDeserializer<'_, D::Error> = name.as_str().into_deserializer();
    let error = ErrorKind::deserialize(name).map(RowError::Fetch);
    let error = error.or_else(|_| InvalidReason::deserialize(name).map(RowError::Invalid));
    error
        .map(Some)
        .map_err(|_| D::Error::custom("no known error"))
}

impl RowView {
    /// Whether the row can never change again.
    pub fn is_settled(&self) -> bool {
        self.outcome.is_answer() || self.outcome == Outcome::Invalid
    }

    /// The number with dots for its hidden digits, `•••-••-6789`, or all of it where it is
    /// revealed; a dash where there is none.
    pub fn number(&self) -> String {
        match self.ssn.as_deref() {
            None => "—".to_owned(),
            Some(ssn) => match parts(ssn) {
                Some((area, group, serial)) => format!("{area}-{group}-{serial}"),
                None => ssn.replace('*', "•"),
            },
        }
    }

    /// The number as a screen reader says it: `ending in 6789`, or all digits one by one.
    pub fn spoken_number(&self) -> String {
        let Some(ssn) = self.ssn.as_deref() else {
            return "no number".to_owned();
        };
        match (parts(ssn), ssn.rsplit('-').next()) {
            (None, Some(last)) => format!("ending in {last}"),
            _ => ssn.chars().flat_map(|digit| [digit, ' ']).collect(),
        }
    }

    /// What a screen reader says once the row is chosen.
    pub fn spoken(&self) -> String {
        format!(
            "Row {}, {}. {}",
            words::group(self.row + 1),
            outcome_words(self.outcome),
            self.says()
        )
    }

    /// What the row says in a few words: the body of an answer, or what went wrong.
    pub fn says(&self) -> String {
        const CHARACTERS: usize = 160;
        match self.outcome {
            Outcome::Succeeded => self
                .body
                .as_deref()
                .map(|body| json_text::preview(body, CHARACTERS))
                .unwrap_or_default(),
            Outcome::NotFound => "the upstream has no such number".to_owned(),
            Outcome::Failed => match self.attempts {
                0 | 1 => self.why().to_owned(),
                attempts => format!(
                    "{}, {}",
                    self.why(),
                    words::count(attempts.into(), "attempt")
                ),
            },
            Outcome::NotTried => "the run ended before it was asked".to_owned(),
            Outcome::Pending if self.attempts > 0 => {
                format!(
                    "asked {} so far",
                    words::count(self.attempts.into(), "time")
                )
            }
            Outcome::Pending => String::new(),
            Outcome::Invalid => self.error.map_or("no SSN", RowError::message).to_owned(),
        }
    }

    fn why(&self) -> &'static str {
        match (self.error, self.status_code) {
            (Some(error), _) => error.message(),
            (None, Some(status)) => status_words(status),
            (None, None) => "no answer",
        }
    }
}

/// The three parts of nine digits; none of what is masked.
fn parts(ssn: &str) -> Option<(&str, &str, &str)> {
    let bare = ssn.len() == 9 && ssn.bytes().all(|byte| byte.is_ascii_digit());
    bare.then(|| (&ssn[..3], &ssn[3..5], &ssn[5..]))
}

/// What a status of a failed GET means.
pub fn status_words(status: u16) -> &'static str {
    match status {
        400 | 422 => "the upstream refused the request",
        401 | 403 => "the upstream refused access",
        408 | 504 => "the upstream took too long",
        429 => "too many requests",
        502 | 503 => "overloaded or down",
        500..=599 => "an error inside the upstream",
        300..=399 => "a redirect that isn't followed",
        _ => "not the answer that was asked for",
    }
}

/// An outcome's name for people.
pub fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "Pending",
        Outcome::Succeeded => "Succeeded",
        Outcome::NotFound => "Not found",
        Outcome::Failed => "Failed",
        Outcome::NotTried => "Not tried",
        Outcome::Invalid => "Invalid",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn row(number: u64, outcome: Outcome) -> RowView {
        RowView {
            row: number,
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

    #[test]
    fn a_row_of_the_wire_becomes_a_row_of_the_page() {
        let row = contract::wire::ResultRow {
            row: 3,
            ssn: Some("***-**-6789".into()),
            outcome: Outcome::Succeeded,
            status_code: Some(200),
            body: Some(
                serde_json::value::RawValue::from_string(r#"{"name": "Ada"}"#.into()).unwrap(),
            ),
            error: None,
            warning: Some(Warning::LooksLikeItin),
            duration_ms: Some(12),
            attempts: 1,
        };
        let told = contract::wire::ResultsPage {
            rows: vec![row.clone(), row],
            next: Some("c".into()),
        };
        let read: RowsPage = json::from_str(&serde_json::to_string(&told).unwrap()).unwrap();
        assert_eq!((read.rows.len(), read.next.as_deref()), (2, Some("c")));
        let view = &read.rows[1];
        assert_eq!(view.number(), "•••-••-6789");
        assert_eq!(view.spoken_number(), "ending in 6789");
        assert_eq!(view.says(), "name: Ada");
        assert_eq!(view.body.as_deref(), Some(r#"{"name": "Ada"}"#));
        assert_eq!(view.warning, Some(Warning::LooksLikeItin));
        assert!(view.is_settled());
    }

    #[test]
    fn every_error_of_the_wire_is_known_to_the_page() {
        for (name, error) in [
            ("null", None),
            ("\"TIMED_OUT\"", Some(RowError::Fetch(ErrorKind::TimedOut))),
            (
                "\"NO_DIGITS\"",
                Some(RowError::Invalid(InvalidReason::NoDigits)),
            ),
        ] {
            let json = format!(
                r#"{{"row":3,"ssn":null,"outcome":"INVALID","statusCode":null,"body":null,
                "error":{name},"warning":null,"durationMs":null,"attempts":0}}"#
            );
            let view: RowView = json::from_str(&json).unwrap();
            assert_eq!((view.error, view.body), (error, None));
        }
    }

    #[test]
    fn a_revealed_number_is_shown_whole() {
        let mut shown = row(0, Outcome::Succeeded);
        shown.ssn = Some("123456789".to_owned());
        assert_eq!(shown.number(), "123-45-6789");
        assert_eq!(shown.spoken_number().trim(), "1 2 3 4 5 6 7 8 9");
        shown.ssn = None;
        assert_eq!(
            (shown.number(), shown.spoken_number()),
            ("—".into(), "no number".into())
        );
    }

    #[test]
    fn every_failure_says_what_went_wrong() {
        let mut failed = row(0, Outcome::Failed);
        failed.status_code = Some(503);
        failed.attempts = 4;
        assert_eq!(failed.says(), "overloaded or down, 4 attempts");
        assert!(
            failed
                .spoken()
                .ends_with(", Failed. overloaded or down, 4 attempts")
        );
        failed.error = Some(RowError::Fetch(ErrorKind::TimedOut));
        failed.attempts = 1;
        assert_eq!(failed.says(), "timed out");
        let mut invalid = row(0, Outcome::Invalid);
        invalid.error = Some(RowError::Invalid(InvalidReason::NoDigits));
        assert_eq!(invalid.says(), "no digits");
    }

    #[test]
    fn only_what_has_its_answer_is_settled() {
        let settled = Outcome::ALL.into_iter().filter(|o| row(0, *o).is_settled());
        assert_eq!(
            settled.collect::<Vec<_>>(),
            [Outcome::Succeeded, Outcome::NotFound, Outcome::Invalid]
        );
    }
}
