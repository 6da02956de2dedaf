//! The upstream, and one GET to it.
//!
//! The URL of a GET holds the number, and the HTTP client's errors may hold the URL. So these modules
//! convert every such error to an [`ErrorKind`] and never return or log it.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use contract::Ssn;
use contract::wire::ErrorKind;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};

use crate::address::Address;
use crate::attempt::{Attempt, body_value};
use crate::client_pool::ClientPool;
use crate::failure::error_after_connecting;
use crate::retry::retry_after;
use crate::{SettingsError, UpstreamSettings};

/// The upstream, with its address and HTTP clients.
pub(crate) struct Upstream {
    pub(crate) settings: UpstreamSettings,
    pub(crate) address: Address,
    clients: ClientPool,
}

impl Upstream {
    pub(crate) fn new(mut settings: UpstreamSettings) -> Result<Self, SettingsError> {
        settings.check()?;
        let address = Address::new(&settings)?;
        let clients = ClientPool::new(&settings, address.is_https())?;
        Ok(Self {
            settings,
            address,
            clients,
        })
    }

    /// Sends one GET and reads the whole response.
    pub(crate) async fn attempt(&self, ssn: Ssn) -> Attempt {
        let started = Instant::now();
        let mut attempt = Attempt {
            status_code: None,
            error: None,
            body: None,
            retry_after: None,
            duration: started.elapsed(),
        };
        let result =
            tokio::time::timeout(self.settings.attempt_timeout, self.send(ssn, &mut attempt)).await;
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => attempt.error = Some(error),
            Err(_) => attempt.error = Some(ErrorKind::TimedOut),
        }
        attempt.duration = started.elapsed();
        attempt
    }

    async fn send(&self, ssn: Ssn, attempt: &mut Attempt) -> Result<(), ErrorKind> {
        let (mut response, _lease) = self.clients.get(self.address.url(ssn)).await?;
        let status = response.status();
        attempt.status_code = Some(status.as_u16());
        attempt.retry_after = retry_after(
            response.headers().get(RETRY_AFTER),
            self.settings.retry_after_cap,
            SystemTime::now(),
        );
        if status.is_redirection() && response.headers().contains_key(LOCATION) {
            return Err(ErrorKind::RedirectRefused);
        }
        let bytes = read_body(&mut response, self.settings.body_cap as usize).await?;
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        attempt.body = body_value(content_type, &bytes);
        Ok(())
    }
}

/// Reads the body. Fails if it has more than `cap` bytes.
///
/// A body that arrives in one chunk, as most do, is not copied.
async fn read_body(response: &mut Response, cap: usize) -> Result<Bytes, ErrorKind> {
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    let mut length = 0;
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| error_after_connecting(&error))?
    {
        length += chunk.len();
        if length > cap {
            return Err(ErrorKind::BodyTooLarge);
        }
        if first.is_empty() {
            first = chunk;
        } else {
            rest.extend_from_slice(&chunk);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    Ok([first.as_ref(), &rest].concat().into())
}
