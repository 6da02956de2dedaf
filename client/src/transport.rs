//! The interface through which a client sends requests and sleeps.

use std::time::Duration;

use crate::{ClientError, Request, Response};

/// Sends requests and sleeps for a [`Client`](crate::Client).
#[expect(
    async_fn_in_trait,
    reason = "futures in a browser aren't Send, so no caller may require it"
)]
pub trait Transport {
    /// Sends one request and returns the whole response, whatever its status.
    ///
    /// The transport adds the server's address and the header `Authorization`. It follows no
    /// redirect and doesn't retry. It fails with [`ClientError::Unreachable`] if no response
    /// arrives, or with the error that kept it from sending, such as a failed sign-in.
    async fn send(&self, request: &Request) -> Result<Response, ClientError>;

    /// Waits for this time.
    async fn sleep(&self, duration: Duration);

    /// Called after a failure, before the pause and the retry.
    fn retrying(&self, _: Retrying<'_>) {}

    /// Called when a retried call has succeeded or has failed with an error that isn't transient.
    fn recovered(&self) {}
}

/// A failed call that will be retried.
#[derive(Clone, Copy, Debug)]
pub struct Retrying<'a> {
    /// Why it failed.
    pub error: &'a ClientError,
    /// The number of failures so far.
    pub failures: u32,
    /// The time limit for retries, as in [`Retry`](crate::Retry); `None` for no limit.
    pub limit: Option<Duration>,
}
