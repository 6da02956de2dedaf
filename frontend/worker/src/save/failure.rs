//! Why a download ended without a file.

use std::io;

use client::ClientError;

use crate::save::sink::Unwritable;

/// Why there is no file.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// The server refused, or failed for too long.
    Server(ClientError),
    /// The list isn't the run's: this row differs.
    ListMismatch {
        /// From 0.
        row: u64,
    },
    /// The file can't be written.
    Unwritable,
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Server(error)
    }
}

impl From<Unwritable> for Failure {
    fn from(_: Unwritable) -> Self {
        Self::Unwritable
    }
}

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Self {
        Self::Unwritable
    }
}
