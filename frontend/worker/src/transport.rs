//! Sends the worker's requests to the API.

use std::time::Duration;

use client::{Client, ClientError, Request, Response, Retry, Retrying, Transport, browser};
use web_sys::AbortSignal;

use crate::protocol::Event;
use crate::sign_in;

/// The time limit of a request for a page of results, in milliseconds.
///
/// The server ends a page after five seconds; the rest allows for a slow connection.
const RESULTS_TIMEOUT_MS: u32 = 60_000;

/// Sends requests with the person's token, and reports each retry to the page.
pub(crate) struct WorkerTransport<'a> {
    report: &'a dyn Fn(Event),
    /// The time limit of a request, in milliseconds.
    timeout: Option<u32>,
}

/// A client that starts runs. It retries until it succeeds or the page cancels the call.
pub(crate) fn start_client(report: &dyn Fn(Event)) -> Client<WorkerTransport<'_>> {
    client(report, None, None)
}

/// A client that reads results. It retries a failing request for `retry_for`.
pub(crate) fn results_client(
    report: &dyn Fn(Event),
    retry_for: Duration,
) -> Client<WorkerTransport<'_>> {
    client(report, Some(RESULTS_TIMEOUT_MS), Some(retry_for))
}

fn client(
    report: &dyn Fn(Event),
    timeout: Option<u32>,
    retry_for: Option<Duration>,
) -> Client<WorkerTransport<'_>> {
    let retry = Retry {
        until_first_response: retry_for,
        after_first_response: retry_for,
        // People may sign in in another tab.
        unauthorized: true,
        ..browser::NEVER
    };
    Client::new(WorkerTransport { report, timeout }, retry)
}

impl Transport for WorkerTransport<'_> {
    async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        let signal = self.timeout.map(AbortSignal::timeout_with_u32);
        sign_in::send(request, signal.as_ref()).await
    }

    async fn sleep(&self, duration: Duration) {
        browser::sleep(duration).await;
    }

    fn retrying(&self, retrying: Retrying<'_>) {
        (self.report)(Event::Retrying(retrying.error.clone()));
    }
}
