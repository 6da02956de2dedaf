//! What may go wrong between the page and its server, in words.

use contract::wire::Problem;

/// A call that brought no answer of the kind asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// Nothing answered.
    Unreachable,
    /// The server refused, and said why.
    Refused(Problem),
    /// Something answered that isn't this program's server, or an older or newer one. With 401 it is
    /// what guards the server: the sign-in is over.
    Unreadable {
        /// The status it answered with.
        status: u16,
    },
    /// The page's worker is no more, and with it the sign-in.
    Stopped,
}

impl ApiError {
    /// The refusal in an answer that isn't 2xx.
    pub fn from_answer(status: u16, body: &str) -> Self {
        match serde_json::from_str::<Problem>(body) {
            Ok(problem) => Self::Refused(problem),
            Err(_) => Self::Unreadable { status },
        }
    }

    /// What happened.
    pub fn title(&self) -> String {
        match self {
            Self::Unreachable => "The server doesn't answer".to_owned(),
            Self::Refused(_) if self.is_unknown_caller() => "You aren't signed in".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
            Self::Unreadable { status: 401 } => "Your sign-in has ended".to_owned(),
            Self::Stopped => "The part of the page that holds your sign-in has stopped".to_owned(),
            Self::Unreadable { .. } => "The answer made no sense".to_owned(),
        }
    }

    /// What it means and what to do.
    pub fn advice(&self) -> String {
        match self {
            Self::Unreachable => {
                "Nothing is lost: what was started goes on by itself, at the latest once the server \
                 is back. Check that Rollcall is running."
                    .to_owned()
            }
            Self::Refused(_) if self.is_unknown_caller() => {
                "Open the address that Rollcall printed when it started: the key is in it. It stands \
                 in the terminal that Rollcall runs in; if that is gone, stop Rollcall and start it \
                 again: it prints the same address. Once you are let in, this page goes on by itself."
                    .to_owned()
            }
            Self::Refused(problem) => problem.detail.clone().unwrap_or_default(),
            Self::Stopped | Self::Unreadable { status: 401 } => {
                "Sign in again. Runs go on meanwhile; a list that isn't started must be brought again."
                    .to_owned()
            }
            Self::Unreadable { status } => format!(
                "Something answered with status {status}, but not as Rollcall does: a proxy in between, \
                 or another version. Reload the page."
            ),
        }
    }

    /// Whether the caller isn't signed in.
    pub fn is_unknown_caller(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 401)
    }

    /// Whether there is no such thing, or not for this caller.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }

    /// Whether asking again later may help. So does whoever isn't signed in: that may happen in
    /// another tab.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(problem) => problem.status >= 500 || matches!(problem.status, 401 | 429),
            Self::Unreadable { status } => *status >= 500 || *status == 429,
            Self::Stopped => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_speaks_for_itself() {
        let body = r#"{"type":"/problems/conflict","title":"Still running","status":409,"detail":"Stop it first."}"#;
        let error = ApiError::from_answer(409, body);
        assert_eq!(
            (error.title().as_str(), error.advice().as_str()),
            ("Still running", "Stop it first.")
        );
        assert!(!error.may_pass() && !error.is_not_found());
    }

    #[test]
    fn who_is_not_signed_in_may_be_later() {
        let body = r#"{"type":"/problems/unauthorized","title":"Unauthorized","status":401}"#;
        let error = ApiError::from_answer(401, body);
        assert!(error.may_pass() && error.is_unknown_caller());
        assert!(
            error
                .advice()
                .starts_with("Open the address that Rollcall printed")
        );
    }

    #[test]
    fn anything_else_is_told_by_its_status() {
        let error = ApiError::from_answer(502, "<html>bad gateway</html>");
        assert!(error.advice().contains("502") && error.may_pass());
        assert!(!ApiError::from_answer(404, "nginx").is_not_found());
        // As API Gateway says that it is throttled.
        assert!(ApiError::from_answer(429, r#"{"message":"Too Many Requests"}"#).may_pass());
        let guard = ApiError::from_answer(401, r#"{"message":"Unauthorized"}"#);
        assert_eq!(guard.title(), "Your sign-in has ended");
        assert!(!guard.may_pass());
    }
}
