//! How a Lambda reaches others over TLS: with roots that are compiled in, since reading a machine's
//! folder of certificates takes longer than all the rest of a cold start.

use std::env;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::load_certs_from_paths;

/// There is no TLS to be had.
#[derive(Debug, thiserror::Error)]
pub enum HttpsError {
    /// What was named holds no certificate.
    #[error(
        "no certificate in what SSL_CERT_FILE and SSL_CERT_DIR name: unset them to trust public authorities, or name certificates in PEM"
    )]
    NoRoots,
    /// The TLS library refuses its own settings.
    #[error("TLS can't be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client refuses its own settings.
    #[error("the HTTP client can't be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// The authorities that are trusted: Mozilla's as compiled in, or, where one of them is set, those
/// in the file `SSL_CERT_FILE` and the folders `SSL_CERT_DIR`, in PEM. These are read once.
pub fn trusted_roots() -> Result<Arc<RootCertStore>, HttpsError> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(known) = ROOTS.get() {
        return Ok(Arc::clone(known));
    }
    let found = Arc::new(find_roots(|name| env::var(name).ok())?);
    Ok(Arc::clone(ROOTS.get_or_init(|| found)))
}

fn find_roots(lookup: impl Fn(&str) -> Option<String>) -> Result<RootCertStore, HttpsError> {
    let set = |name| lookup(name).filter(|value| !value.is_empty());
    let (file, folders) = (set("SSL_CERT_FILE"), set("SSL_CERT_DIR"));
    if file.is_none() && folders.is_none() {
        return Ok(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
    }
    let folders = folders.unwrap_or_default();
    let mut folders = env::split_paths(&folders);
    // Together, since the file is often one of those in the folder, and is then read once.
    let mut found = load_certs_from_paths(
        file.map(PathBuf::from).as_deref(),
        folders
            .next()
            .filter(|folder| !folder.as_os_str().is_empty())
            .as_deref(),
    )
    .certs;
    for folder in folders {
        found.extend(load_certs_from_paths(None, Some(&folder)).certs);
    }
    let mut roots = RootCertStore::empty();
    match roots.add_parsable_certificates(found) {
        (0, _) => Err(HttpsError::NoRoots),
        _ => Ok(roots),
    }
}

/// The beginning of a client for an AWS service: [`trusted_roots`], TLS on ring, HTTP/1.1, in which
/// S3 is faster, and answers as they come.
pub fn aws_client_builder() -> Result<ClientBuilder, HttpsError> {
    let provider = Arc::new(ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted_roots()?)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(ClientBuilder::new()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_gzip()
        .no_brotli())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_authorities_are_trusted_unless_others_are_named() {
        let public = find_roots(|_| None).unwrap();
        // Amazon's own, which S3's certificates lead to.
        let amazon = |name: &[u8]| name.windows(16).any(|part| part == b"Amazon Root CA 1");
        assert!(public.roots.iter().any(|root| amazon(&root.subject)));
        let empty = find_roots(|_| Some(String::new())).unwrap();
        assert_eq!(empty.roots.len(), public.roots.len());
    }

    #[test]
    fn only_what_a_named_file_or_folder_holds_is_trusted() {
        let pem = |name: &str| {
            let key = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
            key.cert.pem()
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, pem("a.example") + &pem("b.example")).unwrap();
        let with = |set: &'static str, path: &std::path::Path| {
            let path = path.to_str().unwrap().to_owned();
            move |name: &str| (name == set).then(|| path.clone())
        };
        let of_file = find_roots(with("SSL_CERT_FILE", &file)).unwrap();
        assert_eq!(of_file.len(), 2);
        let of_folder = find_roots(with("SSL_CERT_DIR", folder.path())).unwrap();
        assert_eq!(of_folder.len(), 2);
        let of_both = find_roots(|name| {
            let path = if name == "SSL_CERT_FILE" {
                file.as_path()
            } else {
                folder.path()
            };
            path.to_str().map(str::to_owned)
        });
        assert_eq!(of_both.unwrap().len(), 2);
        let missing = find_roots(with("SSL_CERT_FILE", &folder.path().join("none.pem")));
        assert!(matches!(missing, Err(HttpsError::NoRoots)));
    }
}
