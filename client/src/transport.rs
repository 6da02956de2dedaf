//! How a client reaches the world outside.

use std::time::Duration;

use crate::{ClientError, Request, Response};

/// Sends requests and sleeps for a [`Client`](crate::Client).
#[expect(
    async_fn_in_trait,
    reason = "the futures of a browser aren't Send, so no caller may ask for it"
)]
pub trait Transport {
    /// Sends one request and returns the whole response, whatever its status.
    ///
    /// The transport adds the server's address and `Authorization`, follows no redirect and tries
    /// nothing twice. It fails with [`ClientError::Unreachable`], or with what kept it from sending.
    async fn send(&self, request: &Request) -> Result<Response, ClientError>;

    /// Returns after this time.
    async fn sleep(&self, duration: Duration);

    /// Called each time before a failed call is tried again.
    fn retrying(&self, _: Retrying<'_>) {}

    /// Called when a call that was tried again has succeeded or was refused.
    fn recovered(&self) {}
}

/// A call that failed and is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retrying<'a> {
    /// Why it failed.
    pub error: &'a ClientError,
    /// How often it has failed by now.
    pub failures: u32,
    /// How long it is tried in all; no limit where absent.
    pub limit: Option<Duration>,
}
