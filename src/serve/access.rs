//! Access control: a request to the API needs the token, as a bearer token or in a cookie.
//!
//! Pages of other sites have no access, even if the site's name resolves to this machine.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::{ApiError, Owner};
use subtle::ConstantTimeEq;

/// How long a one-time token is valid: a browser may have to start.
const ONE_TIME_VALIDITY: Duration = Duration::from_secs(120);

/// The owner of every run on one machine.
const OWNER: &str = "local";

/// Checks requests for the token.
#[derive(Clone)]
pub struct Access {
    token: String,
    cookie: String,
    hosts: Vec<String>,
    one_time: Arc<Mutex<Option<(String, Instant)>>>,
}

impl Access {
    /// Grants access to requests with this token.
    ///
    /// `port` is in the cookie's name, so that two servers on one machine have different cookies.
    /// `hosts` are further host names of this server, in addition to IP addresses and `localhost`.
    pub fn new(token: String, port: u16, hosts: Vec<String>) -> Self {
        Self {
            token,
            cookie: format!("rollcall-{port}"),
            hosts,
            one_time: Arc::default(),
        }
    }

    /// Creates a token for a browser's command line, valid once and for [`ONE_TIME_VALIDITY`].
    ///
    /// Other users of this machine can see the arguments of a browser for as long as it runs.
    pub(super) fn one_time_token(&self) -> String {
        let token = format!("{:032x}", rand::random::<u128>());
        *self.lock() = Some((token.clone(), Instant::now()));
        token
    }

    fn lock(&self) -> MutexGuard<'_, Option<(String, Instant)>> {
        self.one_time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn redeem_one_time_token(&self, given: &str) -> bool {
        let taken = self.lock().take_if(|(token, created)| {
            created.elapsed() < ONE_TIME_VALIDITY && token.as_bytes().ct_eq(given.as_bytes()).into()
        });
        taken.is_some()
    }

    fn is_token(&self, given: &str) -> bool {
        self.token.as_bytes().ct_eq(given.as_bytes()).into()
    }

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| {
                let (scheme, token) = value.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
            });
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut cookies = cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        bearer.is_some_and(|token| self.is_token(token))
            || cookies.any(|(name, value)| name == self.cookie && self.is_token(value))
    }

    /// Whether a host is this server's.
    ///
    /// An attacker can make any other name resolve to this machine (DNS rebinding), but not `localhost`
    /// or an IP address.
    fn is_own_host(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let name = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost")
            || name.parse::<IpAddr>().is_ok()
            || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// Rejects requests for other hosts and from other sites, and turns a token in a URL into a cookie.
///
/// A GET of the page with a token is redirected to the same path without it, so that the browser's
/// history has no token. If the token is valid, the response sets the cookie.
pub(super) async fn guard_all(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let host = host
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        })
        .unwrap_or_default();
    if !access.is_own_host(host) {
        return ApiError::Forbidden(
            "this server doesn't know the host name of this request: allow it with --allow-host",
        )
        .into_response();
    }
    if let Some(origin) = request.headers().get(header::ORIGIN)
        && !matches!(*request.method(), Method::GET | Method::HEAD)
        && origin
            .to_str()
            .ok()
            .and_then(|origin| origin.split_once("://"))
            .is_none_or(|(_, from)| !from.eq_ignore_ascii_case(host))
    {
        return ApiError::Forbidden("this request comes from another site's page").into_response();
    }
    let given = request.uri().query().and_then(|query| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("token="))
    });
    match given {
        Some(given)
            if *request.method() == Method::GET && !request.uri().path().starts_with("/api") =>
        {
            // A location that starts with two slashes would name another host.
            let path = request.uri().path().trim_start_matches(['/', '\\']);
            let location = format!("/{path}");
            let mut response =
                (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
            if access.is_token(given) || access.redeem_one_time_token(given) {
                let cookie = format!(
                    "{}={}; Path=/; HttpOnly; SameSite=Strict",
                    access.cookie, access.token
                );
                if let Ok(cookie) = cookie.parse() {
                    response.headers_mut().insert(header::SET_COOKIE, cookie);
                }
            }
            response
        }
        _ => next.run(request).await,
    }
}

/// Requires the token for the API, except for its health check.
pub(super) async fn guard_api(
    State(access): State<Arc<Access>>,
    mut request: Request,
    next: Next,
) -> Response {
    if access.is_authorized(request.headers()) {
        request.extensions_mut().insert(Owner {
            id: OWNER.to_owned(),
            name: None,
        });
    } else if request.uri().path() != "/api/health" {
        return ApiError::Unauthenticated.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access::new(
            "0123456789abcdef0123456789abcdef".into(),
            8080,
            vec!["rollcall.internal".into()],
        )
    }

    #[test]
    fn own_hosts_are_addresses_localhost_and_the_allowed() {
        for host in [
            "localhost:8080",
            "LOCALHOST",
            "127.0.0.1:1",
            "[::1]:8080",
            "192.168.1.5:80",
            "rollcall.internal:8080",
        ] {
            assert!(access().is_own_host(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "rollcall.internal.example",
        ] {
            assert!(!access().is_own_host(host), "{host}");
        }
    }

    #[test]
    fn the_token_is_read_from_bearer_and_cookie() {
        let with = |name: header::HeaderName, value: &str| {
            access().is_authorized(&[(name, value.parse().unwrap())].into_iter().collect())
        };
        let token = "0123456789abcdef0123456789abcdef";
        assert!(with(header::AUTHORIZATION, &format!("Bearer {token}")));
        assert!(with(header::COOKIE, &format!("a=b; rollcall-8080={token}")));
        assert!(!with(header::COOKIE, &format!("rollcall-8081={token}")));
        assert!(!with(header::AUTHORIZATION, "Bearer 0"));
        assert!(!with(header::AUTHORIZATION, token));
    }

    #[test]
    fn a_one_time_token_works_once_and_not_for_the_api() {
        let access = access();
        let token = access.one_time_token();
        let bearer = format!("Bearer {token}").parse().unwrap();
        assert!(!access.is_authorized(&[(header::AUTHORIZATION, bearer)].into_iter().collect()));
        assert!(!access.redeem_one_time_token("0"));
        assert!(access.clone().redeem_one_time_token(&token));
        assert!(!access.redeem_one_time_token(&token));
    }
}
