//! Why a request failed, in words for people.

use client::ClientError;
use contract::text::{group_digits, pluralize};
use contract::wire::Problem;
use worker::protocol::SIGN_IN_ENDED;

/// There was no response. A browser reports no reason to scripts.
pub(crate) fn unreachable() -> ClientError {
    let reason = String::new();
    ClientError::Unreachable { reason }
}

/// The page's worker has crashed, and the sign-in with it.
pub(crate) fn worker_lost() -> ClientError {
    ClientError::Refused(Problem {
        kind: "about:blank".to_owned(),
        title: "The part of the page that holds your sign-in has stopped".to_owned(),
        status: 403,
        detail: Some(advice(&SIGN_IN_ENDED)),
    })
}

/// What happened, without a full stop.
pub(crate) fn title(error: &ClientError) -> String {
    let title = match error {
        ClientError::Unreachable { .. } => "The server doesn't answer",
        ClientError::Refused(_) if error.is_unauthorized() => "You aren't signed in",
        ClientError::Refused(problem) => &problem.title,
        ClientError::Unexpected { status: 401 } => "Your sign-in has ended",
        ClientError::Unexpected { .. } => "The server's answer can't be read",
        ClientError::RowsMissing { .. } => "The file would be incomplete",
    };
    title.to_owned()
}

/// What it means and what to do.
pub(crate) fn advice(error: &ClientError) -> String {
    let advice = match error {
        ClientError::Unreachable { .. } => {
            "Nothing is lost: runs continue by themselves, at the latest when the server is back. \
             Check that Rollcall is running."
        }
        ClientError::Refused(_) if error.is_unauthorized() => {
            "Open the address that Rollcall printed when it started: it contains the key. Look in \
             the terminal that Rollcall runs in. If that is closed, stop Rollcall and start it \
             again: it prints the same address. Then this page continues by itself."
        }
        ClientError::Refused(problem) => problem.detail.as_deref().unwrap_or_default(),
        ClientError::Unexpected { status: 401 } => {
            "Sign in again. Runs continue meanwhile; a list that wasn't started must be added again."
        }
        ClientError::Unexpected { status } => {
            return format!(
                "Something other than this version of Rollcall answered, with status {status}: perhaps a \
                 proxy, or another version. Reload the page."
            );
        }
        ClientError::RowsMissing { received, expected } => {
            return format!(
                "The server sent {} of the run's {}. Download it again.",
                group_digits(*received),
                pluralize(*expected, "line")
            );
        }
    };
    advice.to_owned()
}

/// Whether a retry may help. It may after a 401, since people may sign in in another tab.
pub(crate) fn is_retryable(error: &ClientError) -> bool {
    error.is_transient() || error.is_unauthorized()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, title: &str) -> ClientError {
        ClientError::Refused(Problem {
            kind: "/problems/conflict".to_owned(),
            title: title.to_owned(),
            status,
            detail: Some("Stop it first.".to_owned()),
        })
    }

    #[test]
    fn a_problem_document_gives_title_and_advice() {
        let error = refused(409, "Still running");
        assert_eq!(title(&error), "Still running");
        assert_eq!(advice(&error), "Stop it first.");
        assert!(!is_retryable(&error));
    }

    #[test]
    fn a_request_without_sign_in_is_retried() {
        let error = refused(401, "Unauthorized");
        assert!(is_retryable(&error));
        assert!(advice(&error).starts_with("Open the address that Rollcall printed"));
    }

    #[test]
    fn any_other_response_is_described_by_its_status() {
        let error = ClientError::Unexpected { status: 502 };
        assert!(advice(&error).contains("502") && is_retryable(&error));
        assert_eq!(title(&SIGN_IN_ENDED), "Your sign-in has ended");
        assert!(!is_retryable(&SIGN_IN_ENDED) && !is_retryable(&worker_lost()));
    }
}
