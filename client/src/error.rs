//! Why a call failed.

use contract::text::{group_digits, pluralize};
use contract::wire::Problem;
use serde::{Deserialize, Serialize};

use crate::Response;

/// The error of a call to the API.
///
/// No variant contains a number of a list: the server's errors and the URLs contain none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum ClientError {
    /// No response arrived.
    #[error("the server doesn't respond: {reason}")]
    Unreachable {
        /// The reason that the transport reports; empty in a browser, which reports none.
        reason: String,
    },
    /// The server refused the request, and its problem document says why.
    #[error("the server refused: {}", .0.detail.as_ref().unwrap_or(&.0.title))]
    Refused(Problem),
    /// The response isn't one that this version of Rollcall sends.
    ///
    /// A proxy, another version or another program sent it.
    #[error(
        "the response (status {status}) isn't one of Rollcall's: check the address, the server's version and any proxy"
    )]
    Unexpected {
        /// The response's HTTP status.
        status: u16,
    },
    /// The server returned fewer rows than the run has.
    #[error("the server returned {} of {}", group_digits(*.received), pluralize(*.expected, "row"))]
    RowsMissing {
        /// Rows received.
        received: u64,
        /// Rows of the run.
        expected: u64,
    },
}

impl ClientError {
    /// Whether a retry of the same request may succeed.
    ///
    /// A 401 isn't transient: [`Retry::unauthorized`] sets whether it is retried.
    ///
    /// [`Retry::unauthorized`]: crate::Retry::unauthorized
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            // Rollcall itself returns 500 only for damaged files, and a retry doesn't repair them.
            Self::Refused(problem) => matches!(problem.status, 429 | 502..=504),
            Self::Unexpected { status } => matches!(status, 429 | 500..=599),
            Self::RowsMissing { .. } => false,
        }
    }

    /// Whether Rollcall refused the request because the sign-in or the token is missing or invalid.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 401)
    }

    /// Whether the run, list or path doesn't exist, or isn't visible to this caller.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }

    /// Whether the server no longer has the uploaded list: it expired, or a start used it.
    pub fn is_unknown_list(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.kind == "/problems/unknown-list")
    }

    /// Returns the error in a response that is neither 2xx nor 304.
    pub(crate) fn from_response(response: &Response) -> Self {
        match serde_json::from_slice(&response.body) {
            Ok(problem) => Self::Refused(problem),
            Err(_) => Self::unexpected(response),
        }
    }

    pub(crate) fn unexpected(response: &Response) -> Self {
        let status = response.status;
        Self::Unexpected { status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &'static str) -> ClientError {
        ClientError::from_response(&Response {
            status,
            body: body.into(),
            ..Default::default()
        })
    }

    #[test]
    fn a_problem_document_is_a_refusal() {
        let body = r#"{"type":"/problems/still-running","title":"Still running","status":409}"#;
        let refused = error(409, body);
        assert!(matches!(&refused, ClientError::Refused(problem) if problem.status == 409));
        assert!(!refused.is_transient() && !refused.is_not_found());
        assert_eq!(refused.to_string(), "the server refused: Still running");
    }

    #[test]
    fn a_body_without_a_problem_document_is_unexpected() {
        let proxy = error(502, "<html>bad gateway</html>");
        assert_eq!(proxy, ClientError::Unexpected { status: 502 });
        assert!(!error(404, "nginx").is_not_found());
        assert!(!error(401, r#"{"message":"Unauthorized"}"#).is_unauthorized());
    }

    #[test]
    fn only_some_errors_are_transient() {
        let unreachable = ClientError::Unreachable {
            reason: String::new(),
        };
        assert!(unreachable.is_transient());
        assert!(error(502, "<html>").is_transient());
        // A Lambda that crashed, and API Gateway's throttling.
        assert!(error(500, r#"{"message":"Internal Server Error"}"#).is_transient());
        assert!(error(429, r#"{"message":"Too Many Requests"}"#).is_transient());
        assert!(!error(404, "nginx").is_transient());
        let refused = |status| {
            ClientError::Refused(Problem {
                kind: String::new(),
                title: String::new(),
                status,
                detail: None,
            })
        };
        assert!(refused(503).is_transient() && refused(429).is_transient());
        assert!(!refused(500).is_transient() && !refused(401).is_transient());
    }
}
