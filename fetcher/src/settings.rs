//! How the upstream is asked.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use rustls::RootCertStore;

use crate::SettingsError;

/// The shortest timeout.
const SHORTEST: Duration = Duration::from_millis(1);
/// The longest of all durations: a moment that far away can still be told.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How the upstream is asked. The operator's to set, never a request's.
#[derive(Clone)]
pub struct UpstreamSettings {
    /// The address to whose path the number is appended; with or without a last slash, its query is kept.
    pub url: String,
    /// Sent with every GET. May hold a secret, so it is in no `Debug`.
    pub headers: HeaderMap,
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// One attempt, from its start to the end of the answer.
    pub attempt_timeout: Duration,
    /// Bytes of an answer's body, decoded. At most 1 MiB.
    pub body_cap: usize,
    /// Attempts for one item in one pass.
    pub max_attempts: u32,
    /// The first backoff; it doubles, and is drawn from nought to that (full jitter).
    pub backoff: Duration,
    /// The longest backoff.
    pub backoff_cap: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after_cap: Duration,
    /// Requests on one HTTPS connection at the same time; past that another is opened. Servers cap
    /// HTTP/2 streams at 100 or more (RFC 9113, 6.5.2).
    pub streams_per_connection: usize,
    /// Whether plain http is allowed beyond loopback.
    pub allow_http: bool,
    /// Whether `HTTPS_PROXY` and its like are followed.
    pub use_proxy: bool,
    /// Certificates in PEM that are trusted beside the others.
    pub trusted_certificates: Option<Vec<u8>>,
    /// Authorities to trust instead of the system's, whose certificates take long to load.
    pub roots: Option<Arc<RootCertStore>>,
}

impl UpstreamSettings {
    /// The defaults, for this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: HeaderMap::new(),
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(30),
            body_cap: 64 << 10,
            max_attempts: 4,
            backoff: Duration::from_millis(200),
            backoff_cap: Duration::from_secs(20),
            retry_after_cap: Duration::from_secs(5 * 60),
            streams_per_connection: 100,
            allow_http: false,
            use_proxy: false,
            trusted_certificates: None,
            roots: None,
        }
    }

    /// Says which setting is out of range.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let range = |name, got: String, ok, takes| {
            if ok {
                Ok(())
            } else {
                Err(SettingsError::Range { name, got, takes })
            }
        };
        range(
            "the body cap",
            self.body_cap.to_string(),
            (1..=1 << 20).contains(&self.body_cap),
            "1 to 1048576 bytes",
        )?;
        range(
            "the number of attempts",
            self.max_attempts.to_string(),
            (1..=10).contains(&self.max_attempts),
            "1 to 10",
        )?;
        for (name, duration, from) in [
            ("the connect timeout", self.connect_timeout, SHORTEST),
            ("the attempt timeout", self.attempt_timeout, SHORTEST),
            ("the backoff", self.backoff, Duration::ZERO),
            ("the longest backoff", self.backoff_cap, Duration::ZERO),
            (
                "the longest Retry-After",
                self.retry_after_cap,
                Duration::ZERO,
            ),
        ] {
            let (is_good, takes) = match from {
                SHORTEST => ((from..=LONGEST).contains(&duration), "1 ms to 1 day"),
                _ => (duration <= LONGEST, "at most 1 day"),
            };
            range(name, format!("{duration:?}"), is_good, takes)?;
        }
        range(
            "streams per connection",
            self.streams_per_connection.to_string(),
            self.streams_per_connection > 0,
            "1 or more",
        )
    }
}

impl std::fmt::Debug for UpstreamSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpstreamSettings")
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named() {
        let with = |change: fn(&mut UpstreamSettings)| {
            let mut settings = UpstreamSettings::new("https://records.example.gov/ssn/");
            change(&mut settings);
            settings.check()
        };
        assert!(with(|_| ()).is_ok());
        assert!(with(|settings| settings.backoff = Duration::ZERO).is_ok());
        type Change = fn(&mut UpstreamSettings);
        let bad: [(Change, &str); 8] = [
            (|settings| settings.body_cap = 0, "body cap"),
            (|settings| settings.body_cap = (1 << 20) + 1, "body cap"),
            (|settings| settings.max_attempts = 0, "attempts"),
            (
                |settings| settings.connect_timeout = Duration::ZERO,
                "connect timeout",
            ),
            (
                |settings| settings.attempt_timeout = Duration::ZERO,
                "attempt timeout",
            ),
            (|settings| settings.backoff_cap = Duration::MAX, "backoff"),
            (
                |settings| settings.retry_after_cap = Duration::MAX,
                "Retry-After",
            ),
            (|settings| settings.streams_per_connection = 0, "streams"),
        ];
        for (change, name) in bad {
            let error = with(change).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
