//! The HTTP client: shared, with connections that are used again.
//!
//! Over HTTP/2 one client keeps one connection to a host, and a server caps the requests on it, so
//! that "all in parallel" would end there. So there are several clients, each with a bounded share
//! of the requests. A client that would speak either protocol opens a connection for every request
//! until it knows better, and drops all but one where it turns out to be HTTP/2. So these speak
//! HTTP/2 only, and where the upstream turns out not to, one client for both takes their place.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use tokio::time::Instant;
use url::Url;

use crate::connect::{BEGAN, Connections, NoConnection, chain};
use crate::dns::Resolver;
use crate::{SettingsError, UpstreamSettings};

/// Redirects followed within the upstream's own origin.
const MAX_REDIRECTS: usize = 5;

/// Clients that share the requests.
pub(crate) struct Clients {
    /// Speaks what the upstream does: one connection for each request where that is HTTP/1.1.
    any: Client,
    /// Whether the upstream speaks HTTP/2, as far as is known. Over TLS that is assumed until a
    /// connection says otherwise.
    speaks_http2: Arc<AtomicBool>,
    make_http2: Box<dyn Fn() -> Result<Client, SettingsError> + Send + Sync>,
    share: usize,
    http2: Mutex<Vec<Arc<Slot>>>,
}

/// A client that speaks HTTP/2 only, over one connection.
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

impl Clients {
    /// Makes the first client, so that what is wrong with the settings is said at once.
    pub(crate) fn new(settings: &UpstreamSettings, https: bool) -> Result<Self, SettingsError> {
        let tls = if https { tls(settings)? } else { no_tls()? };
        let speaks_http2 = Arc::new(AtomicBool::new(https));
        let (settings, resolver) = (settings.clone(), Resolver::default());
        let share = settings.streams_per_connection;
        let make = {
            let speaks_http2 = Arc::clone(&speaks_http2);
            move |only_http2| {
                let speaks_http2 = Arc::clone(&speaks_http2);
                let timeout = settings.connect_timeout;
                let connections = Connections::new(timeout, only_http2, speaks_http2);
                let builder = builder(&settings, tls.clone(), resolver.clone(), connections);
                let builder = if only_http2 {
                    http2(builder, &settings)
                } else {
                    builder
                };
                builder
                    .build()
                    .map_err(|error| SettingsError::Client(error.without_url().to_string()))
            }
        };
        Ok(Self {
            any: make(false)?,
            speaks_http2,
            make_http2: Box::new(move || make(true)),
            share,
            http2: Mutex::default(),
        })
    }

    /// Sends a GET. The lease is to be kept until the answer has been read.
    pub(crate) async fn get(&self, url: Url) -> Result<(Response, Option<Lease>), reqwest::Error> {
        if self.speaks_http2.load(Ordering::Relaxed)
            && let Ok(lease) = self.lease()
        {
            let sent = lease.0.client.get(url.clone()).send();
            match BEGAN.scope(Instant::now(), sent).await {
                Err(error) if is_not_http2(&error) => {}
                sent => return Ok((sent?, Some(lease))),
            }
        }
        Ok((self.any.get(url).send().await?, None))
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
                    client: (self.make_http2)()?,
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

fn is_not_http2(error: &reqwest::Error) -> bool {
    let why = chain(error).find_map(|error| error.downcast_ref());
    why == Some(&NoConnection::NotHttp2)
}

fn builder(
    settings: &UpstreamSettings,
    tls: ClientConfig,
    resolver: Resolver,
    connections: Connections,
) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
        .default_headers(settings.headers.clone())
        .connector_layer(connections)
        .redirect(within_origin())
        // A Referer would hold the address, so the number.
        .referer(false)
        .retry(reqwest::retry::never())
        .dns_resolver(resolver)
        .tls_backend_preconfigured(tls);
    if settings.use_proxy {
        builder
    } else {
        builder.no_proxy()
    }
}

/// HTTP/2 only. A connection that has gone dead without a word would fail every attempt made on it,
/// so one that is silent while an answer is due is asked for a sign of life within the attempt.
fn http2(builder: ClientBuilder, settings: &UpstreamSettings) -> ClientBuilder {
    builder
        .http2_prior_knowledge()
        .http2_keep_alive_interval(settings.attempt_timeout / 3)
        .http2_keep_alive_timeout(settings.attempt_timeout / 6)
}

/// Follows a redirect only where it leads to the same scheme, host and port: anywhere else it
/// would carry the number away.
fn within_origin() -> Policy {
    Policy::custom(|attempt| {
        let same = attempt
            .previous()
            .last()
            .is_some_and(|from| from.origin() == attempt.url().origin());
        if same && attempt.previous().len() <= MAX_REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

/// One configuration for all clients: the system's certificates are loaded once.
fn tls(settings: &UpstreamSettings) -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra: Vec<CertificateDer<'static>> = match &settings.trusted_certificates {
        Some(pem) => CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| SettingsError::Certificates(error.to_string()))?,
        None => Vec::new(),
    };
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
        .map_err(|error| SettingsError::Certificates(error.to_string()))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// For an upstream without TLS: trusts nothing, and loads nothing.
fn no_tls() -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?;
    Ok(builder
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
