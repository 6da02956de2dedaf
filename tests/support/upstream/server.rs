//! The server of a scripted upstream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};

use super::{Inner, Reply};

/// Serves HTTP/1.1 on every connection, and tracks the open ones.
pub(super) async fn serve(mut listener: TcpListener, inner: Arc<Inner>) {
    let router = Router::new()
        .route("/ssn/{number}", get(respond))
        .with_state(Arc::clone(&inner));
    loop {
        // axum's `accept` tries again after an error, such as a connection that is closed already.
        let (stream, client) = Listener::accept(&mut listener).await;
        probe_when_idle(&stream);
        inner.connections.send_modify(|open| {
            open.insert(client);
        });
        let service = TowerToHyperService::new(router.clone().layer(Extension(client)));
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let http = auto::Builder::new(TokioExecutor::new());
            // A client may end its connection in any way.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
            inner.connections.send_modify(|open| {
                open.remove(&client);
            });
        });
    }
}

/// Asks the client each second whether an idle connection is still open.
///
/// The kernel resets the connections of a killed client, but it may drop packets even between local
/// sockets: above 1,000 at once (`net.core.netdev_max_backlog`). A reset isn't repeated, so the
/// connection would stay open here for ever.
fn probe_when_idle(stream: &TcpStream) {
    let second = Duration::from_secs(1);
    // These fail only if the connection has ended.
    let _ = sockopt::set_socket_keepalive(stream, true);
    let _ = sockopt::set_tcp_keepidle(stream, second);
    let _ = sockopt::set_tcp_keepintvl(stream, second);
}

/// Records a request, and responds as the script says.
async fn respond(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<SocketAddr>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Response {
    assert!(
        number.len() == 9 && number.bytes().all(|byte| byte.is_ascii_digit()),
        "a request is for nine digits"
    );
    let before = {
        let mut counts = inner.counts.lock().unwrap();
        let count = counts.entry(number.clone()).or_default();
        *count += 1;
        *count - 1
    };
    *inner.headers.lock().unwrap() = Some(headers);
    // Counts down on drop, also if the client closes the connection.
    let _in_flight = InFlight::new(&inner, client);
    let mut reply = (inner.script)(&number, before);
    // Last: once a test sees this count, everything else about the request is recorded.
    inner.total.send_modify(|total| *total += 1);
    loop {
        reply = match reply {
            Reply::Status(status) => {
                let body = format!("{{\"name\": \"Ada Example\", \"attempt\": {before}}}");
                return (
                    StatusCode::from_u16(status).unwrap(),
                    [(header::CONTENT_TYPE, "application/json")],
                    body,
                )
                    .into_response();
            }
            Reply::Body(content_type, body) => {
                return ([(header::CONTENT_TYPE, content_type)], body).into_response();
            }
            Reply::RetryAfter(status, value) => {
                return (
                    StatusCode::from_u16(status).unwrap(),
                    [(header::RETRY_AFTER, value)],
                    "later",
                )
                    .into_response();
            }
            Reply::Redirect(location) => {
                return (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
            }
            Reply::After(wait, then) => {
                // The latency that the script gives this upstream.
                tokio::time::sleep(wait).await;
                *then
            }
            Reply::Held => Reply::OnRelease(Box::new(Reply::Status(200))),
            Reply::OnRelease(then) => {
                inner
                    .released
                    .subscribe()
                    .wait_for(|released| *released)
                    .await
                    .unwrap();
                *then
            }
        }
    }
}

/// A request in flight.
struct InFlight(Arc<Inner>, SocketAddr);

impl InFlight {
    fn new(inner: &Arc<Inner>, client: SocketAddr) -> Self {
        inner.waiting.lock().unwrap().insert(client);
        let mut count = inner.in_flight.lock().unwrap();
        count.now += 1;
        count.max = count.max.max(count.now);
        Self(Arc::clone(inner), client)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.lock().unwrap().now -= 1;
        self.0.waiting.lock().unwrap().remove(&self.1);
    }
}
