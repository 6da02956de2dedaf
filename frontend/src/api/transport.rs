//! Sends requests, with a token if the server requires one.

use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use client::{Client, ClientError, Request, Response, Transport, browser};
use leptos::prelude::{GetValue, LocalStorage, StoredValue};
use web_sys::AbortSignal;

/// Authorizes requests.
pub(crate) trait Authorizer {
    /// Returns the value of `Authorization`. Stays pending once the sign-in is over.
    fn token(&self) -> Pin<Box<dyn Future<Output = Result<String, ClientError>>>>;

    /// The server accepted the token.
    fn accepted(&self);

    /// The server rejected the token: the sign-in is over.
    fn rejected(&self);
}

/// A handle to the API; copies share the authorizer.
#[derive(Clone, Copy)]
pub(crate) struct Api(StoredValue<Option<Rc<dyn Authorizer>>, LocalStorage>);

impl Api {
    /// The API of the page's own server. Without an authorizer, the browser's cookie authorizes
    /// requests.
    pub(crate) fn new(authorizer: Option<Rc<dyn Authorizer>>) -> Self {
        Self(StoredValue::new_local(authorizer))
    }

    /// A client whose requests the signal aborts. It doesn't retry: its callers show the error, and
    /// decide when to try again.
    pub(crate) fn client(self, signal: Option<&AbortSignal>) -> Client<PageTransport> {
        let transport = PageTransport {
            authorizer: self.0.get_value(),
            signal: signal.cloned(),
        };
        Client::new(transport, browser::NEVER)
    }
}

/// Sends the requests of one client.
pub(crate) struct PageTransport {
    authorizer: Option<Rc<dyn Authorizer>>,
    signal: Option<AbortSignal>,
}

impl Transport for PageTransport {
    async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        let token = match &self.authorizer {
            Some(authorizer) => Some(authorizer.token().await?),
            None => None,
        };
        let response = browser::send(request, token.as_deref(), self.signal.as_ref()).await?;
        if let Some(authorizer) = &self.authorizer {
            match response.status {
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
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        browser::sleep(duration).await;
    }
}
