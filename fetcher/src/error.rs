//! Errors of the fetcher itself. A failed GET is not an error here, but the outcome of an item.

use std::time::Duration;

use store::StoreError;

/// An event could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    /// The store failed. The same event may succeed later.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The fields of the event are not those of a known event.
    #[error(
        "invalid event: {0}. The fetcher accepts {{executionId, pass, batch}}, {{executionId, pass, finish: true}}, {{executionId, sweep: true}} or {{ssn, maxBytes}}"
    )]
    InvalidEvent(&'static str),
    /// The execution, its pass or its batch is not in the store.
    #[error("execution {id} has no {what}: it is unknown or was erased")]
    UnknownExecution {
        /// The id of the execution.
        id: String,
        /// What is missing, such as `pass`.
        what: &'static str,
    },
    /// The remaining time of the invocation is too short for one attempt and for writing its result.
    #[error(
        "the invocation has only {0:?} left, too little to make one attempt and write its result: raise the function's timeout, or lower the attempt timeout"
    )]
    InvocationTooShort(Duration),
}

impl FetcherError {
    /// Returns the stable name by which the state machine knows the error.
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

/// A setting of the upstream is invalid.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The address is not a usable URL.
    #[error(
        "the upstream's address is invalid: {0}. Use an address such as https://records.example.gov/ssn/"
    )]
    Address(String),
    /// The address is plain http, so every number would cross the network unencrypted.
    #[error(
        "the upstream's address is plain http to {0}, so every number would cross the network unencrypted. Use https, or allow it with --allow-http"
    )]
    PlainHttp(String),
    /// A setting has an invalid value.
    #[error("{name} is {problem}")]
    Invalid {
        /// The setting or its variable.
        name: String,
        /// The value, unless it may be a secret, and which values are valid.
        problem: String,
    },
    /// A certificate to trust can't be read.
    #[error("the certificates to trust are invalid: {0}. Use certificates in PEM")]
    Certificates(String),
    /// The HTTP client can't be created.
    #[error("the HTTP client can't be set up: {0}")]
    Client(String),
}
