//! Upstreams on real sockets: HTTP/1.1 or HTTP/2, with or without TLS, each on its own port. They end
//! with the test's runtime.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::tcp_server::listener;
use crate::tls::acceptor;

/// Time limit for every condition that a test waits for.
pub const TIMEOUT: Duration = Duration::from_secs(180);

/// The protocol of a server.
pub enum Protocol {
    /// HTTP/1.1 without TLS.
    Http1,
    /// HTTP/1.1 over TLS. HTTP/2 is not supported.
    Http1OverTls,
    /// HTTP/2 over TLS with at most this many streams per connection. HTTP/1.1 works too.
    Http2(u32),
}

/// A GET that the server received.
#[derive(Clone, Debug)]
pub struct Received {
    /// The last segment of the path.
    pub number: String,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub version: Version,
    pub at: Instant,
    /// How often the number was requested before.
    pub earlier: u32,
}

pub type Response = hyper::Response<Full<Bytes>>;
type ResponseFuture = Pin<Box<dyn Future<Output = Option<Response>> + Send>>;

/// An upstream that records the requests it receives.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    scheme: &'static str,
    log: Arc<RequestLog>,
}

struct RequestLog {
    accepted: watch::Sender<u32>,
    received: Mutex<Vec<Received>>,
    counts: Mutex<HashMap<String, u32>>,
    in_flight: watch::Sender<u32>,
    most: watch::Sender<u32>,
    total: watch::Sender<u32>,
}

impl Server {
    /// Starts a server that sends what `handler` returns. `None` ends the connection or HTTP/2 stream
    /// without a response.
    pub async fn start<F>(
        protocol: Protocol,
        handler: impl Fn(Received) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Option<Response>> + Send + 'static,
    {
        let listener = listener();
        let log = Arc::new(RequestLog {
            accepted: watch::Sender::new(0),
            received: Mutex::default(),
            counts: Mutex::default(),
            in_flight: watch::Sender::new(0),
            most: watch::Sender::new(0),
            total: watch::Sender::new(0),
        });
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            scheme: if matches!(protocol, Protocol::Http1) {
                "http"
            } else {
                "https"
            },
            log: Arc::clone(&log),
        };
        let handler: Arc<dyn Fn(Received) -> ResponseFuture + Send + Sync> =
            Arc::new(move |received| Box::pin(handler(received)));
        let (alpn, streams): (&[&[u8]], _) = match protocol {
            Protocol::Http1 | Protocol::Http1OverTls => (&[b"http/1.1"], None),
            Protocol::Http2(streams) => (&[b"h2", b"http/1.1"], Some(streams)),
        };
        let tls = (!matches!(protocol, Protocol::Http1)).then(|| acceptor(alpn));
        let mut http = Builder::new(TokioExecutor::new());
        http.http2().max_concurrent_streams(streams);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                log.accepted.send_modify(|accepted| *accepted += 1);
                let (tls, http) = (tls.clone(), http.clone());
                let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
                tokio::spawn(async move {
                    match tls {
                        None => serve(http, stream, log, handler).await,
                        // The handshake fails if the client doesn't trust the certificate.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(http, stream, log, handler).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    /// Starts a server that responds with 200 immediately.
    pub async fn always_ok(protocol: Protocol) -> Self {
        Self::start(protocol, |_| std::future::ready(Some(ok()))).await
    }

    /// Starts a server that responds to requests in groups of `size`, once a group is complete.
    pub async fn in_rounds(protocol: Protocol, size: u32) -> Self {
        let arrived = Arc::new(watch::Sender::new(0_u32));
        Self::start(protocol, move |_| {
            let arrived = Arc::clone(&arrived);
            async move {
                let mut round = 0;
                arrived.send_modify(|arrived| {
                    *arrived += 1;
                    round = arrived.next_multiple_of(size);
                });
                let mut all = arrived.subscribe();
                all.wait_for(|arrived| *arrived >= round).await.unwrap();
                Some(ok())
            }
        })
        .await
    }

    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}/ssn/", self.scheme, self.port)
    }

    /// Returns the number of connections accepted so far.
    pub fn accepted(&self) -> u32 {
        *self.log.accepted.borrow()
    }

    /// Returns the most requests that were in flight at the same time.
    pub fn most_in_flight(&self) -> u32 {
        *self.log.most.borrow()
    }

    /// Returns every GET so far, in the order of arrival.
    pub fn received(&self) -> Vec<Received> {
        self.log.received.lock().unwrap().clone()
    }

    /// Waits until `wanted` GETs have arrived in total.
    pub async fn wait_for_total(&self, wanted: u32) {
        wait_for(&self.log.total, |total| *total >= wanted).await;
    }

    /// Waits until exactly `wanted` GETs are in flight.
    pub async fn wait_for_in_flight(&self, wanted: u32) {
        wait_for(&self.log.in_flight, |in_flight| *in_flight == wanted).await;
    }
}

async fn wait_for(counted: &watch::Sender<u32>, condition: impl FnMut(&u32) -> bool) {
    let mut changes = counted.subscribe();
    let waited = tokio::time::timeout(TIMEOUT, changes.wait_for(condition)).await;
    assert!(
        waited.is_ok(),
        "timed out at a count of {}",
        *counted.borrow()
    );
}

async fn serve<S>(
    http: Builder<TokioExecutor>,
    stream: S,
    log: Arc<RequestLog>,
    handler: Arc<dyn Fn(Received) -> ResponseFuture + Send + Sync>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
        async move {
            let received = log.record(&request);
            let _in_flight = InFlight::new(&log);
            handler(received).await.ok_or(NoResponse)
        }
    });
    // The tests check how a connection ends at the client, so the server ignores errors.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

#[derive(Debug, thiserror::Error)]
#[error("no response")]
struct NoResponse;

impl RequestLog {
    fn record(&self, request: &Request<Incoming>) -> Received {
        let number = request.uri().path().rsplit('/').next().unwrap().to_owned();
        let earlier = {
            let mut counts = self.counts.lock().unwrap();
            let count = counts.entry(number.clone()).or_default();
            *count += 1;
            *count - 1
        };
        let target = request.uri().path_and_query().unwrap().to_string();
        let received = Received {
            number,
            target,
            headers: request.headers().clone(),
            version: request.version(),
            at: Instant::now(),
            earlier,
        };
        self.received.lock().unwrap().push(received.clone());
        self.total.send_modify(|total| *total += 1);
        received
    }
}

/// Counts a GET as in flight until dropped. The server also drops it if the client disconnects.
struct InFlight(Arc<RequestLog>);

impl InFlight {
    fn new(log: &Arc<RequestLog>) -> Self {
        log.in_flight.send_modify(|in_flight| *in_flight += 1);
        let now = *log.in_flight.borrow();
        log.most.send_modify(|most| *most = now.max(*most));
        Self(Arc::clone(log))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|in_flight| *in_flight -= 1);
    }
}

/// Returns 200 with a small JSON body.
pub fn ok() -> Response {
    response(200, "application/json", r#"{"found": true}"#)
}

/// Returns a response with this status and body.
pub fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response {
    hyper::Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header("content-type", content_type)
        .body(Full::new(body.into()))
        .unwrap()
}

/// Returns a response with this status and header.
pub fn with_header(status: u16, name: &str, value: &str) -> Response {
    hyper::Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(name, value)
        .body(Full::default())
        .unwrap()
}
