//! The outcome of a row, and the errors behind it.

use serde::{Deserialize, Serialize};

use crate::InvalidReason;

/// The outcome of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// No result yet; the execution is still running.
    Pending,
    /// The upstream responded with a 2xx status.
    Succeeded,
    /// The upstream responded with 404 or 410: it has no such number.
    NotFound,
    /// The upstream responded with another status, or the last attempt got no usable response.
    Failed,
    /// The execution ended before the number had a result. Requests may have been sent.
    NotTried,
    /// The line isn't a valid SSN, so it was never sent.
    Invalid,
}

impl Outcome {
    /// All outcomes, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Succeeded,
        Self::NotFound,
        Self::Failed,
        Self::Pending,
        Self::NotTried,
        Self::Invalid,
    ];

    /// Whether the upstream gave a definitive response, so that the row is never fetched again.
    pub fn is_definitive(self) -> bool {
        matches!(self, Self::Succeeded | Self::NotFound)
    }

    /// Returns the name in JSON and CSV, such as `NOT_FOUND`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
            Self::NotFound => "NOT_FOUND",
            Self::Failed => "FAILED",
            Self::NotTried => "NOT_TRIED",
            Self::Invalid => "INVALID",
        }
    }
}

/// Why an attempt got no usable response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorKind {
    /// The upstream's host name could not be resolved, or no server accepted the connection.
    ConnectFailed,
    /// The TLS handshake failed, for example because the certificate isn't trusted.
    TlsFailed,
    /// The connection or the whole attempt exceeded its timeout.
    TimedOut,
    /// The connection broke before the response was complete.
    ConnectionLost,
    /// The response body is larger than the limit.
    BodyTooLarge,
    /// The upstream redirected to another origin or from https to http; following it would leak the
    /// number.
    RedirectRefused,
    /// The response wasn't valid HTTP, or its content encoding was broken.
    InvalidAnswer,
}

impl ErrorKind {
    /// Whether another attempt may succeed.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::ConnectFailed | Self::TimedOut | Self::ConnectionLost
        )
    }

    /// Returns the name in JSON and CSV, such as `TIMED_OUT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectFailed => "CONNECT_FAILED",
            Self::TlsFailed => "TLS_FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::ConnectionLost => "CONNECTION_LOST",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::RedirectRefused => "REDIRECT_REFUSED",
            Self::InvalidAnswer => "INVALID_ANSWER",
        }
    }

    /// Returns the error as text for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::ConnectFailed => "could not connect to the upstream",
            Self::TlsFailed => "the TLS handshake with the upstream failed",
            Self::TimedOut => "timed out",
            Self::ConnectionLost => "the connection broke before the response was complete",
            Self::BodyTooLarge => "the response body is larger than the limit",
            Self::RedirectRefused => "redirected to another origin; not followed",
            Self::InvalidAnswer => "the response was not valid HTTP",
        }
    }
}

/// The `error` of a row: why its last attempt failed, or why the line isn't a valid SSN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum RowError {
    /// Why the row FAILED, if its status doesn't explain it.
    Fetch(ErrorKind),
    /// Why the row is INVALID.
    Invalid(InvalidReason),
}

impl RowError {
    /// Returns the name in JSON and CSV, such as `TIMED_OUT` or `NO_DIGITS`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetch(kind) => kind.as_str(),
            Self::Invalid(reason) => reason.as_str(),
        }
    }

    /// Returns the error as text for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Fetch(kind) => kind.message(),
            Self::Invalid(reason) => reason.message(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::to_value;

    use super::*;

    #[test]
    fn as_str_returns_the_name_in_json() {
        for outcome in Outcome::ALL {
            assert_eq!(to_value(outcome).unwrap(), outcome.as_str());
        }
        let kinds = [
            ErrorKind::ConnectFailed,
            ErrorKind::TlsFailed,
            ErrorKind::TimedOut,
            ErrorKind::ConnectionLost,
            ErrorKind::BodyTooLarge,
            ErrorKind::RedirectRefused,
            ErrorKind::InvalidAnswer,
        ];
        let reasons = InvalidReason::ALL.map(RowError::Invalid);
        for error in kinds.map(RowError::Fetch).into_iter().chain(reasons) {
            assert_eq!(to_value(error).unwrap(), error.as_str());
        }
    }
}
