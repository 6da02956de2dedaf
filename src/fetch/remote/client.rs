//! Asks a server, and asks again where that may help.

use std::error::Error;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, ETAG, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, RequestBuilder, StatusCode, Url};

use super::error::RemoteError;
use crate::cli::Reach;
use crate::fetch::target::Server;
use crate::fetch::telling::Telling;

/// A server that never answered is given up soon: its address may be mistyped.
const PATIENCE_AT_FIRST: Duration = Duration::from_secs(3);
/// One that did is waited for: it may be restarted, and its runs go on then.
const PATIENCE: Duration = Duration::from_secs(600);
/// The first wait before a call is made again; it doubles.
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest such wait.
const LONGEST: Duration = Duration::from_secs(10);
/// For a connection to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// For one call, from its start to the end of the answer.
const CALL: Duration = Duration::from_secs(120);

/// A client of one server.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    telling: Telling,
    /// Whether the server has ever answered.
    met: AtomicBool,
}

/// An answer that is 2xx or 304.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) tag: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Client {
    pub(super) fn new(
        server: Server,
        reach: &Reach,
        telling: Telling,
    ) -> Result<Self, RemoteError> {
        // Where one is installed already, it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Some(value) = server.authorization {
            headers.insert(AUTHORIZATION, value);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT)
            .timeout(CALL)
            // Elsewhere the token, and the list, would go to somebody else.
            .redirect(Policy::none())
            .retry(reqwest::retry::never());
        if !reach.use_proxy {
            builder = builder.no_proxy();
        }
        if let Some(path) = &reach.ca_file {
            let bad = |error| RemoteError::CaFile(path.clone(), error);
            let pem = fs::read(path).map_err(bad)?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .map_err(|error| bad(std::io::Error::other(error)))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build();
        Ok(Self {
            http: http.map_err(|error| RemoteError::Client(error.to_string()))?,
            base: server.base,
            telling,
            met: AtomicBool::new(false),
        })
    }

    /// A call of the API; `path` is what follows `/api/`.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        url.set_path(&format!("{}api/{path}", self.base.path()));
        url.set_query(query);
        self.http.request(method, url)
    }

    /// Makes a call, again and again while nobody answers or whoever answers can't for now. What
    /// `make` makes has to be good to be sent twice.
    pub(super) async fn call(
        &self,
        make: impl Fn() -> RequestBuilder,
    ) -> Result<Answer, RemoteError> {
        let patience = match self.met.load(Ordering::Relaxed) {
            true => PATIENCE,
            false => PATIENCE_AT_FIRST,
        };
        let (began, mut wait, mut tries) = (Instant::now(), SHORTEST, 0);
        loop {
            let (error, wished) = match self.once(make()).await {
                Ok(answer) => {
                    if tries > 0 && patience == PATIENCE {
                        self.telling.say("the server answers again");
                    }
                    self.met.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(Failure::Final(error)) => {
                    self.met.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                Err(Failure::Passing(error, wished)) => (error, wished),
            };
            // Chance keeps several clients of one server from coming back together.
            let pause = wait.mul_f64(rand::random_range(0.5..1.0)).max(wished);
            if began.elapsed() + pause > patience {
                return Err(error);
            }
            if tries == 0 && patience == PATIENCE {
                let minutes = PATIENCE.as_secs() / 60;
                self.telling
                    .say(&format!("{error}. Trying again for {minutes} minutes"));
            }
            tokio::time::sleep(pause).await;
            (wait, tries) = ((wait * 2).min(LONGEST), tries + 1);
        }
    }

    async fn once(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let gone = |error: reqwest::Error| {
            let error = RemoteError::Unreachable {
                host: self.host(),
                why: why(&error),
            };
            Failure::Passing(error, Duration::ZERO)
        };
        let response = request.send().await.map_err(gone)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(gone)?.to_vec();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            let tag = headers.get(ETAG).and_then(|tag| tag.to_str().ok());
            let tag = tag.map(str::to_owned);
            return Ok(Answer { status, tag, body });
        }
        let error = RemoteError::from_answer(status.as_u16(), &body);
        Err(match status.as_u16() {
            429 | 502..=504 => Failure::Passing(error, wished(&headers)),
            _ => Failure::Final(error),
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

/// A call that brought nothing.
enum Failure {
    /// The same call may bring something later, not before this time.
    Passing(RemoteError, Duration),
    Final(RemoteError),
}

/// How long the server wants to be left alone, in seconds.
fn wished(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(0);
    Duration::from_secs(seconds).min(LONGEST)
}

/// The innermost reason, which says most: `connection refused`, not `error sending request`.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let (mut reason, mut next) = (None, error.source());
    while let Some(inner) = next {
        (reason, next) = (Some(inner.to_string()), inner.source());
    }
    reason.unwrap_or_else(|| "the connection broke".to_owned())
}
