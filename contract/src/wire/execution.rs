//! Executions: their start, settings, status and progress.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::list::{LineNumbers, ReadOptions, Validation};
use crate::wire::Outcome;

/// The id of an execution or of an uploaded list.
///
/// It has 26 lower-case characters of Crockford's base32, so it is safe in a path. Ids sort newest
/// first: they start with the time in milliseconds, subtracted from a constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ExecutionId(String);

/// The text isn't an execution id.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not an execution id: it must have 26 lower-case letters and digits")]
pub struct ExecutionIdError;

impl ExecutionId {
    /// Returns the id as text.
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

/// The status of an execution, with the names that AWS Step Functions uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// The execution hasn't ended.
    Running,
    /// Every item has been fetched, and the share that failed is within the tolerance.
    Succeeded,
    /// More items failed than the execution tolerates, or a batch could not be completed.
    Failed,
    /// The engine's time limit ended the execution.
    TimedOut,
    /// A user stopped the execution.
    Aborted,
}

impl ExecutionStatus {
    /// Whether the execution has ended, successfully or not.
    pub fn has_ended(self) -> bool {
        self != Self::Running
    }
}

/// The number of items with each outcome. A number that occurs in several rows counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Counts {
    /// The upstream responded with a 2xx status.
    pub succeeded: u64,
    /// The upstream responded with 404 or 410.
    pub not_found: u64,
    /// The upstream responded with another status, or the last attempt got no usable response.
    pub failed: u64,
    /// No result yet; the execution is still running.
    pub pending: u64,
    /// The execution ended before the number had a result. Requests may have been sent.
    pub not_tried: u64,
}

impl Counts {
    /// Returns the number of items with this outcome; 0 for INVALID rows, which aren't items.
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

    /// Returns the number of all items.
    pub fn total(&self) -> u64 {
        self.succeeded + self.not_found + self.failed + self.pending + self.not_tried
    }
}

/// The settings of an execution, with the defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunSettings {
    /// Which numbers are valid.
    #[serde(default)]
    pub validation: Validation,
    /// Whether seven or eight digits are read as a number that lost its leading zeros.
    #[serde(default)]
    pub restore_leading_zeros: bool,
    /// Maximum number of requests in flight, for the whole execution.
    pub max_concurrency: u32,
    /// Maximum number of requests started per second, for the whole execution; no limit if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<f64>,
    /// Percentage of items that may fail; above it, the execution stops early as FAILED.
    pub tolerated_failure_percentage: f64,
}

impl RunSettings {
    /// Returns the options for reading a list with these settings.
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

/// An execution and its progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// The id of the execution.
    pub id: ExecutionId,
    /// The label that was sent with the start.
    pub label: Option<String>,
    /// The current status.
    pub status: ExecutionStatus,
    /// Why it ended with this status, as text for people.
    pub reason: Option<String>,
    /// Number of rows in the list: items + duplicates + invalid.
    pub rows: u64,
    /// Number of distinct valid numbers: the sum of `counts`.
    pub items: u64,
    /// Number of rows that repeat the number of an earlier row.
    pub duplicates: u64,
    /// Number of rows that aren't a valid number.
    pub invalid: u64,
    /// Number of items with each outcome.
    pub counts: Counts,
    /// Time of the start, RFC 3339 in UTC.
    pub started_at: String,
    /// Time of the end, RFC 3339 in UTC; null while it runs.
    pub stopped_at: Option<String>,
    /// Number of the current pass: 1 for the start, one more for each redrive.
    pub pass: u32,
    /// The settings of the execution.
    pub settings: RunSettings,
}

/// Starts an execution. It takes exactly one of `ssnList` and `listId`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartRequest {
    /// The values of the list, one for each row, at most 250,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssn_list: Option<Vec<String>>,
    /// The line of each row, as the differences between consecutive rows, run-length encoded.
    ///
    /// `2,1*998` is line 2, then 998 rows one line further each. Default: row _n_ is on line _n_ + 1.
    /// Not allowed with `listId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2,1*998"))]
    pub lines: Option<LineNumbers>,
    /// The id of a list that was uploaded in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<ExecutionId>,
    /// A name for the execution, at most 200 characters on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Which numbers are valid; `format` if absent. Not allowed with `listId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// Whether seven or eight digits are read as a number that lost its leading zeros; false if
    /// absent. Not allowed with `listId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_leading_zeros: Option<bool>,
    /// Maximum number of requests in flight; the server's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    /// Maximum number of requests started per second; the server's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<f64>,
    /// Percentage of items that may fail, 0 to 100; the server's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated_failure_percentage: Option<f64>,
}

/// Shows the number of rows only: the values themselves may hold SSNs.
impl fmt::Debug for StartRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartRequest")
            .field("rows", &self.ssn_list.as_ref().map(Vec::len))
            .field("list_id", &self.list_id)
            .finish_non_exhaustive()
    }
}

/// One page of the caller's executions, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExecutionsPage {
    /// The executions on this page.
    pub executions: Vec<Execution>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_26_base32_characters_are_an_execution_id() {
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
    fn counts_have_the_names_of_the_outcomes() {
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
    fn debug_of_a_start_request_shows_no_line() {
        let request = StartRequest {
            ssn_list: Some(vec!["123-45-6789".into()]),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("6789"));
    }
}
