//! Why a download ended without a file.

use std::io;

use client::ClientError;

use crate::save::sink::WriteError;

/// Why there is no file.
#[derive(Debug, PartialEq)]
pub(crate) enum SaveError {
    /// The server refused, or failed for too long.
    Server(ClientError),
    /// The list isn't the run's list: this line differs.
    ListMismatch {
        /// Its number in the list, from 1.
        line: u64,
    },
    /// The file can't be written.
    Unwritable,
}

impl From<ClientError> for SaveError {
    fn from(error: ClientError) -> Self {
        Self::Server(error)
    }
}

impl From<WriteError> for SaveError {
    fn from(_: WriteError) -> Self {
        Self::Unwritable
    }
}

impl From<io::Error> for SaveError {
    fn from(_: io::Error) -> Self {
        Self::Unwritable
    }
}
