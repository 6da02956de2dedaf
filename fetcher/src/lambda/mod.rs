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
    /// The variables are `ROLLCALL_BUCKET`, `ROLLCALL_UPSTREAM_SECRET` (the ARN of a secret whose text
    /// has the form of `ROLLCALL_HEADER`) and those of [`UpstreamSettings::from_environment`].
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
                let mut settings = UpstreamSettings::from_environment(|name| match name {
                    "ROLLCALL_HEADER" if headers.is_some() => headers.clone(),
                    _ => (self.lookup)(name),
                })?;
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
