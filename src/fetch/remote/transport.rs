//! Sends the client's requests with reqwest.

use std::cell::Cell;
use std::error::Error;
use std::time::Duration;

use client::{ClientError, Request, Response, Retry, Retrying, Transport};
use reqwest::header::{AUTHORIZATION, ETAG, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};

use super::error::RemoteError;
use crate::fetch::reporter::Reporter;
use crate::fetch::target::Server;

/// Time limit for retries once the server has responded.
///
/// The server may be restarting. After that it resumes its runs.
const RESTART_LIMIT: Duration = Duration::from_secs(600);

/// How long failed calls are retried.
pub(super) const RETRY: Retry = Retry {
    until_first_response: Some(Duration::from_secs(3)),
    after_first_response: Some(RESTART_LIMIT),
    unauthorized: false,
    random: || rand::random_range(0.0..1.0),
};

/// Time limit for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit for one request, to the end of its response.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// Sends requests to one server, and reports retries on the terminal.
pub(super) struct HttpTransport {
    http: reqwest::Client,
    base: Url,
    reporter: Reporter,
    /// Whether a failure was reported, and no recovery since then.
    has_reported_failure: Cell<bool>,
}

impl HttpTransport {
    pub(super) fn new(server: Server, reporter: Reporter) -> Result<Self, RemoteError> {
        // An error means that a provider is installed already; it stays in use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Some(value) = server.authorization {
            headers.insert(AUTHORIZATION, value);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            // A redirect could send the token and the list to another server.
            .redirect(Policy::none())
            .retry(reqwest::retry::never());
        if !server.use_proxy {
            builder = builder.no_proxy();
        }
        if !server.certificates.is_empty() {
            builder = builder.tls_certs_merge(server.certificates);
        }
        let http = builder.build();
        Ok(Self {
            http: http.map_err(|error| RemoteError::Client(error.to_string()))?,
            base: server.base,
            reporter,
            has_reported_failure: Cell::new(false),
        })
    }

    async fn request(&self, request: &Request) -> reqwest::Result<Response> {
        let mut url = self.base.clone();
        let (path, query) = match request.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.path.as_str(), None),
        };
        // The base's path ends in a slash, the request's begins with one.
        url.set_path(&[self.base.path(), &path[1..]].concat());
        url.set_query(query);
        let method = Method::from_bytes(request.method.as_bytes());
        let method = method.expect("the client's methods are HTTP's own");
        let mut builder = self.http.request(method, url).body(request.body.clone());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let response = builder.send().await?;
        let header =
            |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let (etag, retry_after) = (header(ETAG), header(RETRY_AFTER));
        Ok(Response {
            status: response.status().as_u16(),
            etag,
            retry_after,
            body: response.bytes().await?.into(),
        })
    }

    fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        let response = self.request(request).await;
        response.map_err(|error| ClientError::Unreachable {
            reason: format!("{} ({})", reason(&error), self.host()),
        })
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn retrying(&self, retrying: Retrying<'_>) {
        // Two pages of rows are in flight, and both fail if the server ends.
        let is_first = retrying.failures == 1 && !self.has_reported_failure.get();
        if is_first && retrying.limit == Some(RESTART_LIMIT) {
            let error = RemoteError::from(retrying.error.clone());
            let minutes = RESTART_LIMIT.as_secs() / 60;
            self.reporter
                .print_message(&format!("{error}. Trying again for {minutes} minutes"));
            self.has_reported_failure.set(true);
        }
    }

    fn recovered(&self) {
        if self.has_reported_failure.take() {
            self.reporter.print_message("the server answers again");
        }
    }
}

/// The innermost cause, which is the most precise: `connection refused`, not `error sending request`.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let (mut reason, mut next) = (None, error.source());
    while let Some(inner) = next {
        (reason, next) = (Some(inner.to_string()), inner.source());
    }
    reason.unwrap_or_else(|| "the connection broke".to_owned())
}
