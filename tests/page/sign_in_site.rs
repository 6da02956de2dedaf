//! The page as deployed with sign-in: the API accepts only an issuer's tokens.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Api;
use contract::wire::{RunSettings, UpstreamInfo};
use rollcall::serve::{Access, router};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::issuer::Issuer;
use crate::support::app::{EngineKind, TestApp};
use crate::support::upstream::Upstream;

/// The users, as the issuer names them.
const USERS: [&str; 2] = ["ann", "bob"];

/// A server of the page with sign-in. It ends with the test's runtime.
pub struct SignInSite {
    _app: TestApp,
    listening: SocketAddr,
    served: Arc<Served>,
}

struct Served {
    issuer: Issuer,
    page: Router,
    apis: [Router; 2],
    calls: Mutex<Calls>,
}

/// How the API's calls are answered.
#[derive(Default)]
struct Calls {
    /// The status of all calls, except for those of one path.
    failing: Option<(StatusCode, &'static str)>,
    failures: u64,
    refusals: u64,
    /// Whether requests for `config.json` are held.
    is_config_held: bool,
}

impl SignInSite {
    /// Starts a server over an API in memory.
    pub async fn new(upstream: &Upstream, issuer: &Issuer) -> Self {
        let app = TestApp::new(EngineKind::Memory, upstream).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listening = listener.local_addr().unwrap();
        let api = Api {
            store: app.store.clone(),
            engine: Arc::clone(&app.engine),
            upstream: UpstreamInfo {
                host: String::new(),
                path: String::new(),
                demo: false,
            },
            defaults: RunSettings::default(),
            max_concurrency: 1,
        };
        let served = Arc::new(Served {
            issuer: issuer.clone(),
            // For its files; this token isn't used.
            page: router(api, Access::new("-".into(), listening.port(), Vec::new())),
            apis: USERS.map(|user| app.router_for(user)),
            calls: Mutex::default(),
        });
        let router = Router::new()
            .fallback(respond)
            .with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            _app: app,
            listening,
            served,
        }
    }

    /// An address of the page, such as `/history`.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.listening)
    }

    /// Answers every call with this status from now on; 401 refuses every token.
    pub fn fail(&self, status: u16) {
        self.fail_all_except("none", status);
    }

    /// Answers every call with this status, except for those of one path.
    pub fn fail_all_except(&self, path: &'static str, status: u16) {
        let status = StatusCode::from_u16(status).unwrap();
        self.served.calls.lock().unwrap().failing = Some((status, path));
    }

    /// Holds requests for `config.json`, or answers them again.
    pub fn hold_config(&self, is_held: bool) {
        self.served.calls.lock().unwrap().is_config_held = is_held;
    }

    /// How many calls were answered with that status.
    pub fn failures(&self) -> u64 {
        self.served.calls.lock().unwrap().failures
    }

    /// How many calls had no valid token.
    pub fn refusals(&self) -> u64 {
        self.served.calls.lock().unwrap().refusals
    }
}

async fn respond(State(served): State<Arc<Served>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/config.json" {
        if served.is_config_held() {
            return pending().await;
        }
        let headers = [(header::CONTENT_TYPE, "application/json")];
        return (headers, served.issuer.config().to_string()).into_response();
    }
    if path.starts_with("/api/") {
        return match served.authenticate(&request) {
            Ok(user) => served.apis[user].clone().oneshot(request).await.unwrap(),
            // As API Gateway responds.
            Err(status) => (status, r#"{"message":"Unauthorized"}"#).into_response(),
        };
    }
    served.file(request).await
}

impl Served {
    fn is_config_held(&self) -> bool {
        self.calls.lock().unwrap().is_config_held
    }

    /// The index of the call's user, or the status that refuses the call.
    fn authenticate(&self, request: &Request) -> Result<usize, StatusCode> {
        let user = self.user(request);
        let mut calls = self.calls.lock().unwrap();
        if let Some((status, spared)) = calls.failing
            && request.uri().path() != spared
        {
            calls.failures += 1;
            return Err(status);
        }
        calls.refusals += u64::from(user.is_none());
        user.ok_or(StatusCode::UNAUTHORIZED)
    }

    /// The index of the user whose token the call has.
    fn user(&self, request: &Request) -> Option<usize> {
        let value = request.headers().get(header::AUTHORIZATION)?;
        let token = value.to_str().ok()?.strip_prefix("Bearer ")?;
        let user = self.issuer.user_of(token)?;
        USERS.iter().position(|known| *known == user)
    }

    /// A file as deployed: `index.html` is marked for sign-in, and the policy permits calls to the
    /// issuer.
    async fn file(&self, mut request: Request) -> Response {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
        let response = self.page.clone().oneshot(request).await.unwrap();
        let (mut parts, body) = response.into_parts();
        let policy = parts.headers[header::CONTENT_SECURITY_POLICY].to_str();
        let own = "connect-src 'self'";
        let policy = policy
            .unwrap()
            .replace(own, &format!("{own} {}", self.issuer.url));
        parts.headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).unwrap(),
        );
        let is_shell = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
        if !is_shell {
            return Response::from_parts(parts, body);
        }
        let shell = to_bytes(body, usize::MAX).await.unwrap();
        let shell = String::from_utf8(shell.to_vec()).unwrap();
        // As infra/deployment/page.py does.
        let marked = shell.replacen("<body", "<body data-sign-in=\"\"", 1);
        assert_ne!(marked, shell, "the shell has no body");
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(marked))
    }
}
