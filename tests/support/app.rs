//! The API over an engine and a store, called in this process or through a deployed stack.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header;
use axum::middleware::{self, Next};
use backend::{Api, Engine, Owner, router};
use contract::wire::{ExecutionId, RunSettings, UpstreamInfo};
use fetcher::{Fetcher, UpstreamSettings};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use rollcall::Embedded;
use serde_json::Value;
use store::Store;
use tempfile::TempDir;

use super::client::{ApiClient, ApiResponse};
use super::executions::{check_sums, id_of};
#[cfg(feature = "e2e")]
use super::stack::Stack;
use super::upstream::Upstream;
#[cfg(feature = "e2e")]
use super::users::{claim, create_user, sign_in};
use super::wait::wait_for;

/// A timeout longer than any test waits, within the time limit of the fetcher's Lambda.
pub const NO_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The engine and the store under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// The embedded engine over a folder.
    Disk,
    /// The embedded engine over memory.
    Memory,
    /// A stack in the emulator, its API behind CloudFront and the HTTP API.
    #[cfg(feature = "e2e")]
    StepFunctions,
}

impl EngineKind {
    /// Whether engine and store are in this process.
    pub fn is_embedded(self) -> bool {
        matches!(self, Self::Disk | Self::Memory)
    }
}

/// The API over an engine and a store.
pub struct TestApp {
    pub kind: EngineKind,
    pub store: Store,
    pub fetcher: Fetcher,
    pub engine: Arc<dyn Engine>,
    pub objects: Arc<dyn ObjectStore>,
    /// The owner of the runs, as the store names it.
    pub owner: String,
    /// The owner's name in the API.
    pub user: String,
    client: ApiClient,
    _folder: Option<TempDir>,
    #[cfg(feature = "e2e")]
    stack: Option<Stack>,
}

/// Settings with short backoffs, and timeouts that no test reaches.
///
/// So failures are quick, and a slow machine adds no attempts.
pub fn upstream_settings(url: &str) -> UpstreamSettings {
    UpstreamSettings {
        backoff: Duration::from_millis(10),
        connect_timeout: NO_TIMEOUT,
        attempt_timeout: NO_TIMEOUT,
        ..UpstreamSettings::new(url)
    }
}

impl TestApp {
    /// Starts the API with a fetcher for this upstream.
    pub async fn new(kind: EngineKind, upstream: &Upstream) -> Self {
        let settings = upstream_settings(&upstream.url);
        match kind {
            EngineKind::Disk => {
                let folder = TempDir::new().unwrap();
                let objects = Arc::new(
                    LocalFileSystem::new_with_prefix(folder.path())
                        .unwrap()
                        .with_automatic_cleanup(true),
                );
                Self::embedded(kind, objects, settings, Some(folder))
            }
            EngineKind::Memory => Self::embedded(kind, Arc::new(InMemory::new()), settings, None),
            #[cfg(feature = "e2e")]
            EngineKind::StepFunctions => {
                let stack = Stack::reuse(&upstream.url).await;
                Self::deployed(stack, settings).await
            }
        }
    }

    /// Deploys the API on a new stack, whose logs and state machines hold nothing of other tests.
    #[cfg(feature = "e2e")]
    pub async fn on_new_stack(upstream: &Upstream) -> Self {
        let stack = Stack::with_upstream(&upstream.url).await;
        Self::deployed(stack, upstream_settings(&upstream.url)).await
    }

    fn embedded(
        kind: EngineKind,
        objects: Arc<dyn ObjectStore>,
        settings: UpstreamSettings,
        folder: Option<TempDir>,
    ) -> Self {
        let store = Store::new(Arc::clone(&objects));
        let fetcher = Fetcher::new(store.clone(), settings).unwrap();
        let path: Option<PathBuf> = folder.as_ref().map(|folder| folder.path().to_owned());
        let engine: Arc<dyn Engine> =
            Arc::new(Embedded::new(store.clone(), fetcher.clone(), path, 10_000));
        let client = ApiClient::Router(routes(&store, &engine, &fetcher, "ann"));
        Self {
            kind,
            store,
            fetcher,
            engine,
            objects,
            owner: "ann".into(),
            user: "ann".into(),
            client,
            _folder: folder,
            #[cfg(feature = "e2e")]
            stack: None,
        }
    }

    #[cfg(feature = "e2e")]
    async fn deployed(stack: Stack, settings: UpstreamSettings) -> Self {
        let backoff = format!("{}ms", settings.backoff.as_millis());
        let backoff = [("ROLLCALL_BACKOFF", backoff.as_str())];
        stack.set_variables("FetcherFunction", &backoff).await;
        // The time between an erasure and its sweep, which removes what fetchers wrote in between.
        let sweep = [("ROLLCALL_SWEEP_SECONDS", "1")];
        stack.set_variables("ApiFunction", &sweep).await;
        let store = stack.store();
        let objects = store.objects();
        let token = stack.token().await;
        Self {
            kind: EngineKind::StepFunctions,
            fetcher: Fetcher::new(store.clone(), settings).unwrap(),
            store,
            engine: Arc::new(stack.engine()),
            objects,
            owner: claim(&token, "sub"),
            user: claim(&token, "username"),
            client: stack.api_client(token),
            _folder: None,
            stack: Some(stack),
        }
    }

    /// The same API, called as this owner in this process, whatever the engine is.
    pub fn with_owner(mut self, owner: &'static str) -> Self {
        self.client = ApiClient::Router(self.router_for(owner));
        self.owner = owner.into();
        self.user = owner.into();
        self
    }

    /// The API over the same store for this owner, in this process.
    pub fn router_for(&self, owner: &str) -> Router {
        routes(&self.store, &self.engine, &self.fetcher, owner)
    }

    /// The API over this view of the same store, in this process.
    pub fn router_with_store(&self, store: &Store) -> Router {
        routes(store, &self.engine, &self.fetcher, &self.owner)
    }

    /// The stack. Panics unless the API is deployed.
    #[cfg(feature = "e2e")]
    pub fn stack(&self) -> &Stack {
        self.stack.as_ref().expect("a deployed stack")
    }

    /// A client of the same API for another owner.
    pub async fn other_user(&self) -> ApiClient {
        #[cfg(feature = "e2e")]
        if let Some(stack) = &self.stack {
            let (pool, client) = (stack.output("UserPoolId"), stack.output("ClientId"));
            let password = create_user(pool, "bob@example.gov").await;
            return stack.api_client(sign_in(pool, client, "bob@example.gov", password).await);
        }
        ApiClient::Router(self.router_for("bob"))
    }

    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> ApiResponse {
        self.client.call(method, path, headers, body).await
    }

    pub async fn get(&self, path: &str) -> ApiResponse {
        self.call("GET", path, &[], "").await
    }

    pub async fn post(&self, path: &str, body: Value) -> ApiResponse {
        self.call(
            "POST",
            path,
            &[("content-type", "application/json")],
            body.to_string(),
        )
        .await
    }

    /// Starts a run, which must be accepted, and returns its id.
    #[track_caller]
    pub fn start(&self, body: Value) -> impl Future<Output = String> {
        let response = self.post("/api/executions", body);
        async move { id_of(&response.await.expect(202)) }
    }

    pub async fn execution(&self, id: &str) -> Value {
        self.get(&format!("/api/executions/{id}")).await.expect(200)
    }

    /// Waits for the end of the execution, and checks its sums at each poll.
    pub async fn wait_for_end(&self, id: &str) -> Value {
        let ended = self
            .wait_for(id, |execution| execution["status"] != "RUNNING")
            .await;
        assert_eq!(ended["counts"]["PENDING"], 0, "{ended}");
        ended
    }

    /// Polls until the execution meets the condition, and checks its sums at each poll.
    pub async fn wait_for(&self, id: &str, is_met: impl Fn(&Value) -> bool) -> Value {
        wait_for("the execution to meet a condition", async || {
            let execution = self.execution(id).await;
            check_sums(&execution);
            is_met(&execution).then_some(execution)
        })
        .await
    }

    /// All rows with full numbers, read page by page.
    pub async fn rows(&self, id: &str) -> Vec<Value> {
        self.all_rows(&format!("/api/executions/{id}/results?reveal=true"))
            .await
    }

    /// All rows from this path on, read page by page.
    pub async fn all_rows(&self, first: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut next = Some(first.to_owned());
        while let Some(path) = next {
            let response = self.get(&path).await;
            next = response.headers.get(header::LINK).map(|link| {
                let link = link.to_str().unwrap();
                assert!(link.ends_with(">; rel=\"next\""), "{link}");
                link[1..link.find('>').unwrap()].to_owned()
            });
            let page = response.expect(200);
            assert_eq!(page["next"].is_string(), next.is_some());
            rows.extend(page["rows"].as_array().unwrap().iter().cloned());
        }
        rows
    }

    pub async fn meta_and_pass(&self, id: &str) -> (store::Meta, store::Pass) {
        let id: ExecutionId = id.parse().unwrap();
        (
            self.store.meta(&id).await.unwrap().unwrap(),
            self.store.current_pass(&id).await.unwrap().unwrap(),
        )
    }

    /// Every object in the store: its path and content.
    pub async fn stored_objects(&self) -> Vec<(String, String)> {
        use futures::TryStreamExt;
        use object_store::ObjectStoreExt;
        let listing: Vec<_> = self.objects.list(None).try_collect().await.unwrap();
        let mut contents = Vec::new();
        for object in listing {
            if let Ok(found) = self.objects.get(&object.location).await {
                let bytes = found.bytes().await.unwrap();
                contents.push((
                    object.location.to_string(),
                    String::from_utf8_lossy(&bytes).into_owned(),
                ));
            }
        }
        contents
    }
}

#[cfg(feature = "e2e")]
impl Drop for TestApp {
    fn drop(&mut self) {
        // A stack on which a test failed isn't reused.
        if let Some(stack) = self.stack.take().filter(|_| !std::thread::panicking()) {
            stack.release();
        }
    }
}

fn routes(store: &Store, engine: &Arc<dyn Engine>, fetcher: &Fetcher, owner: &str) -> Router {
    let (host, path) = fetcher.upstream();
    let owner = Owner {
        id: owner.into(),
        name: Some(owner.into()),
    };
    let api = Api {
        store: store.clone(),
        engine: Arc::clone(engine),
        upstream: UpstreamInfo {
            host,
            path,
            demo: false,
        },
        defaults: RunSettings::default(),
        max_concurrency: 10_000,
    };
    router(api).layer(middleware::from_fn(
        move |mut request: axum::extract::Request, next: Next| {
            request.extensions_mut().insert(owner.clone());
            next.run(request)
        },
    ))
}
