//! The settings of the upstream: its address, and how requests are sent to it.
//!
//! [`TABLE`] defines each setting once: name, unit, default, range and help text. For example, the
//! setting `attempt_timeout` is
//!
//! - a field of [`UpstreamSettings`], with the table's default; [`Fetcher::new`](crate::Fetcher::new)
//!   checks its range;
//! - the variable `ROLLCALL_ATTEMPT_TIMEOUT` of the `fetcher` Lambda, which reads its settings with
//!   [`UpstreamSettings::from_environment`];
//! - the flag `--attempt-timeout`, the variable `ROLLCALL_ATTEMPT_TIMEOUT` and the key
//!   `attempt-timeout` of a settings file for the program `rollcall`, which creates its clap arguments
//!   from the table.
//!
//! All of them parse a value with [`Setting::set`], so a value is written in the same way everywhere.
//! To add a setting, add a field and a line of the table.

mod setting;

use std::sync::Arc;
use std::time::Duration;

use contract::limits;
use http::HeaderMap;
use rustls::RootCertStore;

use crate::SettingsError;

pub use setting::{Kind, Setting};

const MILLISECOND: Duration = Duration::from_millis(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The upstream's settings, in the order of `--help`.
pub static TABLE: [Setting; 14] = [
    Setting {
        name: "upstream",
        help: "Address of the upstream. Each number is appended to its path",
        kind: Kind::Address,
    },
    Setting {
        name: "header",
        help: "A header to send with every request, as `Name: value`; repeat the flag for more. \
               Headers belong to the upstream that the same source names (the flags, the variables \
               or the settings file). Other users of this machine can see a command line: put a \
               secret into a file or a variable",
        kind: Kind::Headers,
    },
    Setting {
        name: "header_file",
        help: "A file of headers to send with every request, one `Name: value` per line",
        kind: Kind::HeaderFile,
    },
    Setting {
        name: "connect_timeout",
        help: "Time limit for opening a connection",
        kind: Kind::Duration {
            default: Duration::from_secs(5),
            range: MILLISECOND..=DAY,
            field: |settings| &mut settings.connect_timeout,
        },
    },
    Setting {
        name: "attempt_timeout",
        help: "Time limit for one attempt, from its start to the end of the response",
        kind: Kind::Duration {
            default: Duration::from_secs(30),
            range: MILLISECOND..=DAY,
            field: |settings| &mut settings.attempt_timeout,
        },
    },
    Setting {
        name: "body_cap",
        help: "Maximum size of a response's body, decoded",
        kind: Kind::Count {
            default: 64 << 10,
            range: 1..=1 << 20,
            unit: "bytes",
            field: |settings| &mut settings.body_cap,
        },
    },
    Setting {
        name: "max_attempts",
        help: "Maximum number of attempts for one number",
        kind: Kind::Count {
            default: limits::DEFAULT_MAX_ATTEMPTS,
            range: 1..=10,
            unit: "attempts",
            field: |settings| &mut settings.max_attempts,
        },
    },
    Setting {
        name: "backoff",
        help: "Backoff before the second attempt. It doubles with each further attempt. Each wait is \
               a random time between 0 and the backoff",
        kind: Kind::Duration {
            default: Duration::from_millis(200),
            range: Duration::ZERO..=DAY,
            field: |settings| &mut settings.backoff,
        },
    },
    Setting {
        name: "backoff_cap",
        help: "Maximum backoff between two attempts",
        kind: Kind::Duration {
            default: Duration::from_secs(20),
            range: Duration::ZERO..=DAY,
            field: |settings| &mut settings.backoff_cap,
        },
    },
    Setting {
        name: "retry_after_cap",
        help: "Maximum wait that the upstream can ask for with `Retry-After`",
        kind: Kind::Duration {
            default: Duration::from_secs(5 * 60),
            range: Duration::ZERO..=DAY,
            field: |settings| &mut settings.retry_after_cap,
        },
    },
    Setting {
        name: "streams_per_connection",
        help: "Maximum number of requests at a time on one HTTPS connection",
        kind: Kind::Count {
            default: 100,
            range: 1..=10_000,
            unit: "requests",
            field: |settings| &mut settings.streams_per_connection,
        },
    },
    Setting {
        name: "allow_http",
        help: "Allows plain http to other machines, which sends every number unencrypted",
        kind: Kind::Switch(|settings| &mut settings.allow_http),
    },
    Setting {
        name: "use_proxy",
        help: "Uses the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names",
        kind: Kind::Switch(|settings| &mut settings.use_proxy),
    },
    Setting {
        name: "ca_file",
        help: "A file of certificates in PEM to trust in addition to the system's",
        kind: Kind::CertificateFile,
    },
];

/// The settings of the upstream. The operator sets them; a caller of the API can't.
#[derive(Clone)]
pub struct UpstreamSettings {
    /// The address. The number is appended to its path, after a slash; its query is kept.
    pub url: String,
    /// Headers to send with every request. They may hold a secret, so `Debug` omits them.
    pub headers: HeaderMap,
    /// Time limit for opening a connection.
    pub connect_timeout: Duration,
    /// Time limit for one attempt, from its start to the end of the response.
    pub attempt_timeout: Duration,
    /// Maximum bytes of a response's body, decoded.
    pub body_cap: u32,
    /// Maximum attempts for one item in one pass.
    pub max_attempts: u32,
    /// Backoff before the second attempt. It doubles with each further attempt.
    ///
    /// Each wait is a random time between zero and the backoff (full jitter).
    pub backoff: Duration,
    /// The longest backoff.
    pub backoff_cap: Duration,
    /// The longest `Retry-After` to wait for.
    pub retry_after_cap: Duration,
    /// Maximum number of requests in flight on one HTTPS connection. For more, another is opened.
    ///
    /// Servers should allow at least 100 HTTP/2 streams per connection (RFC 9113, 6.5.2).
    pub streams_per_connection: u32,
    /// Whether plain http to other machines is allowed.
    pub allow_http: bool,
    /// Whether to use the proxy that `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` names.
    pub use_proxy: bool,
    /// Certificates in PEM to trust in addition to `roots` or the system's.
    pub trusted_certificates: Option<Vec<u8>>,
    /// Root certificates to trust instead of the system's, which take long to load.
    pub roots: Option<Arc<RootCertStore>>,
}

impl UpstreamSettings {
    /// Creates settings for the upstream at this address, with the defaults of [`TABLE`].
    pub fn new(url: impl Into<String>) -> Self {
        let mut settings = Self {
            url: url.into(),
            headers: HeaderMap::new(),
            connect_timeout: Duration::ZERO,
            attempt_timeout: Duration::ZERO,
            body_cap: 0,
            max_attempts: 0,
            backoff: Duration::ZERO,
            backoff_cap: Duration::ZERO,
            retry_after_cap: Duration::ZERO,
            streams_per_connection: 0,
            allow_http: false,
            use_proxy: false,
            trusted_certificates: None,
            roots: None,
        };
        for setting in &TABLE {
            setting.reset(&mut settings);
        }
        settings
    }

    /// Reads the settings from environment variables. `lookup` returns a variable's value.
    ///
    /// `ROLLCALL_UPSTREAM` is required; the others have defaults. An error names the variable and its
    /// valid values, and never contains a header.
    pub fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::new(String::new());
        for setting in &TABLE {
            let name = setting.variable();
            let Some(value) = lookup(&name) else {
                continue;
            };
            setting
                .set(&mut settings, value.as_ref())
                .map_err(|problem| SettingsError::Invalid {
                    name,
                    problem: setting.describe(&value, &problem),
                })?;
        }
        match settings.url.is_empty() {
            true => Err(SettingsError::Address(
                "the variable ROLLCALL_UPSTREAM is not set".to_owned(),
            )),
            false => Ok(settings),
        }
    }

    /// Checks that every setting is within its range. The error names the setting.
    pub(crate) fn check(&mut self) -> Result<(), SettingsError> {
        TABLE.iter().try_for_each(|setting| setting.check(self))
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
mod tests;
