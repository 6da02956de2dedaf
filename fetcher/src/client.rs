//! The HTTP client: shared, with connections that are used again.
//!
//! Over HTTP/2 one client keeps one connection to a host, and a server caps the requests on it, so
//! that "all in parallel" would end there. So there are several clients, each with a bounded share
//! of the requests: they open several HTTP/2 connections where the upstream speaks that, and
//! exactly as many HTTP/1.1 connections as there are requests where it doesn't.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::dns::Resolver;
use crate::{SettingsError, UpstreamSettings};

/// Redirects followed within the upstream's own origin.
const MAX_REDIRECTS: usize = 5;

/// Clients that share the requests.
pub(crate) struct Clients {
    make: Box<dyn Fn() -> Result<Client, SettingsError> + Send + Sync>,
    share: usize,
    slots: Mutex<Vec<Arc<Slot>>>,
}

struct Slot {
    client: Client,
    in_flight: AtomicUsize,
}

/// A client that has room; the room is given back on drop.
pub(crate) struct Lease {
    slot: Arc<Slot>,
}

impl Lease {
    pub(crate) fn client(&self) -> &Client {
        &self.slot.client
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.slot.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Clients {
    /// Makes the first client, so that what is wrong with the settings is said at once.
    pub(crate) fn new(settings: &UpstreamSettings, https: bool) -> Result<Self, SettingsError> {
        let tls = if https { tls(settings)? } else { no_tls()? };
        let share = if https {
            settings.streams_per_connection
        } else {
            usize::MAX
        };
        let (settings, resolver) = (settings.clone(), Resolver::default());
        let make = Box::new(move || build(&settings, tls.clone(), resolver.clone()));
        let first = Arc::new(Slot {
            client: make()?,
            in_flight: AtomicUsize::new(0),
        });
        Ok(Self {
            make,
            share,
            slots: Mutex::new(vec![first]),
        })
    }

    /// A client with room for one more request: the first that has it, so that few connections are
    /// kept busy rather than many idle.
    pub(crate) fn lease(&self) -> Result<Lease, SettingsError> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let free = slots
            .iter()
            .find(|slot| slot.in_flight.load(Ordering::Relaxed) < self.share);
        let slot = match free {
            Some(slot) => Arc::clone(slot),
            None => {
                let slot = Arc::new(Slot {
                    client: (self.make)()?,
                    in_flight: AtomicUsize::new(0),
                });
                slots.push(Arc::clone(&slot));
                slot
            }
        };
        slot.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Lease { slot })
    }
}

fn build(
    settings: &UpstreamSettings,
    tls: ClientConfig,
    resolver: Resolver,
) -> Result<Client, SettingsError> {
    let mut builder: ClientBuilder = Client::builder()
        .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
        .default_headers(settings.headers.clone())
        .connect_timeout(settings.connect_timeout)
        .redirect(within_origin())
        // A Referer would hold the address, so the number.
        .referer(false)
        .retry(reqwest::retry::never())
        .dns_resolver(resolver)
        .tls_backend_preconfigured(tls);
    if !settings.use_proxy {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| SettingsError::Client(error.without_url().to_string()))
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
