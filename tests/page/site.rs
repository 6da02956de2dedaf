//! The page served on this machine, over an API on any engine.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use backend::Api;
use contract::wire::{RunSettings, UpstreamInfo};
use rollcall::serve::{Access, address, router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::app::{EngineKind, TestApp};
use crate::support::upstream::Upstream;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server of the page without sign-in.
pub struct Site {
    /// The API behind the page, with the page's owner.
    pub app: TestApp,
    listening: SocketAddr,
    failures: Arc<Failures>,
    server: JoinHandle<()>,
}

/// What the server fails to send.
struct Failures {
    /// Pages of a download that it still sends.
    pages: AtomicU64,
    /// How the paths of the files begin that it doesn't send, if any.
    file: Mutex<Option<&'static str>>,
    /// How the paths of the files begin that it sends later, if any.
    held: watch::Sender<Option<&'static str>>,
    /// Requests for such files.
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
        let router = router.layer(middleware::from_fn_with_state(state, failing));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            app,
            listening,
            failures,
            server,
        }
    }

    /// Serves so many pages of downloads; then the server fails.
    pub fn allow_pages(&self, pages: u64) {
        self.failures.pages.store(pages, Ordering::Relaxed);
    }

    /// Answers requests for files whose path begins so with 503 from now on.
    pub fn fail_file(&self, begins: Option<&'static str>) {
        *self.failures.file.lock().unwrap() = begins;
    }

    /// Answers requests for files whose path begins so only once this is called with none.
    pub fn hold_file(&self, begins: Option<&'static str>) {
        self.failures.held.send_replace(begins);
    }

    /// Waits until so many requests for files have failed.
    pub async fn wait_for_failures(&self, requests: u64) {
        let mut failed = self.failures.failed.subscribe();
        failed.wait_for(|failed| *failed >= requests).await.unwrap();
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

async fn failing(State(failures): State<Arc<Failures>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let file = *failures.file.lock().unwrap();
    if file.is_some_and(|begins| path.starts_with(begins)) {
        failures.failed.send_modify(|failed| *failed += 1);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut held = failures.held.subscribe();
    let is_sent = |held: &Option<&str>| held.is_none_or(|begins| !path.starts_with(begins));
    let _ = held.wait_for(is_sent).await;
    // Only downloads request pages this long.
    let query = request.uri().query().unwrap_or_default();
    let is_download = request.uri().path().ends_with("/results")
        && query.split('&').any(|parameter| parameter == "count=1000");
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
