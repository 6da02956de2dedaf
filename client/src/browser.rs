//! Sending and sleeping in a browser, for the page and its worker.

use std::time::Duration;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::Uint8Array;
use web_sys::AbortSignal;

use crate::{ClientError, Request, Response, Retry};

/// No retries, and the browser's random numbers. Other [`Retry`] values are built from it.
pub const NEVER: Retry = Retry {
    random: js_sys::Math::random,
    ..Retry::NEVER
};

/// Sends a request to the server that the page came from. `signal` can abort it.
///
/// `authorization` is the value of the header `Authorization`, if the server requires it. The only
/// error is [`ClientError::Unreachable`] without a reason, since a browser reports none to scripts.
pub async fn send(
    request: &Request,
    authorization: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Response, ClientError> {
    let response = fetch(request, authorization, signal).await;
    response.map_err(|_| ClientError::Unreachable {
        reason: String::new(),
    })
}

/// Waits for this time, which must be at most 24 days, the limit of `setTimeout`.
pub async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(duration).await;
}

async fn fetch(
    request: &Request,
    authorization: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Response, gloo_net::Error> {
    let method = match request.method {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let mut builder = RequestBuilder::new(&request.path)
        .method(method)
        .abort_signal(signal);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if let Some(authorization) = authorization {
        builder = builder.header("authorization", authorization);
    }
    let request = match request.body.is_empty() {
        true => builder.build()?,
        false => builder.body(Uint8Array::from(&*request.body))?,
    };
    let response = request.send().await?;
    let headers = response.headers();
    Ok(Response {
        status: response.status(),
        etag: headers.get("etag"),
        retry_after: headers.get("retry-after"),
        body: response.binary().await?,
    })
}
