//! How connections come about: within a time, in the protocol that was meant, and where they don't,
//! why.

use std::error::Error;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use contract::wire::ErrorKind;
use hyper_util::client::legacy::connect::Connection;
use tokio::time::{Instant, timeout};
use tower::{BoxError, Layer, Service};

tokio::task_local! {
    /// When the attempt began that wants a connection.
    pub(crate) static BEGAN: Instant;
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoConnection {
    /// It failed.
    #[error("{}", .0.message())]
    Failed(ErrorKind),
    /// The upstream doesn't speak HTTP/2, and this client speaks nothing else.
    #[error("the upstream does not speak HTTP/2")]
    NotHttp2,
}

/// Watches over the connections of one client.
#[derive(Clone)]
pub(crate) struct Connections {
    timeout: Duration,
    /// Whether the client speaks HTTP/2 only.
    only_http2: bool,
    /// What the upstream was last seen to speak, shared by all clients.
    speaks_http2: Arc<AtomicBool>,
    /// When the last connection failed, and why.
    failed: Arc<Mutex<Option<(Instant, NoConnection)>>>,
}

impl Connections {
    pub(crate) fn new(timeout: Duration, only_http2: bool, speaks_http2: Arc<AtomicBool>) -> Self {
        Self {
            timeout,
            only_http2,
            speaks_http2,
            failed: Arc::default(),
        }
    }

    /// A client for HTTP/2 lets one request connect and all others wait for it. Where that fails,
    /// the next would try, and so on in a row; but what failed while they waited failed for them.
    fn failed_meanwhile(&self) -> Option<NoConnection> {
        if !self.only_http2 {
            return None;
        }
        if !self.speaks_http2.load(Ordering::Relaxed) {
            return Some(NoConnection::NotHttp2);
        }
        let (at, why) = (*self.failed.lock().unwrap_or_else(PoisonError::into_inner))?;
        let waited = BEGAN.try_with(|began| *began <= at).unwrap_or(false);
        waited.then_some(why)
    }

    fn check(&self, is_http2: bool) -> Result<(), NoConnection> {
        if is_http2 || self.only_http2 {
            self.speaks_http2.store(is_http2, Ordering::Relaxed);
        }
        if self.only_http2 && !is_http2 {
            return Err(NoConnection::NotHttp2);
        }
        Ok(())
    }

    fn note(&self, why: NoConnection) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = Some((Instant::now(), why));
    }
}

impl<S> Layer<S> for Connections {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector {
            inner,
            connections: self.clone(),
        }
    }
}

/// The client's own connector, watched over.
#[derive(Clone)]
pub(crate) struct Connector<S> {
    inner: S,
    connections: Connections,
}

impl<S, To> Service<To> for Connector<S>
where
    S: Service<To, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Connection + Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, to: To) -> Self::Future {
        if let Some(why) = self.connections.failed_meanwhile() {
            return Box::pin(ready(Err(why.into())));
        }
        let connections = self.connections.clone();
        let connecting = self.inner.call(to);
        Box::pin(async move {
            let why = match timeout(connections.timeout, connecting).await {
                Ok(Ok(connection)) => {
                    match connections.check(connection.connected().is_negotiated_h2()) {
                        Ok(()) => return Ok(connection),
                        Err(why) => why,
                    }
                }
                Ok(Err(error)) => NoConnection::Failed(kind_of(error.as_ref())),
                Err(_) => NoConnection::Failed(ErrorKind::TimedOut),
            };
            connections.note(why);
            Err(why.into())
        })
    }
}

fn kind_of(error: &(dyn Error + 'static)) -> ErrorKind {
    let mut kind = ErrorKind::ConnectFailed;
    for error in chain(error) {
        if error.is::<rustls::Error>() {
            kind = ErrorKind::TlsFailed;
        }
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut) {
            kind = ErrorKind::TimedOut;
        }
    }
    kind
}

/// An error and everything below it. What an I/O error wraps is below it too, which its `source`
/// steps over.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref())
            .map(|inner| inner as &(dyn Error + 'static));
        wrapped.or_else(move || error.source())
    })
}
