//! A layer around a client's connector: it checks each new connection.

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

use crate::failure::{GetError, error_after_connecting, error_chain, error_while_connecting};

/// Enforces the connect timeout and the protocol of one client, and records why connections fail.
#[derive(Clone)]
pub(crate) struct ConnectionLayer {
    timeout: Duration,
    /// Whether the client speaks HTTP/2 only.
    only_http2: bool,
    /// Whether the latest connection to the upstream spoke HTTP/2. Shared by all clients.
    speaks_http2: Arc<AtomicBool>,
    /// The error of the last connection that failed.
    last_error: Arc<Mutex<Option<GetError>>>,
}

impl ConnectionLayer {
    pub(crate) fn new(timeout: Duration, only_http2: bool, speaks_http2: Arc<AtomicBool>) -> Self {
        Self {
            timeout,
            only_http2,
            speaks_http2,
            last_error: Arc::default(),
        }
    }

    /// Returns why a request failed.
    ///
    /// In an HTTP/2 client, one request opens the connection while all others wait for it. If that
    /// fails, the errors of the others hold no reason, so they get the error of the last connection.
    pub(crate) fn classify(&self, error: &reqwest::Error) -> GetError {
        if let Some(own) = error_chain(error).find_map(|error| error.downcast_ref()) {
            return *own;
        }
        let last = *self
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match last {
            Some(last) if error.is_connect() => last,
            None if error.is_connect() && !error.is_timeout() => {
                GetError::Failed(error_while_connecting(error))
            }
            _ => GetError::Failed(error_after_connecting(error)),
        }
    }

    fn check_protocol(&self, is_http2: bool) -> Result<(), GetError> {
        if is_http2 || self.only_http2 {
            self.speaks_http2.store(is_http2, Ordering::Relaxed);
        }
        if self.only_http2 && !is_http2 {
            return Err(GetError::NotHttp2);
        }
        Ok(())
    }

    fn set_last_error(&self, error: GetError) {
        let mut last = self
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some(error);
    }
}

impl<S> Layer<S> for ConnectionLayer {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector {
            inner,
            layer: self.clone(),
        }
    }
}

/// The client's connector, wrapped in the layer.
#[derive(Clone)]
pub(crate) struct Connector<S> {
    inner: S,
    layer: ConnectionLayer,
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
        let layer = self.layer.clone();
        if layer.only_http2 && !layer.speaks_http2.load(Ordering::Relaxed) {
            // After this client was chosen, another connection showed that the upstream speaks only
            // HTTP/1.1.
            return Box::pin(ready(Err(GetError::NotHttp2.into())));
        }
        let connecting = self.inner.call(to);
        Box::pin(async move {
            let error = match timeout(layer.timeout, connecting).await {
                Ok(Ok(connection)) => {
                    match layer.check_protocol(connection.connected().is_negotiated_h2()) {
                        Ok(()) => return Ok(connection),
                        Err(error) => error,
                    }
                }
                Ok(Err(error)) => GetError::Failed(error_while_connecting(error.as_ref())),
                Err(_) => GetError::Failed(ErrorKind::TimedOut),
            };
            layer.set_last_error(error);
            Err(error.into())
        })
    }
}
