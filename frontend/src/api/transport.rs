//! Sending requests, with a token where the server asks for one.

use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::Rc;

use gloo_net::http::Request;
use leptos::prelude::{GetValue, LocalStorage, StoredValue};

use super::ApiError;

pub(super) type Result<T> = std::result::Result<T, ApiError>;

/// A request, unless the browser refused to build it.
pub(super) type Outgoing = std::result::Result<Request, gloo_net::Error>;

/// Authorizes requests.
pub(crate) trait Authorizer {
    /// Returns the value of `Authorization`. Stays pending once the sign-in is over.
    fn token(&self) -> Pin<Box<dyn Future<Output = std::result::Result<String, ApiError>>>>;

    /// The server accepted the token.
    fn accepted(&self);

    /// The server rejected the token: the sign-in is over.
    fn rejected(&self);
}

/// A handle to the API; copies share the authorizer.
#[derive(Clone, Copy)]
pub(crate) struct Api(StoredValue<Option<Rc<dyn Authorizer>>, LocalStorage>);

/// A response with status 2xx or 304.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    pub(super) body: String,
}

impl Api {
    /// The API of the page's own server. Without an authorizer the browser's cookie lets requests in.
    pub(crate) fn new(authorizer: Option<Rc<dyn Authorizer>>) -> Self {
        Self(StoredValue::new_local(authorizer))
    }

    /// Sends a request. A script can't learn why a fetch failed, so it is `Unreachable`. Boxed, so
    /// that the callers share one copy of the code.
    pub(super) fn send(self, request: Outgoing) -> Pin<Box<dyn Future<Output = Result<Response>>>> {
        Box::pin(async move {
            let unreachable = |_| ApiError::Unreachable;
            let request = request.map_err(unreachable)?;
            let authorizer = self.0.get_value();
            if let Some(authorizer) = &authorizer {
                let token = authorizer.token().await?;
                request.headers().set("Authorization", &token);
            }
            let response = request.send().await.map_err(unreachable)?;
            let status = response.status();
            if let Some(authorizer) = &authorizer {
                match status {
                    401 => {
                        authorizer.rejected();
                        // The page shows the end of the sign-in once, not an error for each request.
                        return pending().await;
                    }
                    // A gateway may have responded without looking at the token.
                    429 | 500.. => {}
                    _ => authorizer.accepted(),
                }
            }
            let etag = response.headers().get("etag");
            let body = response.text().await.map_err(unreachable)?;
            match status {
                200..=299 | 304 => Ok(Response { status, etag, body }),
                _ => Err(ApiError::from_response(status, &body)),
            }
        })
    }
}
