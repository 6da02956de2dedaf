//! Sending and sleeping in a browser, for the page and its worker.

use std::time::Duration;

use bytes::Bytes;
use gloo_net::http::RequestBuilder;
use http::header::{ETAG, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use js_sys::Uint8Array;
use web_sys::AbortSignal;

use crate::{ClientError, Retry};

/// [`Retry::NEVER`] with the browser's random numbers, to derive others from.
pub const NEVER: Retry = Retry {
    random: js_sys::Math::random,
    ..Retry::NEVER
};

/// Sends a request to the server that the page came from, until `signal` aborts it.
///
/// Of the response's headers it has those that a [`Client`](crate::Client) reads. Fails with
/// [`ClientError::Unreachable`] without a reason: a browser reports none to scripts.
pub async fn send(
    request: Request<Bytes>,
    signal: Option<&AbortSignal>,
) -> Result<Response<Bytes>, ClientError> {
    fetch(request, signal)
        .await
        .map_err(|_| ClientError::Unreachable {
            reason: String::new(),
        })
}

/// Returns after this time, at most 24 days.
pub async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(duration).await;
}

async fn fetch(
    request: Request<Bytes>,
    signal: Option<&AbortSignal>,
) -> Result<Response<Bytes>, gloo_net::Error> {
    let (parts, body) = request.into_parts();
    let mut call = RequestBuilder::new(&parts.uri.to_string())
        .method(parts.method)
        .abort_signal(signal);
    for (name, value) in &parts.headers {
        call = call.header(name.as_str(), value.to_str().unwrap_or_default());
    }
    let call = match body.is_empty() {
        true => call.build()?,
        false => call.body(Uint8Array::from(&*body))?,
    };
    let fetched = call.send().await?;
    let mut response = Response::new(fetched.binary().await?.into());
    *response.status_mut() = StatusCode::from_u16(fetched.status()).unwrap_or_default();
    for name in [ETAG, RETRY_AFTER] {
        let value = fetched.headers().get(name.as_str());
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
