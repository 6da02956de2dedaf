//! What can go wrong with the fetcher itself; what goes wrong with a GET is a row's outcome.

use std::time::Duration;

use store::StoreError;

/// The fetcher could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    /// The store failed; the same event may succeed later.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event is none of the fetcher's.
    #[error(
        "not an event of the fetcher: {0}. It takes {{executionId, pass, batch}}, {{executionId, pass, finish: true}}, {{executionId, sweep: true}} or {{ssn, maxBytes}}"
    )]
    InvalidEvent(&'static str),
    /// The store knows no such execution, pass or batch.
    #[error("execution {id} has no {what}: it is unknown or was erased")]
    UnknownExecution {
        /// The execution.
        id: String,
        /// What is missing, such as `pass`.
        what: &'static str,
    },
    /// An invocation ends before a GET that it starts could be over and written.
    #[error(
        "an invocation has {0:?}, too little for one attempt and the writing of it: raise the function's timeout, or lower the attempt timeout"
    )]
    InvocationTooShort(Duration),
}

impl FetcherError {
    /// The stable name by which the state machine knows the error.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Store(StoreError::Unavailable { .. }) => "StoreUnavailable",
            Self::Store(StoreError::Damaged { .. }) => "StoreDamaged",
            Self::Store(StoreError::Missing { .. }) | Self::UnknownExecution { .. } => {
                "UnknownExecution"
            }
            Self::InvalidEvent(_) => "BadEvent",
            Self::InvocationTooShort(_) => "InvocationTooShort",
        }
    }
}

/// A setting of the upstream is no good.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The address is no URL that can be asked.
    #[error(
        "the upstream's address is no good: {0}. It takes an address such as https://records.example.gov/ssn/"
    )]
    Address(String),
    /// Plain http, which shows every number to the network.
    #[error(
        "the upstream {0} is plain http beyond this machine: every number would cross the network unencrypted. Use https, or allow it with --allow-http"
    )]
    PlainHttp(String),
    /// A number is out of range.
    #[error("{name} is {got}; it takes {takes}")]
    Range {
        /// The setting.
        name: &'static str,
        /// What it got.
        got: String,
        /// What it takes.
        takes: &'static str,
    },
    /// A certificate that was to be trusted can't be read.
    #[error("the certificates to trust are no good: {0}. They take PEM")]
    Certificates(String),
    /// The HTTP client can't be made.
    #[error("the HTTP client can't be set up: {0}")]
    Client(String),
}
