//! What became of a row.

use serde::{Deserialize, Serialize};

use crate::InvalidReason;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// No answer yet; the run goes on.
    Pending,
    /// The upstream answered with a 2xx.
    Succeeded,
    /// The upstream answered 404 or 410: it has no such number.
    NotFound,
    /// Any other answer, or none.
    Failed,
    /// The run ended before the number was asked.
    NotTried,
    /// The line is no SSN; it was never sent.
    Invalid,
}

impl Outcome {
    /// Every outcome, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Succeeded,
        Self::NotFound,
        Self::Failed,
        Self::Pending,
        Self::NotTried,
        Self::Invalid,
    ];

    /// Whether the upstream answered: such a row is never asked again.
    pub fn is_definitive(self) -> bool {
        matches!(self, Self::Succeeded | Self::NotFound)
    }

    /// The name on the wire, such as `NOT_FOUND`.
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

/// Why a GET brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorKind {
    /// The upstream's name could not be resolved, or nothing accepted the connection.
    ConnectFailed,
    /// The TLS handshake failed: a certificate that isn't trusted, or no common protocol.
    TlsFailed,
    /// No connection within the connect timeout, or no whole answer within the attempt timeout.
    TimedOut,
    /// The connection broke before the answer was whole.
    ConnectionLost,
    /// The answer's body is larger than the cap.
    BodyTooLarge,
    /// The upstream redirected to another origin or from https to http, which would carry the number away.
    RedirectRefused,
    /// The answer was no HTTP, or its content encoding was broken.
    InvalidAnswer,
}

impl ErrorKind {
    /// Whether a further attempt may bring an answer.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::ConnectFailed | Self::TimedOut | Self::ConnectionLost
        )
    }

    /// The error in plain words.
    pub fn message(self) -> &'static str {
        match self {
            Self::ConnectFailed => "no connection to the upstream",
            Self::TlsFailed => "the TLS handshake with the upstream failed",
            Self::TimedOut => "timed out",
            Self::ConnectionLost => "the connection broke before the answer was whole",
            Self::BodyTooLarge => "the answer is larger than the body cap",
            Self::RedirectRefused => "redirected to another origin, not followed",
            Self::InvalidAnswer => "the answer was no valid HTTP",
        }
    }
}

/// The `error` of a row: why a GET failed, or why the line is no SSN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum RowError {
    /// Why the row FAILED, where there is no status that says it.
    Fetch(ErrorKind),
    /// Why the row is INVALID.
    Invalid(InvalidReason),
}

impl RowError {
    /// The error in plain words.
    pub fn message(self) -> &'static str {
        match self {
            Self::Fetch(kind) => kind.message(),
            Self::Invalid(reason) => reason.message(),
        }
    }
}
