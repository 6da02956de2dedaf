//! Errors as HTTP tells them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::wire::Problem;
use store::StoreError;

use crate::EngineError;

/// A request that could not be served, for a reason its caller can act on. No message repeats what
/// a request held: it may be a number.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body is no JSON.
    #[error("the body is no JSON: {0}")]
    NotJson(String),
    /// A field or parameter is not as it must be.
    #[error("{0}")]
    Invalid(String),
    /// The body is of another type.
    #[error("the body must be {0}, and the Content-Type header must say so")]
    MediaType(&'static str),
    /// None of the types that the caller takes can be made.
    #[error(
        "the results come as application/json, application/x-ndjson or text/csv; the Accept header asks for none of them"
    )]
    NotAcceptable,
    /// The body is too large.
    #[error("the body is too large: {0}")]
    TooLarge(&'static str),
    /// No token, or a wrong one.
    #[error(
        "sign in first: open the address that the server printed, or send its token as `Authorization: Bearer`"
    )]
    Unauthenticated,
    /// The request comes from somewhere else.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such execution, or it is another's.
    #[error("there is no such execution: its address may be mistyped, or it was erased")]
    UnknownExecution,
    /// There is no such uploaded list, or it is another's.
    #[error("there is no such list: it was used already, or is older than a day. Upload it again")]
    UnknownList,
    /// Nothing is at this address.
    #[error("nothing is at this address: /api/openapi.json lists what there is")]
    UnknownAddress,
    /// The address takes another method.
    #[error("this address takes another method: /api/openapi.json lists them")]
    MethodNotAllowed,
    /// The idempotency key has started something else.
    #[error(
        "this Idempotency-Key has started an execution with another list or other settings: use a new key"
    )]
    KeyReused,
    /// A redrive of what runs.
    #[error("the execution is still running: wait for its end or stop it first")]
    StillRunning,
    /// A redrive of nothing.
    #[error("nothing failed or was left untried that matches: there is nothing to ask again")]
    NothingToDo,
    /// A list is not whole.
    #[error("part {0} of the list is missing: upload it before the start")]
    PartMissing(u32),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiError {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotJson(_) => (StatusCode::BAD_REQUEST, "not-json", "The body is no JSON"),
            Self::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-request",
                "The request can't be taken as it is",
            ),
            Self::MediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The body is of another type",
            ),
            Self::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "not-acceptable",
                "No such type of answer",
            ),
            Self::TooLarge(_) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is too large",
            ),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not from here"),
            Self::UnknownExecution => (
                StatusCode::NOT_FOUND,
                "unknown-execution",
                "No such execution",
            ),
            Self::UnknownList => (StatusCode::NOT_FOUND, "unknown-list", "No such list"),
            Self::UnknownAddress => (StatusCode::NOT_FOUND, "unknown-address", "Nothing is here"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Another method is needed",
            ),
            Self::KeyReused => (
                StatusCode::CONFLICT,
                "idempotency-key-reused",
                "The Idempotency-Key is taken",
            ),
            Self::StillRunning => (
                StatusCode::CONFLICT,
                "still-running",
                "The execution is still running",
            ),
            Self::NothingToDo => (
                StatusCode::CONFLICT,
                "nothing-to-do",
                "Nothing to ask again",
            ),
            Self::PartMissing(_) => (
                StatusCode::CONFLICT,
                "part-missing",
                "The list is not whole",
            ),
            Self::Engine(EngineError::Throttled) => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy for now")
            }
            Self::Engine(EngineError::Failed(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "engine",
                "The engine can't be reached",
            ),
            Self::Store(StoreError::Missing { .. }) => (
                StatusCode::NOT_FOUND,
                "unknown-execution",
                "No such execution",
            ),
            Self::Store(StoreError::Unavailable { .. }) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "store",
                "The store can't be reached",
            ),
            Self::Store(StoreError::Damaged { .. }) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "damaged",
                "The execution's files are damaged",
            ),
        }
    }

    /// What the caller is told. What went wrong inside is for the log.
    fn detail(&self) -> String {
        match self {
            Self::Engine(EngineError::Failed(_)) => {
                "the run could not be handed to the engine; nothing is lost. Try again, and if it stays so tell the operator, whose log says why".into()
            }
            Self::Store(StoreError::Unavailable { .. }) => {
                "the files could not be read or written. Try again, and if it stays so tell the operator, whose log says why".into()
            }
            Self::Store(StoreError::Missing { .. }) => Self::UnknownExecution.to_string(),
            Self::Store(StoreError::Damaged { .. }) => {
                "the files were changed from outside. The operator's log says which; erase the execution and start it again".into()
            }
            other => other.to_string(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, kind, title) = self.kind();
        if status.is_server_error() {
            tracing::error!(%status, error = %self, "a request failed");
        }
        let mut response = problem_response(status, kind, title, Some(self.detail()));
        match self {
            Self::Engine(_) | Self::Store(StoreError::Unavailable { .. }) => {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            Self::Unauthenticated => {
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

/// Whatever goes wrong, as OpenAPI tells it.
#[derive(utoipa::IntoResponses)]
#[response(
    status = "default",
    description = "A problem document (RFC 9457)",
    content_type = "application/problem+json"
)]
pub(crate) struct AnyProblem(#[expect(dead_code, reason = "its type is what is told")] Problem);

/// An RFC 9457 problem document as an answer. `kind` is the last part of its type.
pub fn problem_response(
    status: StatusCode,
    kind: &str,
    title: &str,
    detail: Option<String>,
) -> Response {
    let problem = Problem {
        kind: format!("/problems/{kind}"),
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}
