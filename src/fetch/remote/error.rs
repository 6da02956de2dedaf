//! Why a server didn't do what it was asked, in plain words.

use std::io;
use std::path::PathBuf;

use contract::text::{group_digits, pluralize};
use contract::wire::{ExecutionId, Problem};

/// A server didn't do what it was asked. None of these holds a number: the server repeats none,
/// and no address has one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    #[error("the client can't be made: {0}")]
    Client(String),
    #[error("the file of --ca-file, {0}, can't be used: {1}")]
    CaFile(PathBuf, io::Error),
    #[error(
        "the server at {host} doesn't answer: {why}. Check the address of --api, and that it runs"
    )]
    Unreachable { host: String, why: String },
    #[error(
        "the server doesn't take this token: give the one in the address that it printed when it started, with --token-file, --token or ROLLCALL_TOKEN"
    )]
    Token,
    #[error("the server refused: {}", words(.0))]
    Refused(Problem),
    #[error(
        "the server answered with status {0}, but not as Rollcall does: a proxy in between, another version, or another address than --api should have"
    )]
    Unreadable(u16),
    #[error("the list has {}; this server takes {}: split it", pluralize(*rows as u64, "line"), group_digits((*limit).into()))]
    TooLong { rows: usize, limit: u32 },
    #[error("the server gave {} of {}; nothing was written", group_digits(*given), pluralize(*rows, "row"))]
    RowsMissing { given: u64, rows: u64 },
    #[error("{why}. The run {id} is the server's: it goes on there, and its page shows it")]
    Lost {
        id: ExecutionId,
        why: Box<RemoteError>,
    },
}

fn words(problem: &Problem) -> String {
    problem
        .detail
        .clone()
        .unwrap_or_else(|| problem.title.clone())
}

impl RemoteError {
    /// The refusal in an answer that isn't 2xx.
    pub(super) fn from_answer(status: u16, body: &[u8]) -> Self {
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) if problem.status == 401 => Self::Token,
            Ok(problem) => Self::Refused(problem),
            Err(_) => Self::Unreadable(status),
        }
    }

    /// Whether the server has no such uploaded list: too old, or used.
    pub(super) fn is_unknown_list(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.kind == "/problems/unknown-list")
    }
}
