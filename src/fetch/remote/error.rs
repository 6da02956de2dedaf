//! Errors of a lookup on a server.

use client::ClientError;
use contract::text::{group_digits, pluralize};
use contract::wire::ExecutionId;

/// A server could not look up the list. No message holds a number.
///
/// The server's messages repeat no number, and the server's address contains none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    #[error("the HTTP client can't be created: {0}")]
    Client(String),
    #[error("the server doesn't answer: {0}. Check the address of --api, and that it runs")]
    Unreachable(String),
    #[error(
        "the server rejects this token: pass the one in the address that it printed at its start, with --token-file, --token or ROLLCALL_TOKEN"
    )]
    Token,
    #[error(
        "the server needs a token, and none was set for it: pass the one in the address that it printed at its start, with --token-file, --token or ROLLCALL_TOKEN"
    )]
    NoToken,
    #[error(transparent)]
    Call(ClientError),
    #[error("{0}; nothing was written")]
    RowsMissing(ClientError),
    #[error("the list has {}; this server takes {}: split it", pluralize(*rows as u64, "line"), group_digits((*limit).into()))]
    TooLong { rows: usize, limit: u32 },
    /// A call failed after the run was started. The run may be running or have ended.
    #[error("{why}. The run {id} is still on the server; the server's page shows it")]
    AfterStart {
        id: ExecutionId,
        why: Box<RemoteError>,
    },
}

impl From<ClientError> for RemoteError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable { reason } => Self::Unreachable(reason),
            error if error.is_unauthorized() => Self::Token,
            error @ ClientError::RowsMissing { .. } => Self::RowsMissing(error),
            error => Self::Call(error),
        }
    }
}
