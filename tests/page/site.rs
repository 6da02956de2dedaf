//! The page served on this machine, over an API on any engine.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use backend::Api;
use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{RunSettings, UpstreamInfo};
use rollcall::serve::{Access, address, router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::app::{EngineKind, TestApp};
use crate::support::upstream::Upstream;
use crate::support::wait::LIMIT;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server of the page without sign-in.
pub struct Site {
    /// The API behind the page, with the page's owner.
    pub app: TestApp,
    listening: SocketAddr,
    failures: Arc<Failures>,
    server: JoinHandle<()>,
}

/// The requests that the server fails or holds.
struct Failures {
    /// How many more pages of downloads it serves.
    pages: AtomicU64,
    /// The start of the paths that fail, if any.
    file: Mutex<Option<&'static str>>,
    /// The start of the paths that are held, if any.
    held: watch::Sender<Option<&'static str>>,
    /// How many requests for files have failed.
    failed: watch::Sender<u64>,
}

impl Site {
    /// Starts a server over an API with this engine and upstream.
    pub async fn new(kind: EngineKind, upstream: &Upstream) -> Self {
        let app = TestApp::new(kind, upstream).await.with_owner("local");
        let (host, path) = app.fetcher.upstream();
        let api = Api {
            store: app.store.clone(),
            engine: Arc::clone(&app.engine),
            upstream: UpstreamInfo {
                host,
                path,
                demo: false,
            },
            defaults: RunSettings::default(),
            max_concurrency: 10_000,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listening = listener.local_addr().unwrap();
        let router = router(
            api,
            Access::new(TOKEN.to_owned(), listening.port(), Vec::new()),
        );
        let failures = Arc::new(Failures {
            pages: AtomicU64::new(u64::MAX),
            file: Mutex::default(),
            held: watch::Sender::default(),
            failed: watch::Sender::default(),
        });
        let state = Arc::clone(&failures);
        let router = router.layer(middleware::from_fn_with_state(state, fail_or_hold));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            app,
            listening,
            failures,
            server,
        }
    }

    /// Serves this many more pages of downloads, and answers further ones with 503.
    pub fn allow_pages(&self, pages: u64) {
        self.failures.pages.store(pages, Ordering::Relaxed);
    }

    /// Answers requests for paths that start with `prefix` with 503; `None` ends that.
    pub fn fail_file(&self, prefix: Option<&'static str>) {
        *self.failures.file.lock().unwrap() = prefix;
    }

    /// Holds requests for paths that start with `prefix`; `None` releases them.
    pub fn hold_file(&self, prefix: Option<&'static str>) {
        self.failures.held.send_replace(prefix);
    }

    /// Waits until this many requests for files have failed.
    pub async fn wait_for_failures(&self, requests: u64) {
        let mut failed = self.failures.failed.subscribe();
        let waited = timeout(LIMIT, failed.wait_for(|failed| *failed >= requests));
        waited.await.expect("the requests come").unwrap();
    }

    /// An address of the page, such as `/history`.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.listening)
    }

    /// The address with the token, as the server prints it.
    pub fn printed(&self) -> String {
        address(self.listening, TOKEN)
    }
}

async fn fail_or_hold(
    State(failures): State<Arc<Failures>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let file = *failures.file.lock().unwrap();
    if file.is_some_and(|prefix| path.starts_with(prefix)) {
        failures.failed.send_modify(|failed| *failed += 1);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut held = failures.held.subscribe();
    let is_sent = |held: &Option<&str>| held.is_none_or(|prefix| !path.starts_with(prefix));
    let _ = held.wait_for(is_sent).await;
    // Downloads request the longest pages that the API has, the page's table shorter ones.
    let longest = format!("count={MAX_RESULTS_COUNT}");
    let query = request.uri().query().unwrap_or_default();
    let is_download =
        path.ends_with("/results") && query.split('&').any(|parameter| parameter == longest);
    let take = |left: u64| left.checked_sub(1);
    if is_download
        && failures
            .pages
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_err()
    {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
