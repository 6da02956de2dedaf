//! `rollcall serve`: the page, and the API, which a token protects.

mod access;
mod banner;
mod browser;
pub(crate) mod run;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use backend::Api;

pub use access::Access;

use crate::page;

/// The page may load and request only its own origin.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Returns a router for the API and the page. Requests to the API need the token.
pub fn router(api: Api, access: Access) -> Router {
    let access = Arc::new(access);
    let guarded = backend::router(api).layer(middleware::from_fn_with_state(
        Arc::clone(&access),
        access::guard_api,
    ));
    Router::new()
        .merge(guarded)
        .fallback(async |request: Request| page::serve(request.uri().path(), request.headers()))
        .layer(middleware::from_fn_with_state(access, access::guard_all))
        .layer(middleware::map_response(add_headers))
}

async fn add_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    response
}

/// Returns the address to open in a browser, with the token in it.
pub fn address(listening: SocketAddr, token: &str) -> String {
    let mut shown = listening;
    if listening.ip().is_unspecified() {
        shown.set_ip(if listening.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    format!("http://{shown}/?token={token}")
}
