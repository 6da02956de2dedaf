//! HTTPS clients for Lambdas. The root certificates are compiled in, since loading those of the
//! operating system would take more than half of a cold start.

use std::env;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::load_certs_from_paths;

/// An HTTPS client could not be created.
#[derive(Debug, thiserror::Error)]
pub enum HttpsError {
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` point to no certificate.
    #[error(
        "SSL_CERT_FILE and SSL_CERT_DIR point to no certificate in PEM: correct them, or unset them to trust the public authorities"
    )]
    NoRoots,
    /// The TLS library rejects its settings.
    #[error("TLS can't be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client rejects its settings.
    #[error("the HTTP client can't be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Returns the root certificates to trust: Mozilla's, which are compiled in, unless others are set.
///
/// The variables `SSL_CERT_FILE` (a file) and `SSL_CERT_DIR` (folders) name other certificates in
/// PEM, which are trusted instead. They are read once.
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
    // One call for both, since it removes duplicates: the file is often also in the folder.
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

/// Returns the builder of an HTTP client for AWS services.
///
/// It trusts [`trusted_roots`] and uses ring for TLS. It speaks HTTP/1.1 only, since S3 is faster over
/// it, and does not decompress responses.
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
    fn public_authorities_are_trusted_unless_others_are_set() {
        let public = find_roots(|_| None).unwrap();
        // Amazon's own root, which S3's certificates chain to.
        let amazon = |name: &[u8]| name.windows(16).any(|part| part == b"Amazon Root CA 1");
        assert!(public.roots.iter().any(|root| amazon(&root.subject)));
        let empty = find_roots(|_| Some(String::new())).unwrap();
        assert_eq!(empty.roots.len(), public.roots.len());
    }

    #[test]
    fn only_certificates_in_the_file_or_folders_are_trusted() {
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
