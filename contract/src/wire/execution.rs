//! An execution: one list's run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::list::{ReadOptions, Validation};
use crate::wire::Outcome;

/// Names an execution, or an uploaded list: 26 lower-case characters of Crockford's base32. They
/// sort newest first, since inverted milliseconds come first. No other text can become one, so an
/// id is safe in a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ExecutionId(String);

/// The text is no execution id.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no execution id: it takes 26 lower-case letters and digits")]
pub struct ExecutionIdError;

impl ExecutionId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExecutionId {
    type Err = ExecutionIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let crockford = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z');
        (text.len() == 26 && text.bytes().all(crockford))
            .then(|| Self(text.to_owned()))
            .ok_or(ExecutionIdError)
    }
}

impl TryFrom<String> for ExecutionId {
    type Error = ExecutionIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ExecutionId> for String {
    fn from(id: ExecutionId) -> Self {
        id.0
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an execution stands, in AWS Step Functions' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// Numbers are still being asked.
    Running,
    /// Every item has its answer or its failure, and no more failed than is tolerated.
    Succeeded,
    /// More failed than is tolerated, or a batch was lost.
    Failed,
    /// The engine's own time limit ended the run.
    TimedOut,
    /// Somebody stopped the run.
    Aborted,
}

impl ExecutionStatus {
    /// Whether the run is over.
    pub fn has_ended(self) -> bool {
        self != Self::Running
    }
}

/// Items by outcome. Items, not rows: a number that stands in two lines counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Counts {
    /// Answered with a 2xx.
    pub succeeded: u64,
    /// Answered with 404 or 410.
    pub not_found: u64,
    /// Failed.
    pub failed: u64,
    /// No answer yet.
    pub pending: u64,
    /// The run ended before they were asked.
    pub not_tried: u64,
}

impl Counts {
    /// The number of items of this outcome; INVALID lines are no items, so 0.
    pub fn get(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Succeeded => self.succeeded,
            Outcome::NotFound => self.not_found,
            Outcome::Failed => self.failed,
            Outcome::Pending => self.pending,
            Outcome::NotTried => self.not_tried,
            Outcome::Invalid => 0,
        }
    }

    /// All items.
    pub fn total(&self) -> u64 {
        self.succeeded + self.not_found + self.failed + self.pending + self.not_tried
    }
}

/// How a run is made; every field is as the request gave it or the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunSettings {
    /// Whether numbers that SSA never issued are INVALID.
    #[serde(default)]
    pub validation: Validation,
    /// Whether seven or eight bare digits are a number whose zeros a spreadsheet ate.
    #[serde(default)]
    pub restore_leading_zeros: bool,
    /// GETs in flight at most, for the whole execution.
    pub max_concurrency: u32,
    /// GETs started a second at most, for the whole execution; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<f64>,
    /// The share of items, in percent, that may fail before the run stops early as FAILED.
    pub tolerated_failure_percentage: f64,
}

impl RunSettings {
    /// How a list is read under these settings.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions {
            validation: self.validation,
            restore_leading_zeros: self.restore_leading_zeros,
        }
    }
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            validation: Validation::Format,
            restore_leading_zeros: false,
            max_concurrency: limits::DEFAULT_MAX_CONCURRENCY,
            requests_per_second: None,
            tolerated_failure_percentage: 100.0,
        }
    }
}

/// An execution as the API tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// The caller's name for it.
    pub label: Option<String>,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Why it ended so, in plain words.
    pub reason: Option<String>,
    /// Lines of the list; rows = items + duplicates + invalid.
    pub rows: u64,
    /// Distinct valid numbers; items = the sum of `counts`.
    pub items: u64,
    /// Rows whose number stands in an earlier row too.
    pub duplicates: u64,
    /// Rows that are no SSN.
    pub invalid: u64,
    /// Items by outcome.
    pub counts: Counts,
    /// When it was started, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended, RFC 3339 in UTC.
    pub stopped_at: Option<String>,
    /// 1 for the start, one more for each redrive.
    pub pass: u32,
    /// How it is made.
    pub settings: RunSettings,
}

/// Starts an execution. Exactly one of `ssnList` and `listId`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartRequest {
    /// The lines of the list, as typed; at most [`limits::MAX_SSN_LIST`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssn_list: Option<Vec<String>>,
    /// A list uploaded in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<ExecutionId>,
    /// A name for the run, at most [`limits::MAX_LABEL_CHARS`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// See [`RunSettings::validation`]. An uploaded list has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// See [`RunSettings::restore_leading_zeros`]. An uploaded list has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_leading_zeros: Option<bool>,
    /// See [`RunSettings::max_concurrency`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    /// See [`RunSettings::requests_per_second`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<f64>,
    /// See [`RunSettings::tolerated_failure_percentage`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated_failure_percentage: Option<f64>,
}

/// Lines may hold numbers, so only how many there are is shown.
impl fmt::Debug for StartRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartRequest")
            .field("lines", &self.ssn_list.as_ref().map(Vec::len))
            .field("list_id", &self.list_id)
            .finish_non_exhaustive()
    }
}

/// The caller's executions, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExecutionsPage {
    /// One page of them.
    pub executions: Vec<Execution>,
    /// The cursor of the next page, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_26_base32_characters_is_an_id() {
        assert!("01jd0000000000000000000abc".parse::<ExecutionId>().is_ok());
        for bad in [
            "",
            "../../etc/passwd",
            "01JD0000000000000000000ABC",
            "01jd0000000000000000000ab",
            "01jd0000000000000000000abu",
            "01jd000000000000000000/abc",
        ] {
            assert!(bad.parse::<ExecutionId>().is_err(), "{bad}");
            assert!(
                serde_json::from_value::<ExecutionId>(bad.into()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn counts_are_named_as_the_outcomes_are() {
        let counts = Counts {
            succeeded: 1,
            not_found: 2,
            failed: 3,
            pending: 4,
            not_tried: 5,
        };
        let json = serde_json::to_value(counts).unwrap();
        for outcome in Outcome::ALL.into_iter().filter(|o| *o != Outcome::Invalid) {
            assert_eq!(json[outcome.as_str()], counts.get(outcome));
        }
        assert_eq!(counts.total(), 15);
    }

    #[test]
    fn a_start_request_shows_no_line() {
        let request = StartRequest {
            ssn_list: Some(vec!["123-45-6789".into()]),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("6789"));
    }
}
