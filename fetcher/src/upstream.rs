//! One GET. The number is in its address, so nothing of the client's own errors leaves this file:
//! they become an [`ErrorKind`].

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use contract::Ssn;
use contract::wire::ErrorKind;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};

use crate::address::Address;
use crate::attempt::{Attempt, body_value};
use crate::client_pool::ClientPool;
use crate::failure::on_connection;
use crate::retry::retry_after;
use crate::{SettingsError, UpstreamSettings};

/// The upstream, ready to be asked.
pub(crate) struct Upstream {
    pub(crate) settings: UpstreamSettings,
    pub(crate) address: Address,
    clients: ClientPool,
}

impl Upstream {
    pub(crate) fn new(settings: UpstreamSettings) -> Result<Self, SettingsError> {
        settings.check()?;
        let address = Address::new(&settings)?;
        let clients = ClientPool::new(&settings, address.is_https())?;
        Ok(Self {
            settings,
            address,
            clients,
        })
    }

    /// Makes one GET and reads the whole answer.
    pub(crate) async fn attempt(&self, ssn: Ssn) -> Attempt {
        let began = Instant::now();
        let mut attempt = Attempt {
            status_code: None,
            error: None,
            body: None,
            retry_after: None,
            duration: began.elapsed(),
        };
        let within = tokio::time::timeout(
            self.settings.attempt_timeout,
            self.exchange(ssn, &mut attempt),
        )
        .await;
        match within {
            Ok(Ok(())) => {}
            Ok(Err(error)) => attempt.error = Some(error),
            Err(_) => attempt.error = Some(ErrorKind::TimedOut),
        }
        attempt.duration = began.elapsed();
        attempt
    }

    async fn exchange(&self, ssn: Ssn, attempt: &mut Attempt) -> Result<(), ErrorKind> {
        let (mut response, _lease) = self.clients.get(self.address.of(ssn)).await?;
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
        let bytes = read(&mut response, self.settings.body_cap).await?;
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        attempt.body = body_value(content_type, &bytes);
        Ok(())
    }
}

/// The body, up to the cap; without a copy where it came in one piece, as most do.
async fn read(response: &mut Response, cap: usize) -> Result<Bytes, ErrorKind> {
    let mut whole = Bytes::new();
    let mut pieces = Vec::new();
    let mut length = 0;
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| on_connection(&error))?
    {
        length += chunk.len();
        if length > cap {
            return Err(ErrorKind::BodyTooLarge);
        }
        if whole.is_empty() {
            whole = chunk;
        } else {
            pieces.extend_from_slice(&chunk);
        }
    }
    if pieces.is_empty() {
        return Ok(whole);
    }
    Ok([whole.as_ref(), &pieces].concat().into())
}
