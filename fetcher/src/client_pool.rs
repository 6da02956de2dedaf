//! A pool of HTTP clients, over which the requests are distributed.
//!
//! With HTTP/2 a client opens only one connection to a host, and servers limit the requests in
//! flight on it. So there are several clients, each with a limited number of requests.
//!
//! A client for both protocols opens a connection for every request until it knows the protocol. If
//! that is HTTP/2, it then closes all but one. So the clients of the pool speak HTTP/2 only. For an
//! upstream that speaks only HTTP/1.1, the pool uses one client for both protocols instead.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use contract::wire::ErrorKind;
use reqwest::Response;
use url::Url;

use crate::client::{Client, ClientFactory};
use crate::failure::GetError;
use crate::{SettingsError, UpstreamSettings};

/// A pool of HTTP clients, over which the requests are distributed.
pub(crate) struct ClientPool {
    factory: ClientFactory,
    /// A client for both protocols. Over HTTP/1.1 it has one connection for each request in flight.
    any_protocol: Client,
    /// Clients that speak HTTP/2 only.
    http2: Mutex<Vec<Arc<Http2Client>>>,
    /// Maximum number of requests in flight on one HTTP/2 client.
    max_streams: usize,
    /// Whether the upstream speaks HTTP/2, according to the last connection.
    ///
    /// Before the first connection, an https upstream is assumed to speak it.
    speaks_http2: Arc<AtomicBool>,
}

/// A client that speaks HTTP/2 only, over one connection.
struct Http2Client {
    client: Client,
    in_flight: AtomicUsize,
}

/// Reserves one of an HTTP/2 client's streams for a request. Dropping it frees the stream.
pub(crate) struct Lease(Arc<Http2Client>);

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ClientPool {
    /// Creates the pool with its first client, so that invalid settings are found now.
    pub(crate) fn new(settings: &UpstreamSettings, https: bool) -> Result<Self, SettingsError> {
        let speaks_http2 = Arc::new(AtomicBool::new(https));
        let factory = ClientFactory::new(settings, https, Arc::clone(&speaks_http2))?;
        Ok(Self {
            any_protocol: factory.any_protocol()?,
            factory,
            http2: Mutex::default(),
            max_streams: settings.streams_per_connection as usize,
            speaks_http2,
        })
    }

    /// Sends a GET. The caller must keep the lease until the response has been read.
    pub(crate) async fn get(&self, url: Url) -> Result<(Response, Option<Lease>), ErrorKind> {
        if self.speaks_http2.load(Ordering::Relaxed)
            && let Ok(lease) = self.lease()
        {
            match lease.0.client.get(url.clone()).await {
                Ok(response) => return Ok((response, Some(lease))),
                Err(GetError::Failed(kind)) => return Err(kind),
                Err(GetError::NotHttp2) => {}
            }
        }
        match self.any_protocol.get(url).await {
            Ok(response) => Ok((response, None)),
            Err(GetError::Failed(kind)) => Err(kind),
            Err(GetError::NotHttp2) => Err(ErrorKind::ConnectFailed),
        }
    }

    /// Reserves a stream of the first client that has a free one, or of a new client.
    ///
    /// Filling the first clients keeps the number of connections small.
    fn lease(&self) -> Result<Lease, SettingsError> {
        let mut clients = self.http2.lock().unwrap_or_else(PoisonError::into_inner);
        let free = clients
            .iter()
            .find(|client| client.in_flight.load(Ordering::Relaxed) < self.max_streams);
        let client = match free {
            Some(client) => Arc::clone(client),
            None => {
                let client = Arc::new(Http2Client {
                    client: self.factory.http2_only()?,
                    in_flight: AtomicUsize::new(0),
                });
                clients.push(Arc::clone(&client));
                client
            }
        };
        client.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Lease(client))
    }
}
