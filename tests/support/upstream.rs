//! A scripted upstream that counts its requests.

mod server;

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::HeaderMap;
use tokio::net::{TcpSocket, TcpStream};
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
    _reserved: Option<Arc<TcpSocket>>,
}

struct Inner {
    script: Box<Script>,
    counts: Mutex<HashMap<String, u32>>,
    headers: Mutex<Option<HeaderMap>>,
    in_flight: Mutex<InFlightCount>,
    /// The client addresses of the requests in flight.
    waiting: Mutex<HashSet<SocketAddr>>,
    total: watch::Sender<u32>,
    released: watch::Sender<bool>,
    /// The client addresses of the open connections.
    connections: watch::Sender<HashSet<SocketAddr>>,
}

/// How many requests are in flight, and the largest number so far.
#[derive(Default)]
struct InFlightCount {
    now: u32,
    max: u32,
}

impl Inner {
    fn new(script: Box<Script>) -> Arc<Self> {
        Arc::new(Self {
            script,
            counts: Mutex::default(),
            headers: Mutex::default(),
            in_flight: Mutex::default(),
            waiting: Mutex::default(),
            total: watch::Sender::new(0),
            released: watch::Sender::new(false),
            connections: watch::Sender::default(),
        })
    }
}

/// A socket bound to a free port, and the address of an upstream on it.
fn bind() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/ssn/", socket.local_addr().unwrap());
    (socket, url)
}

impl Upstream {
    /// Starts an upstream; `script` gets a number's digits and the count of its earlier requests.
    pub async fn start(script: impl Fn(&str, u32) -> Reply + Send + Sync + 'static) -> Self {
        let (socket, url) = bind();
        // Thousands of clients may connect at once.
        let listener = socket.listen(4_096).unwrap();
        let inner = Inner::new(Box::new(script));
        tokio::spawn(server::serve(listener, Arc::clone(&inner)));
        Self {
            url,
            inner,
            answered: Arc::default(),
            _reserved: None,
        }
    }

    /// An upstream that refuses connections.
    pub fn unreachable() -> Self {
        let (socket, url) = bind();
        Self {
            url,
            inner: Inner::new(Box::new(|_, _| unreachable!("nothing listens on the port"))),
            answered: Arc::default(),
            _reserved: Some(Arc::new(socket)),
        }
    }

    /// Starts an upstream that responds with 200 at once.
    pub async fn succeeding() -> Self {
        Self::start(|_, _| Reply::Status(200)).await
    }

    /// Starts an upstream that answers the first `count` requests with 200, and holds the others.
    ///
    /// If the client has at most `n` requests in flight, it has received all `count` responses when
    /// it has sent `count + n` requests. [`Upstream::release`] answers the held requests.
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
        waited.await.expect("all connections are closed");
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
        self.inner.in_flight.lock().unwrap().max
    }

    /// The client addresses of the requests in flight.
    pub fn waiting_clients(&self) -> HashSet<SocketAddr> {
        self.inner.waiting.lock().unwrap().clone()
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

    /// Waits until there have been this many requests.
    pub async fn wait_for_requests(&self, wanted: u32) {
        let mut total = self.inner.total.subscribe();
        let waited = timeout(LIMIT, total.wait_for(|total| *total >= wanted));
        waited
            .await
            .unwrap_or_else(|_| panic!("{} of {wanted} requests came", self.request_count()))
            .unwrap();
    }

    /// Releases all held requests, and holds none from now on.
    pub fn release(&self) {
        self.inner.released.send_replace(true);
    }
}
