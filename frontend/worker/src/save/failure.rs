//! Why a download ended without a file.

use std::io;

use crate::protocol::Trouble;
use crate::save::sink::Unwritable;

/// Why there is no file.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// The server refused, or failed for too long.
    Server(Trouble),
    /// The list isn't the run's: this row differs.
    Unlike {
        /// From 0.
        row: u64,
    },
    /// The server's last page came before all rows had come.
    Incomplete {
        /// Rows that came.
        count: u64,
    },
    /// The file can't be written.
    Unwritable,
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
