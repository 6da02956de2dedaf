//! What may go wrong between the page and its server, in words.

use contract::wire::Problem;

/// A call that brought no answer of the kind asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// Nothing answered.
    Unreachable,
    /// The server refused, and said why.
    Refused(Problem),
    /// Something answered that isn't this program's server, or an older or newer one.
    Unreadable {
        /// The status it answered with.
        status: u16,
    },
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
            Self::Refused(problem) if problem.status == 401 => "You aren't signed in".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
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
            Self::Refused(problem) if problem.status == 401 => {
                "Open the address that Rollcall printed when it started; it has the key in it.".to_owned()
            }
            Self::Refused(problem) => problem.detail.clone().unwrap_or_default(),
            Self::Unreadable { status } => format!(
                "Something answered with status {status}, but not as Rollcall does: a proxy in between, \
                 or another version. Reload the page."
            ),
        }
    }

    /// Whether there is no such thing, or not for this caller.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }

    /// Whether the server has no such uploaded list: too old, or used.
    pub fn is_unknown_list(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.kind == "/problems/unknown-list")
    }

    /// Whether asking again later may help, without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(problem) => problem.status >= 500 || problem.status == 429,
            Self::Unreadable { status } => *status >= 500,
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
    fn anything_else_is_told_by_its_status() {
        let error = ApiError::from_answer(502, "<html>bad gateway</html>");
        assert!(error.advice().contains("502") && error.may_pass());
        assert!(!ApiError::from_answer(404, "nginx").is_not_found());
    }
}
