//! The demo upstream: serves made-up records, and simulates the failures of a real one at set rates.

mod connection;
mod outcome;
mod record;
mod settings;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::stream;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use connection::{DemoListener, ResetHandle};
use outcome::{Outages, Outcome};
pub use settings::DemoSettings;

/// How long responses may still take during shutdown.
const GRACE: Duration = Duration::from_secs(1);

/// Serves the demo upstream until `shutdown` resolves, and then up to a second for open responses.
///
/// The listener's backlog limits how many connections may arrive at once: make it as large as the
/// concurrency of the requests.
///
/// # Errors
/// None in practice: an error on a connection ends that connection only.
pub async fn serve(
    listener: TcpListener,
    settings: DemoSettings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (ending, end) = oneshot::channel::<Infallible>();
    let shutdown = async move {
        shutdown.await;
        drop(ending);
    };
    let service = router(settings).into_make_service_with_connect_info::<ResetHandle>();
    let serving = axum::serve(DemoListener(listener), service).with_graceful_shutdown(shutdown);
    tokio::select! {
        served = serving => served,
        () = async { let _ = end.await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// Returns a router that responds to a GET of any path whose last segment is nine digits.
///
/// Only a connection that [`serve`] accepted can be reset. On any other, the response is cut off.
pub fn router(settings: DemoSettings) -> Router {
    let demo = Demo {
        settings,
        outages: Outages::default(),
    };
    Router::new().fallback_service(get(respond).with_state(Arc::new(demo)))
}

/// The settings and state of one demo upstream.
struct Demo {
    settings: DemoSettings,
    outages: Outages,
}

async fn respond(State(demo): State<Arc<Demo>>, request: Request) -> Response {
    let settings = &demo.settings;
    let Some(number) = number(request.uri().path()) else {
        let usage = "GET {any path}/{nine digits} returns a made-up record";
        return failure(StatusCode::BAD_REQUEST, usage);
    };
    let outcome = settings.outcome(number, rand::random(), &demo.outages);
    let delay = settings.delay(rand::random(), rand::random());
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match outcome {
        Outcome::Found => Json(record::made_up(number, settings.seed)).into_response(),
        Outcome::NotFound => failure(StatusCode::NOT_FOUND, "no such record"),
        Outcome::Failure => failure(StatusCode::SERVICE_UNAVAILABLE, "out of order, try again"),
        Outcome::Throttled => {
            let mut response = failure(StatusCode::TOO_MANY_REQUESTS, "too many requests");
            let seconds = HeaderValue::from(settings.retry_after);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
        Outcome::Truncated => truncated(&record::made_up(number, settings.seed)),
        Outcome::Reset => {
            let handle = request.extensions().get::<ConnectInfo<ResetHandle>>();
            if let Some(ConnectInfo(handle)) = handle {
                handle.reset();
            }
            Body::from_stream(stream::iter([Err::<Bytes, _>(broken())])).into_response()
        }
    }
}

/// The nine digits at the end of a path.
fn number(path: &str) -> Option<u64> {
    let (_, segment) = path.rsplit_once('/')?;
    let is_number = segment.len() == 9 && segment.bytes().all(|byte| byte.is_ascii_digit());
    segment.parse().ok().filter(|_| is_number)
}

fn failure(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "demo": true, "error": error }))).into_response()
}

/// Sends half of a body whose full length is in `Content-Length`, and closes the connection.
fn truncated(record: &record::Record) -> Response {
    // A record holds only strings and numbers, so this can't fail.
    let whole = serde_json::to_string(record).unwrap_or_default();
    let half = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
    let parts = stream::unfold(Some(half), async |half| match half {
        Some(half) => Some((Ok(half), None)),
        None => {
            // Lets the server send the first half before the error.
            tokio::task::yield_now().await;
            Some((Err(broken()), None))
        }
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    response
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

#[cfg(test)]
mod tests;
