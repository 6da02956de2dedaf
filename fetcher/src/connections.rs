//! How connections come about: within a time, in the protocol that was meant, and where they don't,
//! why.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use contract::wire::ErrorKind;
use hyper_util::client::legacy::connect::Connection;
use tokio::time::timeout;
use tower::{BoxError, Layer, Service};

use crate::failure::{GetError, chain, on_connecting, on_connection};

/// Watches over the connections of one client.
#[derive(Clone)]
pub(crate) struct Connections {
    timeout: Duration,
    /// Whether the client speaks HTTP/2 only.
    only_http2: bool,
    /// What the upstream was last seen to speak, shared by all clients.
    speaks_http2: Arc<AtomicBool>,
    /// Why the last connection failed that did.
    failed: Arc<Mutex<Option<GetError>>>,
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

    /// Why a request failed. A client for HTTP/2 lets one request connect and all others wait for
    /// it: what failed for it failed for them.
    pub(crate) fn why(&self, error: &reqwest::Error) -> GetError {
        if let Some(why) = chain(error).find_map(|error| error.downcast_ref()) {
            return *why;
        }
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match failed {
            Some(why) if error.is_connect() => why,
            None if error.is_connect() && !error.is_timeout() => {
                GetError::Failed(on_connecting(error))
            }
            _ => GetError::Failed(on_connection(error)),
        }
    }

    fn check(&self, is_http2: bool) -> Result<(), GetError> {
        if is_http2 || self.only_http2 {
            self.speaks_http2.store(is_http2, Ordering::Relaxed);
        }
        if self.only_http2 && !is_http2 {
            return Err(GetError::NotHttp2);
        }
        Ok(())
    }

    fn note(&self, why: GetError) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = Some(why);
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
        let connections = self.connections.clone();
        if connections.only_http2 && !connections.speaks_http2.load(Ordering::Relaxed) {
            // It has turned out since the client was chosen.
            return Box::pin(ready(Err(GetError::NotHttp2.into())));
        }
        let connecting = self.inner.call(to);
        Box::pin(async move {
            let why = match timeout(connections.timeout, connecting).await {
                Ok(Ok(connection)) => {
                    match connections.check(connection.connected().is_negotiated_h2()) {
                        Ok(()) => return Ok(connection),
                        Err(why) => why,
                    }
                }
                Ok(Err(error)) => GetError::Failed(on_connecting(error.as_ref())),
                Err(_) => GetError::Failed(ErrorKind::TimedOut),
            };
            connections.note(why);
            Err(why.into())
        })
    }
}
