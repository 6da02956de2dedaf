//! One HTTP client, which reuses its connections.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Response};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use url::Url;

use crate::connection_layer::ConnectionLayer;
use crate::dns::Resolver;
use crate::failure::GetError;
use crate::{SettingsError, UpstreamSettings};

/// Maximum number of redirects that one GET follows, all within the upstream's own origin.
const MAX_REDIRECTS: usize = 5;

/// One HTTP client.
pub(crate) struct Client {
    client: reqwest::Client,
    layer: ConnectionLayer,
}

impl Client {
    /// Sends a GET.
    pub(crate) async fn get(&self, url: Url) -> Result<Response, GetError> {
        let sent = self.client.get(url).send().await;
        sent.map_err(|error| self.layer.classify(&error))
    }
}

/// Creates clients that share the upstream's addresses, TLS sessions and protocol.
pub(crate) struct ClientFactory {
    settings: UpstreamSettings,
    https: bool,
    tls: ClientConfig,
    resolver: Resolver,
    speaks_http2: Arc<AtomicBool>,
}

impl ClientFactory {
    pub(crate) fn new(
        settings: &UpstreamSettings,
        https: bool,
        speaks_http2: Arc<AtomicBool>,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            tls: if https { tls(settings)? } else { no_tls()? },
            settings: settings.clone(),
            https,
            resolver: Resolver::default(),
            speaks_http2,
        })
    }

    /// Creates a client for both HTTP/1.1 and HTTP/2, which the TLS handshake chooses between.
    pub(crate) fn any_protocol(&self) -> Result<Client, SettingsError> {
        self.create(false, |builder| builder)
    }

    /// Creates a client that speaks HTTP/2 only.
    ///
    /// If a connection stopped working without being closed, every attempt on it would time out. So the
    /// client sends pings while it waits for a response, and reconnects if the upstream doesn't reply.
    pub(crate) fn http2_only(&self) -> Result<Client, SettingsError> {
        self.create(true, |builder| {
            builder
                .http2_prior_knowledge()
                .http2_keep_alive_interval(self.settings.attempt_timeout / 3)
                .http2_keep_alive_timeout(self.settings.attempt_timeout / 6)
        })
    }

    fn create(
        &self,
        only_http2: bool,
        with: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, SettingsError> {
        let layer = ConnectionLayer::new(
            self.settings.connect_timeout,
            only_http2,
            Arc::clone(&self.speaks_http2),
        );
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .default_headers(self.settings.headers.clone())
            .connect_timeout(self.settings.connect_timeout)
            .redirect(same_origin_only())
            // A Referer would hold the URL, and so the number.
            .referer(false)
            .retry(reqwest::retry::never())
            .dns_resolver(self.resolver.clone())
            .tls_backend_preconfigured(self.tls.clone());
        // Without TLS the protocol is always HTTP/1.1, and the layer would add 10 % to a GET's time.
        if self.https {
            builder = builder.connector_layer(layer.clone());
        }
        if !self.settings.use_proxy {
            builder = builder.no_proxy();
        }
        let client = with(builder)
            .build()
            .map_err(|error| SettingsError::Client(error.without_url().to_string()))?;
        Ok(Client { client, layer })
    }
}

/// Follows redirects only to the same scheme, host and port. Any other redirect would send the number
/// to another server.
fn same_origin_only() -> Policy {
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

/// Creates the TLS configuration of all clients, so that the system's certificates are loaded once.
fn tls(settings: &UpstreamSettings) -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra: Vec<CertificateDer<'static>> = match &settings.trusted_certificates {
        Some(pem) => CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| SettingsError::Certificates(error.to_string()))?,
        None => Vec::new(),
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?;
    let untrusted = |error: rustls::Error| SettingsError::Certificates(error.to_string());
    let mut config = match settings.roots.clone() {
        Some(mut roots) => {
            for certificate in extra {
                Arc::make_mut(&mut roots)
                    .add(certificate)
                    .map_err(untrusted)?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        None => {
            let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(untrusted)?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Creates a TLS configuration for an upstream without TLS: it trusts nothing and loads nothing.
fn no_tls() -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?;
    Ok(builder
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
