//! How the program ends.

use std::process::ExitCode;

/// How the program ends, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Every item was answered; or the server was asked to end.
    Answered = 0,
    /// Some items FAILED or were NOT_TRIED.
    SomeFailed = 1,
    /// It could not run: bad arguments, no list, no upstream.
    CouldNotRun = 2,
    /// Interrupted; 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
