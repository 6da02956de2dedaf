//! The fetcher as a Lambda: its settings and the upstream's secret.
//!
//! The fetcher reads the secret from Secrets Manager, and again every few minutes, since it may change.
//! In an environment variable, everybody who may read the function's settings could see it.

mod secret;

use std::time::Duration;

use store::https::trusted_roots;
use store::{Store, StoreError};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Fetcher, SettingsError, UpstreamSettings};

pub use secret::{Secret, SecretError};

/// How long a secret is used before it is read again.
///
/// It is short enough that a new secret is used soon, and long enough that reading it costs little.
const SECRET_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The variable whose value the text of the secret replaces.
const HEADER_VARIABLE: &str = "ROLLCALL_HEADER";

/// The fetcher could not be created.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// A setting is invalid. A retry by the same instance fails again.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The upstream's secret can't be read. A retry may succeed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The bucket can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InstanceError {
    /// Returns the stable name by which the state machine knows the error.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Settings(_) => "BadSettings",
            Self::Secret(_) => "SecretUnavailable",
            Self::Store(_) => "StoreUnavailable",
        }
    }
}

/// The state that all invocations of one Lambda instance share.
pub struct Instance<L> {
    lookup: L,
    store: Store,
    secret: Option<Secret>,
    current: Mutex<Option<CurrentFetcher>>,
}

/// The fetcher in use, and the headers that it was created with.
struct CurrentFetcher {
    fetcher: Fetcher,
    headers: Option<String>,
    read_at: Instant,
}

impl<L: Fn(&str) -> Option<String>> Instance<L> {
    /// Reads the environment: `lookup` returns the value of a variable.
    ///
    /// The variables are `ROLLCALL_BUCKET`, `ROLLCALL_UPSTREAM_SECRET` and those of
    /// [`UpstreamSettings::from_environment`]. `ROLLCALL_UPSTREAM_SECRET` is the ARN of a secret. Its
    /// text has the form of `ROLLCALL_HEADER` and replaces it. A blank text means no headers.
    pub fn new(lookup: L) -> Result<Self, InstanceError> {
        let bucket = lookup("ROLLCALL_BUCKET").ok_or_else(|| SettingsError::Invalid {
            name: "ROLLCALL_BUCKET".to_owned(),
            problem: "not set: it takes the data bucket's name".to_owned(),
        })?;
        Ok(Self {
            store: Store::in_bucket(&bucket)?,
            secret: Secret::from_environment(&lookup)?,
            lookup,
            current: Mutex::default(),
        })
    }

    /// Returns the fetcher, with the current secret.
    ///
    /// If the secret can't be read again, the earlier one stays in use.
    pub async fn fetcher(&self) -> Result<Fetcher, InstanceError> {
        let mut current = self.current.lock().await;
        match current.as_ref() {
            Some(current)
                if self.secret.is_none() || current.read_at.elapsed() < SECRET_LIFETIME =>
            {
                return Ok(current.fetcher.clone());
            }
            _ => {}
        }
        let headers = match &self.secret {
            Some(secret) => secret.read().await.map(Some).map_err(InstanceError::from),
            None => Ok(None),
        };
        let renewed = headers.and_then(|headers| self.create(headers, current.as_ref()));
        match (renewed, current.as_mut()) {
            (Ok(renewed), _) => Ok(current.insert(renewed).fetcher.clone()),
            (Err(error), Some(current)) => {
                tracing::error!(%error, "could not renew the upstream's secret; the earlier one stays in use");
                current.read_at = Instant::now();
                Ok(current.fetcher.clone())
            }
            (Err(error), None) => Err(error),
        }
    }

    fn create(
        &self,
        headers: Option<String>,
        earlier: Option<&CurrentFetcher>,
    ) -> Result<CurrentFetcher, InstanceError> {
        let fetcher = match earlier {
            // The headers have not changed, so the fetcher and its connections are reused.
            Some(earlier) if earlier.headers == headers => earlier.fetcher.clone(),
            _ => {
                let mut settings = read_settings(&self.lookup, headers.as_deref())?;
                let roots = trusted_roots()
                    .map_err(|error| SettingsError::Certificates(error.to_string()))?;
                settings.roots = Some(roots);
                Fetcher::new(self.store.clone(), settings)?
            }
        };
        Ok(CurrentFetcher {
            fetcher,
            headers,
            read_at: Instant::now(),
        })
    }
}

/// Reads the upstream's settings from the environment, with the secret's headers if there is a secret.
///
/// An error about these headers names `ROLLCALL_UPSTREAM_SECRET`, because the operator has not set
/// `ROLLCALL_HEADER`.
fn read_settings(
    lookup: impl Fn(&str) -> Option<String>,
    headers: Option<&str>,
) -> Result<UpstreamSettings, SettingsError> {
    let Some(headers) = headers else {
        return UpstreamSettings::from_environment(lookup);
    };
    let settings = UpstreamSettings::from_environment(|name| match name {
        HEADER_VARIABLE => (!headers.trim().is_empty()).then(|| headers.to_owned()),
        _ => lookup(name),
    });
    settings.map_err(|error| match error {
        SettingsError::Invalid { name, problem } if name == HEADER_VARIABLE => {
            SettingsError::Invalid {
                name: format!("the secret that {} names", secret::VARIABLE),
                problem,
            }
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads settings from an environment that also sets `ROLLCALL_HEADER`.
    fn read(secret: Option<&str>) -> Result<UpstreamSettings, SettingsError> {
        let lookup = |name: &str| match name {
            "ROLLCALL_UPSTREAM" => Some("https://records.example.gov/ssn/".to_owned()),
            HEADER_VARIABLE => Some("X-Api-Key: variable".to_owned()),
            _ => None,
        };
        read_settings(lookup, secret)
    }

    #[test]
    fn the_secret_replaces_the_headers_of_the_variable() {
        assert_eq!(read(None).unwrap().headers["x-api-key"], "variable");
        let settings = read(Some("X-Api-Key: secret\n")).unwrap();
        assert_eq!(settings.headers["x-api-key"], "secret");
        assert_eq!(settings.headers.len(), 1);
    }

    #[test]
    fn a_blank_secret_means_no_headers() {
        for blank in ["", " ", "\n", " \r\n\t\n"] {
            assert!(read(Some(blank)).unwrap().headers.is_empty(), "{blank:?}");
        }
    }

    #[test]
    fn an_error_names_the_variable_of_the_secret_but_not_its_text() {
        for malformed in ["s3cret", "X-Api-Key: k\ns3cret", "X Y: s3cret"] {
            let error = read(Some(malformed)).unwrap_err().to_string();
            assert!(error.contains("ROLLCALL_UPSTREAM_SECRET"), "{error}");
            assert!(!error.contains(HEADER_VARIABLE), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
