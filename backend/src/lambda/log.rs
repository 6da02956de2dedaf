//! One line of log a request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs the route, never the address: what somebody mistyped there may be a number.
pub(super) async fn log_request(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let answer = next.run(request).await;
    tracing::info!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = answer.status().as_u16(),
        milliseconds = began.elapsed().as_millis() as u64,
        "answered"
    );
    answer
}
