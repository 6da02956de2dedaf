//! The address of the upstream, to which a number is appended.

use contract::Ssn;
use url::{Host, Url};

use crate::{SettingsError, UpstreamSettings};

/// The address of the upstream, to which a number is appended.
#[derive(Clone)]
pub(crate) struct Address {
    /// The path ends with a slash. A query is kept.
    base: Url,
}

impl Address {
    pub(crate) fn new(settings: &UpstreamSettings) -> Result<Self, SettingsError> {
        // The address may hold a secret, so no error repeats it.
        let mut base =
            Url::parse(&settings.url).map_err(|error| SettingsError::Address(error.to_string()))?;
        let Some(host) = base.host() else {
            return Err(SettingsError::Address("it names no host".into()));
        };
        let loopback = is_loopback(host);
        match base.scheme() {
            "https" => {}
            "http" if loopback || settings.allow_http => {}
            "http" => return Err(SettingsError::PlainHttp(host_of(&base))),
            _ => {
                return Err(SettingsError::Address(
                    "its scheme is neither https nor http".into(),
                ));
            }
        }
        if base.fragment().is_some() {
            return Err(SettingsError::Address(
                "it has a fragment (#…), which is never sent".into(),
            ));
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self { base })
    }

    /// Returns the URL of one number. Like the number, it is a secret.
    pub(crate) fn url(&self, ssn: Ssn) -> Url {
        let digits = ssn.expose_digits();
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        let mut url = self.base.clone();
        url.set_path(&[self.base.path(), digits].concat());
        url
    }

    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// Returns the host, and the port unless it is the scheme's default.
    pub(crate) fn host(&self) -> String {
        host_of(&self.base)
    }

    /// Returns the address without the parts that may be secret: user, password and query.
    pub(crate) fn redacted(&self) -> String {
        format!("{}://{}{}", self.base.scheme(), self.host(), self.path())
    }

    pub(crate) fn path(&self) -> &str {
        self.base.path()
    }
}

/// Whether a host is this machine. Requests to it don't cross a network.
pub fn is_loopback(host: Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Result<Address, SettingsError> {
        Address::new(&UpstreamSettings::new(url))
    }

    #[test]
    fn a_trailing_slash_is_optional_and_a_query_is_kept() {
        let ssn = Ssn::from_digits(b"012345678").unwrap();
        for (url, expected) in [
            ("https://a.example/ssn", "https://a.example/ssn/012345678"),
            ("https://a.example/ssn/", "https://a.example/ssn/012345678"),
            ("https://a.example", "https://a.example/012345678"),
            (
                "https://a.example:8443/v1/ssn?key=a%20b",
                "https://a.example:8443/v1/ssn/012345678?key=a%20b",
            ),
            ("http://127.0.0.1:1/x", "http://127.0.0.1:1/x/012345678"),
            ("http://[::1]/", "http://[::1]/012345678"),
        ] {
            assert_eq!(address(url).unwrap().url(ssn).as_str(), expected);
        }
    }

    #[test]
    fn plain_http_to_other_machines_must_be_allowed() {
        assert!(matches!(
            address("http://a.example/ssn"),
            Err(SettingsError::PlainHttp(_))
        ));
        let allowed = UpstreamSettings {
            allow_http: true,
            ..UpstreamSettings::new("http://a.example/ssn")
        };
        assert!(Address::new(&allowed).is_ok());
        for bad in [
            "",
            "records",
            "ftp://a.example/",
            "https://",
            "https://a.example/#top",
        ] {
            assert!(
                matches!(address(bad), Err(SettingsError::Address(_))),
                "{bad}"
            );
        }
    }
}
