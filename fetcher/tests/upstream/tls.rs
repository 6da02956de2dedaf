//! The certificate of all servers here, and what takes TLS connections with it.

use std::sync::{Arc, LazyLock};

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

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

/// The certificate of all servers here, in PEM.
pub fn certificate() -> Vec<u8> {
    CERTIFICATE.pem.clone().into_bytes()
}

/// Takes TLS connections and agrees on one of these protocols.
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
