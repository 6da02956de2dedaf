//! The errors of the API, as problem documents.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::wire::Problem;
use store::StoreError;

use crate::EngineError;

/// Why a request failed.
///
/// No message repeats text of the request, which may be an SSN.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body isn't JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// A field or parameter is invalid.
    #[error("{0}")]
    Invalid(String),
    /// The media type of the body isn't supported.
    #[error("the body must be {0}, and the Content-Type header must say so")]
    MediaType(&'static str),
    /// The Accept header names no supported media type.
    #[error(
        "the Accept header allows none of the supported types: application/json, application/x-ndjson and text/csv"
    )]
    NotAcceptable,
    /// The body is too large.
    #[error("the body is too large: {0}")]
    TooLarge(&'static str),
    /// The request has no token, or a wrong one.
    #[error(
        "sign in first: open the address that the server printed, or send its token as `Authorization: Bearer`"
    )]
    Unauthenticated,
    /// The request comes from another site or address.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The execution doesn't exist, or belongs to another user.
    #[error("there is no such execution: the id may be mistyped, or the execution was erased")]
    UnknownExecution,
    /// The uploaded list doesn't exist, or belongs to another user.
    #[error("there is no such list: it was already used, or is older than a day. Upload it again")]
    UnknownList,
    /// The path isn't a route of the API.
    #[error("there is no such address: /api/openapi.json lists all of them")]
    UnknownAddress,
    /// The route doesn't support the method.
    #[error("this address does not support the method: /api/openapi.json lists the supported ones")]
    MethodNotAllowed,
    /// The idempotency key has started a different execution.
    #[error("this Idempotency-Key was used with another list or other settings: use a new key")]
    KeyReused,
    /// A redrive of an execution that is still running.
    #[error("the execution is still running: wait until it ends, or stop it first")]
    StillRunning,
    /// A redrive that selects no item.
    #[error("no FAILED or NOT_TRIED item matches, so there is nothing to fetch again")]
    NothingToDo,
    /// A part of the uploaded list is missing.
    #[error("part {0} of the list is missing: upload it, then start again")]
    PartMissing(u32),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiError {
    /// Returns the status, the last part of the type, and the title.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotJson(_) => (StatusCode::BAD_REQUEST, "not-json", "The body is not JSON"),
            Self::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-request",
                "The request is invalid",
            ),
            Self::MediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "Unsupported media type",
            ),
            Self::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "not-acceptable",
                "No acceptable media type",
            ),
            Self::TooLarge(_) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is too large",
            ),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Forbidden"),
            Self::UnknownExecution => (
                StatusCode::NOT_FOUND,
                "unknown-execution",
                "No such execution",
            ),
            Self::UnknownList => (StatusCode::NOT_FOUND, "unknown-list", "No such list"),
            Self::UnknownAddress => (StatusCode::NOT_FOUND, "unknown-address", "No such address"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
            ),
            Self::KeyReused => (
                StatusCode::CONFLICT,
                "idempotency-key-reused",
                "The Idempotency-Key was already used",
            ),
            Self::StillRunning => (
                StatusCode::CONFLICT,
                "still-running",
                "The execution is still running",
            ),
            Self::NothingToDo => (
                StatusCode::CONFLICT,
                "nothing-to-do",
                "Nothing to fetch again",
            ),
            Self::PartMissing(_) => (
                StatusCode::CONFLICT,
                "part-missing",
                "A part of the list is missing",
            ),
            Self::Engine(EngineError::Throttled) => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy")
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

    /// Returns the detail for the caller. Internal causes go to the log only.
    fn detail(&self) -> String {
        match self {
            Self::Engine(EngineError::Failed(_)) => {
                "the engine that runs executions failed, but nothing is lost. Try again; if it keeps failing, tell the operator, whose log says why".into()
            }
            Self::Store(StoreError::Unavailable { .. }) => {
                "the files could not be read or written. Try again; if it keeps failing, tell the operator, whose log says why".into()
            }
            Self::Store(StoreError::Missing { .. }) => Self::UnknownExecution.to_string(),
            Self::Store(StoreError::Damaged { .. }) => {
                "a file of the execution is damaged; the operator's log says which. Erase the execution and start it again".into()
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

/// Any error response, for the OpenAPI document.
#[derive(utoipa::IntoResponses)]
#[response(
    status = "default",
    description = "A problem document (RFC 9457)",
    content_type = "application/problem+json"
)]
pub(crate) struct AnyProblem(#[expect(dead_code, reason = "only its type is documented")] Problem);

/// Creates a problem document (RFC 9457) as a response. `kind` is the last part of its type.
fn problem_response(
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
