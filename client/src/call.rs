//! The client, and how it sends a request with retries.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures::future::{Either, pending, select};
use futures::poll;
use serde::de::DeserializeOwned;

use crate::{ClientError, Request, Response, Retry, Retrying, Transport};

/// A client of one server.
pub struct Client<T> {
    pub(crate) transport: T,
    retry: Retry,
    /// Whether the server has ever sent a response that isn't a transient error.
    has_responded: Cell<bool>,
}

/// The future of a call. It is boxed so that its code isn't repeated in each caller.
type Call<'a> = Pin<Box<dyn Future<Output = Result<Response, ClientError>> + 'a>>;

impl<T: Transport> Client<T> {
    /// Returns a client that sends with this transport and retries as `retry` allows.
    pub fn new(transport: T, retry: Retry) -> Self {
        Self {
            transport,
            retry,
            has_responded: Cell::new(false),
        }
    }

    /// Sends a request, retries after failures, and returns a response that is 2xx or 304.
    pub(crate) fn send(&self, request: Request) -> Call<'_> {
        Box::pin(async move {
            let has_responded = self.has_responded.get();
            let limit = self.retry.limit(has_responded);
            // The time starts when this future is first polled.
            let mut deadline = pin!(async {
                match limit {
                    Some(limit) => self.transport.sleep(limit).await,
                    None => pending().await,
                }
            });
            if !has_responded {
                // A wrong address may take long to fail.
                let _ = poll!(deadline.as_mut());
            }
            let mut failures = 0;
            loop {
                let (error, retry_after) = match self.send_once(&request).await {
                    Ok(response) => {
                        self.record_response(failures);
                        return Ok(response);
                    }
                    Err(failure) => failure,
                };
                if !error.is_transient() {
                    self.record_response(failures);
                }
                if !self.retry.allows(&error) || limit == Some(Duration::ZERO) {
                    return Err(error);
                }
                failures += 1;
                self.transport.retrying(Retrying {
                    error: &error,
                    failures,
                    limit,
                });
                let pause = self.retry.pause(failures, retry_after);
                let pause = pin!(self.transport.sleep(pause));
                if let Either::Left(_) = select(&mut deadline, pause).await {
                    return Err(error);
                }
            }
        })
    }

    /// Sends a request and parses the response's JSON.
    pub(crate) async fn send_and_parse<R: DeserializeOwned>(
        &self,
        request: Request,
    ) -> Result<R, ClientError> {
        parse(&self.send(request).await?)
    }

    async fn send_once(&self, request: &Request) -> Result<Response, (ClientError, Duration)> {
        let sent = self.transport.send(request).await;
        let response = sent.map_err(|error| (error, Duration::ZERO))?;
        match response.status {
            200..=299 | 304 => Ok(response),
            _ => Err((
                ClientError::from_response(&response),
                retry_after(&response),
            )),
        }
    }

    fn record_response(&self, failures: u32) {
        self.has_responded.set(true);
        if failures > 0 {
            self.transport.recovered();
        }
    }
}

/// Parses the response's JSON body.
pub(crate) fn parse<R: DeserializeOwned>(response: &Response) -> Result<R, ClientError> {
    serde_json::from_slice(&response.body).map_err(|_| ClientError::unexpected(response))
}

/// Returns the response's `Retry-After` if it is in seconds, as Rollcall sends it; zero otherwise.
fn retry_after(response: &Response) -> Duration {
    let value = response.retry_after.as_ref();
    let seconds = value.and_then(|value| value.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

#[cfg(test)]
mod tests;
