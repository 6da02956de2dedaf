//! Upstreams on real sockets: HTTP/1.1 or HTTP/2, with TLS or without, on a port of their own. They
//! end with the test's runtime.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::raw::listener;
use crate::tls::acceptor;

/// A condition that isn't met by then counts as one that never is.
const LIMIT: Duration = Duration::from_secs(180);

/// What is spoken on a connection.
pub enum Wire {
    /// HTTP/1.1 without TLS.
    Plain,
    /// HTTP/1.1 over TLS; a client that wants HTTP/2 isn't understood.
    Tls,
    /// HTTP/2 over TLS with at most so many streams a connection, or HTTP/1.1 where the client wants that.
    Http2(u32),
}

/// A GET as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path's last segment.
    pub number: String,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub version: Version,
    pub at: Instant,
    /// How often the number was asked before.
    pub before: u32,
}

pub type Answer = Response<Full<Bytes>>;
type Answering = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;

/// An upstream that answers, and remembers what it was asked.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    scheme: &'static str,
    seen: Arc<Seen>,
}

struct Seen {
    accepted: watch::Sender<u32>,
    asked: Mutex<Vec<Asked>>,
    counts: Mutex<HashMap<String, u32>>,
    in_flight: watch::Sender<u32>,
    most: watch::Sender<u32>,
    total: watch::Sender<u32>,
}

impl Server {
    /// Answers as `handler` says; `None` breaks the stream off.
    pub async fn start<F>(wire: Wire, handler: impl Fn(Asked) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        let listener = listener();
        let seen = Arc::new(Seen {
            accepted: watch::Sender::new(0),
            asked: Mutex::default(),
            counts: Mutex::default(),
            in_flight: watch::Sender::new(0),
            most: watch::Sender::new(0),
            total: watch::Sender::new(0),
        });
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            scheme: if matches!(wire, Wire::Plain) {
                "http"
            } else {
                "https"
            },
            seen: Arc::clone(&seen),
        };
        let handler: Arc<dyn Fn(Asked) -> Answering + Send + Sync> =
            Arc::new(move |asked| Box::pin(handler(asked)));
        let (alpn, streams): (&[&[u8]], _) = match wire {
            Wire::Plain | Wire::Tls => (&[b"http/1.1"], None),
            Wire::Http2(streams) => (&[b"h2", b"http/1.1"], Some(streams)),
        };
        let tls = (!matches!(wire, Wire::Plain)).then(|| acceptor(alpn));
        let mut http = Builder::new(TokioExecutor::new());
        http.http2().max_concurrent_streams(streams);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                seen.accepted.send_modify(|accepted| *accepted += 1);
                let (tls, http) = (tls.clone(), http.clone());
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                tokio::spawn(async move {
                    match tls {
                        None => serve(http, stream, seen, handler).await,
                        // A client that doesn't trust the certificate goes away here.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(http, stream, seen, handler).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    /// Answers 200 at once.
    pub async fn quick(wire: Wire) -> Self {
        Self::start(wire, |_| std::future::ready(Some(ok()))).await
    }

    /// Answers in rounds of so many: none of a round before all of it have arrived.
    pub async fn in_rounds(wire: Wire, size: u32) -> Self {
        let arrived = Arc::new(watch::Sender::new(0_u32));
        Self::start(wire, move |_| {
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

    /// Connections accepted so far.
    pub fn accepted(&self) -> u32 {
        *self.seen.accepted.borrow()
    }

    /// The most that were being answered at the same time.
    pub fn most_in_flight(&self) -> u32 {
        *self.seen.most.borrow()
    }

    /// Every GET so far, in the order of arrival.
    pub fn asked(&self) -> Vec<Asked> {
        self.seen.asked.lock().unwrap().clone()
    }

    /// Waits until so many GETs came in all.
    pub async fn until_total(&self, wanted: u32) {
        until(&self.seen.total, |total| *total >= wanted).await;
    }

    /// Waits until so many GETs are being answered.
    pub async fn until_in_flight(&self, wanted: u32) {
        until(&self.seen.in_flight, |in_flight| *in_flight == wanted).await;
    }
}

async fn until(counted: &watch::Sender<u32>, condition: impl FnMut(&u32) -> bool) {
    let mut news = counted.subscribe();
    let waited = tokio::time::timeout(LIMIT, news.wait_for(condition)).await;
    assert!(waited.is_ok(), "it stays at {}", *counted.borrow());
}

async fn serve<S>(
    http: Builder<TokioExecutor>,
    stream: S,
    seen: Arc<Seen>,
    handler: Arc<dyn Fn(Asked) -> Answering + Send + Sync>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
        async move {
            let asked = seen.note(&request);
            let _leaving = Leaving::enter(&seen);
            handler(asked).await.ok_or(BrokenOff)
        }
    });
    // How a connection ends is the client's to judge.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

#[derive(Debug, thiserror::Error)]
#[error("broken off")]
struct BrokenOff;

impl Seen {
    fn note(&self, request: &Request<Incoming>) -> Asked {
        let number = request.uri().path().rsplit('/').next().unwrap().to_owned();
        let before = {
            let mut counts = self.counts.lock().unwrap();
            let count = counts.entry(number.clone()).or_default();
            *count += 1;
            *count - 1
        };
        let target = request.uri().path_and_query().unwrap().to_string();
        let asked = Asked {
            number,
            target,
            headers: request.headers().clone(),
            version: request.version(),
            at: Instant::now(),
            before,
        };
        self.asked.lock().unwrap().push(asked.clone());
        self.total.send_modify(|total| *total += 1);
        asked
    }
}

/// A GET that is being answered; it leaves also where the client goes away in the middle.
struct Leaving(Arc<Seen>);

impl Leaving {
    fn enter(seen: &Arc<Seen>) -> Self {
        seen.in_flight.send_modify(|in_flight| *in_flight += 1);
        let now = *seen.in_flight.borrow();
        seen.most.send_modify(|most| *most = now.max(*most));
        Self(Arc::clone(seen))
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|in_flight| *in_flight -= 1);
    }
}

/// 200 with a small JSON body that names nobody.
pub fn ok() -> Answer {
    answer(200, "application/json", r#"{"found": true}"#)
}

/// This status with this body of this type.
pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Answer {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header("content-type", content_type)
        .body(Full::new(body.into()))
        .unwrap()
}

/// This status with this header.
pub fn with_header(status: u16, name: &str, value: &str) -> Answer {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(name, value)
        .body(Full::default())
        .unwrap()
}
