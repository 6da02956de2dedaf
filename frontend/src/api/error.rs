//! Why a request of the page failed, in words for people.

use contract::wire::Problem;
use worker::protocol::Trouble;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ApiError {
    /// There was no response.
    Unreachable,
    /// The server responded with a problem document.
    Refused(Problem),
    /// The response isn't from this version of Rollcall. Status 401 is from a gateway in front of the
    /// server: the sign-in is over.
    Unreadable {
        /// The response's status.
        status: u16,
    },
    /// The page's worker has crashed, and the sign-in with it.
    WorkerLost,
}

impl ApiError {
    /// The error of a response that isn't 2xx.
    pub(crate) fn from_response(status: u16, body: &str) -> Self {
        match serde_json::from_str::<Problem>(body) {
            Ok(problem) => Self::Refused(problem),
            Err(_) => Self::Unreadable { status },
        }
    }

    /// What happened, without a full stop.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Unreachable => "The server doesn't answer".to_owned(),
            Self::Refused(_) if self.is_unauthorized() => "You aren't signed in".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
            Self::Unreadable { status: 401 } => "Your sign-in has ended".to_owned(),
            Self::WorkerLost => {
                "The part of the page that holds your sign-in has stopped".to_owned()
            }
            Self::Unreadable { .. } => "The server's answer can't be read".to_owned(),
        }
    }

    /// What it means and what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Unreachable => {
                "Nothing is lost: runs continue by themselves, at the latest when the server is back. \
                 Check that Rollcall is running."
                    .to_owned()
            }
            Self::Refused(_) if self.is_unauthorized() => {
                "Open the address that Rollcall printed when it started: it contains the key. Look in \
                 the terminal that Rollcall runs in. If that is closed, stop Rollcall and start it \
                 again: it prints the same address. Then this page continues by itself."
                    .to_owned()
            }
            Self::Refused(problem) => problem.detail.clone().unwrap_or_default(),
            Self::WorkerLost | Self::Unreadable { status: 401 } => {
                "Sign in again. Runs continue meanwhile; a list that wasn't started must be added again."
                    .to_owned()
            }
            Self::Unreadable { status } => format!(
                "Something other than this version of Rollcall answered, with status {status}: perhaps a \
                 proxy, or another version. Reload the page."
            ),
        }
    }

    /// Whether the caller isn't signed in.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 401)
    }

    /// Whether there is no such thing, or not for this caller.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }

    /// Whether a retry may help. It may after a 401, since people may sign in in another tab.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(problem) => problem.status >= 500 || matches!(problem.status, 401 | 429),
            Self::Unreadable { status } => *status >= 500 || *status == 429,
            Self::WorkerLost => false,
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable => Self::Unreachable,
            Trouble::Refused(problem) => Self::Refused(problem),
            Trouble::Unreadable { status } => Self::Unreadable { status },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_gives_title_and_advice() {
        let body = r#"{"type":"/problems/conflict","title":"Still running","status":409,"detail":"Stop it first."}"#;
        let error = ApiError::from_response(409, body);
        assert_eq!(
            (error.title().as_str(), error.advice().as_str()),
            ("Still running", "Stop it first.")
        );
        assert!(!error.is_transient() && !error.is_not_found());
    }

    #[test]
    fn a_request_without_sign_in_is_retried() {
        let body = r#"{"type":"/problems/unauthorized","title":"Unauthorized","status":401}"#;
        let error = ApiError::from_response(401, body);
        assert!(error.is_transient() && error.is_unauthorized());
        assert!(
            error
                .advice()
                .starts_with("Open the address that Rollcall printed")
        );
    }

    #[test]
    fn any_other_response_is_described_by_its_status() {
        let error = ApiError::from_response(502, "<html>bad gateway</html>");
        assert!(error.advice().contains("502") && error.is_transient());
        assert!(!ApiError::from_response(404, "nginx").is_not_found());
        // API Gateway's response when it throttles.
        assert!(ApiError::from_response(429, r#"{"message":"Too Many Requests"}"#).is_transient());
        let guard = ApiError::from_response(401, r#"{"message":"Unauthorized"}"#);
        assert_eq!(guard.title(), "Your sign-in has ended");
        assert!(!guard.is_transient());
    }
}
