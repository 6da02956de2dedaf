//! The certificate of all servers in these tests, and a TLS acceptor that uses it.

use std::sync::{Arc, LazyLock};

use contract::wire::Outcome;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::run::{Run, count, settings};
use crate::server::{Protocol, Server};

struct Certificate {
    pem: String,
    certified: rcgen::CertifiedKey<rcgen::KeyPair>,
}

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let names = vec!["127.0.0.1".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names).unwrap();
    Certificate {
        pem: certified.cert.pem(),
        certified,
    }
});

/// Returns the certificate of all servers in these tests, in PEM.
pub fn certificate() -> Vec<u8> {
    CERTIFICATE.pem.clone().into_bytes()
}

/// Returns an acceptor of TLS connections that agrees on one of these protocols.
pub fn acceptor(alpn: &[&[u8]]) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = CERTIFICATE.certified.signing_key.serialize_der();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CERTIFICATE.certified.cert.der().clone()],
            key.try_into().unwrap(),
        )
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn only_configured_roots_and_certificates_are_trusted() {
    let none = RootCertStore::empty;
    let mut own = none();
    own.add(CERTIFICATE.certified.cert.der().clone()).unwrap();
    for http2 in [true, false] {
        for (roots, extra_certificates, outcome) in [
            (own.clone(), None, Outcome::Succeeded),
            (none(), Some(certificate()), Outcome::Succeeded),
            (none(), None, Outcome::Failed),
        ] {
            let protocol = if http2 {
                Protocol::Http2(100)
            } else {
                Protocol::Http1OverTls
            };
            let server = Server::always_ok(protocol).await;
            let mut settings = settings(&server);
            (settings.roots, settings.trusted_certificates) =
                (Some(Arc::new(roots)), extra_certificates);
            let rows = Run::new(settings, 2).await.rows_of_batch().await;
            assert_eq!(count(&rows, outcome), 2);
        }
    }
}
