//! Several clients that share the requests.
//!
//! Over HTTP/2 one client keeps one connection to a host, and a server caps the requests on it, so
//! that "all in parallel" would end there. So there are several clients, each with a bounded share
//! of the requests. A client that would speak either protocol opens a connection for every request
//! until it knows better, and drops all but one where it turns out to be HTTP/2. So these speak
//! HTTP/2 only, and where the upstream turns out not to, one client for both takes their place.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use contract::wire::ErrorKind;
use reqwest::Response;
use url::Url;

use crate::client::{Client, ClientFactory};
use crate::failure::GetError;
use crate::{SettingsError, UpstreamSettings};

/// ClientPool that share the requests.
pub(crate) struct ClientPool {
    factory: ClientFactory,
    /// Speaks what the upstream does: one connection for each request where that is HTTP/1.1.
    any: Client,
    /// Speak HTTP/2 only.
    http2: Mutex<Vec<Arc<Slot>>>,
    /// Requests on one of them at the same time.
    share: usize,
    /// Whether the upstream speaks HTTP/2, as far as is known. Over TLS that is assumed until a
    /// connection says otherwise.
    speaks_http2: Arc<AtomicBool>,
}

/// A client for HTTP/2, over one connection.
struct Slot {
    client: Client,
    in_flight: AtomicUsize,
}

/// Room for one request; it is given back on drop.
pub(crate) struct Lease(Arc<Slot>);

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ClientPool {
    /// Makes the first client, so that what is wrong with the settings is said at once.
    pub(crate) fn new(settings: &UpstreamSettings, https: bool) -> Result<Self, SettingsError> {
        let speaks_http2 = Arc::new(AtomicBool::new(https));
        let factory = ClientFactory::new(settings, https, Arc::clone(&speaks_http2))?;
        Ok(Self {
            any: factory.any()?,
            factory,
            http2: Mutex::default(),
            share: settings.streams_per_connection,
            speaks_http2,
        })
    }

    /// Sends a GET. The lease is to be kept until the answer has been read.
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
        match self.any.get(url).await {
            Ok(response) => Ok((response, None)),
            Err(GetError::Failed(kind)) => Err(kind),
            Err(GetError::NotHttp2) => Err(ErrorKind::ConnectFailed),
        }
    }

    /// Room for one more request: in the first client that has it, so that few connections are kept
    /// busy rather than many idle.
    fn lease(&self) -> Result<Lease, SettingsError> {
        let mut slots = self.http2.lock().unwrap_or_else(PoisonError::into_inner);
        let free = slots
            .iter()
            .find(|slot| slot.in_flight.load(Ordering::Relaxed) < self.share);
        let slot = match free {
            Some(slot) => Arc::clone(slot),
            None => {
                let slot = Arc::new(Slot {
                    client: self.factory.http2()?,
                    in_flight: AtomicUsize::new(0),
                });
                slots.push(Arc::clone(&slot));
                slot
            }
        };
        slot.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Lease(slot))
    }
}
