//! A scripted upstream that counts its requests.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::wait::LIMIT;

/// A response of the upstream.
#[derive(Clone, Debug)]
pub enum Reply {
    /// This status with a small JSON body.
    Status(u16),
    /// 200 with this body of this type.
    Body(&'static str, String),
    /// This status with `Retry-After`.
    RetryAfter(u16, &'static str),
    /// A redirect to this address.
    Redirect(String),
    /// Another reply, later.
    After(Duration, Box<Reply>),
    /// Nothing, until [`Upstream::release`]; then 200.
    Held,
    /// Nothing, until [`Upstream::release`]; then another reply.
    OnRelease(Box<Reply>),
}

type Script = dyn Fn(&str, u32) -> Reply + Send + Sync;

/// An upstream at `/ssn/` on a port of its own. It ends with the test's runtime.
#[derive(Clone)]
pub struct Upstream {
    /// Its address, to which a number is appended.
    pub url: String,
    inner: Arc<Inner>,
    answered: Arc<Mutex<HashSet<String>>>,
    /// Reserves the port of an upstream that isn't served.
    _unheard: Option<Arc<TcpSocket>>,
}

struct Inner {
    script: Box<Script>,
    counts: Mutex<HashMap<String, u32>>,
    headers: Mutex<Option<HeaderMap>>,
    in_flight: watch::Sender<u32>,
    most: watch::Sender<u32>,
    total: watch::Sender<u32>,
    released: watch::Sender<bool>,
    /// The client addresses of the open connections.
    connections: watch::Sender<HashSet<SocketAddr>>,
}

impl Inner {
    fn new(script: Box<Script>) -> Arc<Self> {
        Arc::new(Self {
            script,
            counts: Mutex::default(),
            headers: Mutex::default(),
            in_flight: watch::Sender::new(0),
            most: watch::Sender::new(0),
            total: watch::Sender::new(0),
            released: watch::Sender::new(false),
            connections: watch::Sender::default(),
        })
    }
}

/// A free port, and the address of an upstream on it.
fn port() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/ssn/", socket.local_addr().unwrap());
    (socket, url)
}

impl Upstream {
    /// Starts an upstream; `script` gets a number's digits and how many requests it had before.
    pub async fn start(script: impl Fn(&str, u32) -> Reply + Send + Sync + 'static) -> Self {
        let (socket, url) = port();
        // The backlog: thousands may connect at once.
        let listener = socket.listen(4_096).unwrap();
        let inner = Inner::new(Box::new(script));
        let router = Router::new()
            .route("/ssn/{number}", get(answer))
            .with_state(Arc::clone(&inner));
        tokio::spawn(serve(listener, router, Arc::clone(&inner)));
        Self {
            url,
            inner,
            answered: Arc::default(),
            _unheard: None,
        }
    }

    /// An upstream that refuses connections.
    pub fn unreachable() -> Self {
        let (socket, url) = port();
        Self {
            url,
            inner: Inner::new(Box::new(|_, _| unreachable!("nobody listens"))),
            answered: Arc::default(),
            _unheard: Some(Arc::new(socket)),
        }
    }

    /// Starts an upstream that responds with 200 at once.
    pub async fn succeeding() -> Self {
        Self::start(|_, _| Reply::Status(200)).await
    }

    /// Answers the first `count` requests with 200, whatever their numbers, and holds the others
    /// until [`Upstream::release`].
    ///
    /// Where at most `n` requests are in flight, `count + n` requests mean that the client has
    /// received all `count` responses.
    pub async fn answering_first(count: u32) -> Self {
        let (left, answered) = (AtomicU32::new(count), Arc::default());
        let numbers: Arc<Mutex<HashSet<String>>> = Arc::clone(&answered);
        let mut upstream = Self::start(move |number, _| {
            let take = |left: u32| left.checked_sub(1);
            match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
                Ok(_) => {
                    numbers.lock().unwrap().insert(number.to_owned());
                    Reply::Status(200)
                }
                Err(_) => Reply::Held,
            }
        })
        .await;
        upstream.answered = answered;
        upstream
    }

    /// The numbers whose requests [`Upstream::answering_first`] didn't hold.
    pub fn answered_numbers(&self) -> HashSet<String> {
        self.answered.lock().unwrap().clone()
    }

    /// Waits until all connections made so far are closed. All their requests are counted then.
    pub async fn wait_for_disconnects(&self) {
        let address = self.url.trim_start_matches("http://");
        let address = address.trim_end_matches("/ssn/");
        // Connections are accepted in the order in which they were made.
        let last = TcpStream::connect(address).await.unwrap();
        let last = (last.local_addr().unwrap(), last);
        let mut connections = self.inner.connections.subscribe();
        let waited = timeout(LIMIT, async {
            let accepted = connections.wait_for(|open| open.contains(&last.0));
            accepted.await.unwrap();
            connections.wait_for(|open| open.len() == 1).await.unwrap();
        });
        waited.await.expect("a connection is never closed");
    }

    /// How many requests each number had.
    pub fn request_counts(&self) -> HashMap<String, u32> {
        self.inner.counts.lock().unwrap().clone()
    }

    /// How many requests there were.
    pub fn request_count(&self) -> u32 {
        *self.inner.total.borrow()
    }

    /// The largest number of requests in flight.
    pub fn max_in_flight(&self) -> u32 {
        *self.inner.most.borrow()
    }

    /// The headers of the last request.
    pub fn last_headers(&self) -> HeaderMap {
        self.inner
            .headers
            .lock()
            .unwrap()
            .clone()
            .expect("the upstream had no request")
    }

    /// Waits until there have been so many requests.
    pub async fn wait_for_requests(&self, wanted: u32) {
        let mut total = self.inner.total.subscribe();
        let waited = timeout(LIMIT, total.wait_for(|total| *total >= wanted));
        waited
            .await
            .unwrap_or_else(|_| panic!("{wanted} GETs did not come, only {}", self.request_count()))
            .unwrap();
    }

    /// Releases all held requests, and holds none from now on.
    pub fn release(&self) {
        self.inner.released.send_replace(true);
    }
}

/// Serves HTTP/1.1 on every connection, and tracks the open ones.
async fn serve(listener: TcpListener, router: Router, inner: Arc<Inner>) {
    while let Ok((stream, client)) = listener.accept().await {
        inner.connections.send_modify(|open| {
            open.insert(client);
        });
        let service = TowerToHyperService::new(router.clone());
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

async fn answer(
    State(inner): State<Arc<Inner>>,
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
    inner.in_flight.send_modify(|in_flight| *in_flight += 1);
    let now = *inner.in_flight.borrow();
    inner.most.send_if_modified(|most| {
        now > *most && {
            *most = now;
            true
        }
    });
    // Counts down also where the client closes the connection.
    let _in_flight = InFlight(Arc::clone(&inner));
    let mut reply = (inner.script)(&number, before);
    // Last, so that all else is recorded when the count is reached.
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

struct InFlight(Arc<Inner>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|in_flight| *in_flight -= 1);
    }
}
