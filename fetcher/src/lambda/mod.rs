//! The fetcher as a Lambda: its settings, and with them the upstream's secret, which may change
//! while an instance lives.

mod secret;

use std::time::Duration;

use store::https::trusted_roots;
use store::{Store, StoreError};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Fetcher, SettingsError, UpstreamSettings};

pub use secret::{Secret, SecretError};

/// How long a secret is used before it is read again: a new one is in use soon, and reading costs
/// little beside an invocation.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// There is no fetcher yet.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// A setting is no good; it stays so for as long as the instance lives.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The upstream's secret can't be read now.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The bucket can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InstanceError {
    /// The stable name by which the state machine knows the error.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Settings(_) => "BadSettings",
            Self::Secret(_) => "SecretUnavailable",
            Self::Store(_) => "StoreUnavailable",
        }
    }
}

/// What invocations share. `lookup` answers an environment variable's value.
pub struct Instance<L> {
    lookup: L,
    store: Store,
    secret: Option<Secret>,
    made: Mutex<Option<Made>>,
}

/// A fetcher, and the headers it was made with.
struct Made {
    fetcher: Fetcher,
    headers: Option<String>,
    read: Instant,
}

impl<L: Fn(&str) -> Option<String>> Instance<L> {
    /// From `ROLLCALL_BUCKET`, `ROLLCALL_UPSTREAM_SECRET` (the ARN of a secret whose text is as
    /// `ROLLCALL_UPSTREAM_HEADERS`) and those of [`UpstreamSettings::from_environment`].
    pub fn new(lookup: L) -> Result<Self, InstanceError> {
        let bucket = lookup("ROLLCALL_BUCKET").ok_or(SettingsError::Range {
            name: "ROLLCALL_BUCKET",
            got: "not set".to_owned(),
            takes: "the data bucket's name",
        })?;
        Ok(Self {
            store: Store::in_bucket(&bucket)?,
            secret: Secret::from_environment(&lookup)?,
            lookup,
            made: Mutex::default(),
        })
    }

    /// The fetcher, made anew where the secret has changed. Where it can't be read again the one
    /// that was known stays in use.
    pub async fn fetcher(&self) -> Result<Fetcher, InstanceError> {
        let mut made = self.made.lock().await;
        match made.as_ref() {
            Some(made) if self.secret.is_none() || made.read.elapsed() < FRESH => {
                return Ok(made.fetcher.clone());
            }
            _ => {}
        }
        let read = match &self.secret {
            Some(secret) => secret.read().await.map(Some).map_err(InstanceError::from),
            None => Ok(None),
        };
        let again = read.and_then(|headers| self.make(headers, made.as_ref()));
        match (again, made.as_mut()) {
            (Ok(again), _) => Ok(made.insert(again).fetcher.clone()),
            (Err(error), Some(made)) => {
                tracing::error!(%error, "the earlier secret stays in use");
                made.read = Instant::now();
                Ok(made.fetcher.clone())
            }
            (Err(error), None) => Err(error),
        }
    }

    fn make(&self, headers: Option<String>, before: Option<&Made>) -> Result<Made, InstanceError> {
        let fetcher = match before {
            // The connections stay open.
            Some(before) if before.headers == headers => before.fetcher.clone(),
            _ => {
                let mut settings = UpstreamSettings::from_environment(|name| match name {
                    "ROLLCALL_UPSTREAM_HEADERS" if headers.is_some() => headers.clone(),
                    _ => (self.lookup)(name),
                })?;
                let roots = trusted_roots()
                    .map_err(|error| SettingsError::Certificates(error.to_string()))?;
                settings.roots = Some(roots);
                Fetcher::new(self.store.clone(), settings)?
            }
        };
        Ok(Made {
            fetcher,
            headers,
            read: Instant::now(),
        })
    }
}
