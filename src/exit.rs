//! The exit codes of the program.

use std::process::ExitCode;

/// An exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// No item FAILED or was NOT_TRIED, or a signal ended the server.
    Success = 0,
    /// Some items FAILED or were NOT_TRIED.
    SomeFailed = 1,
    /// The command could not run: invalid arguments, no list, no upstream.
    CouldNotRun = 2,
    /// Interrupted: 128 plus the number of SIGINT, as in shells.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
