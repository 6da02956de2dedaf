//! A small issuer of tokens, for the authorization code flow with PKCE.

mod routes;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CLIENT: &str = "the-page";
/// The body that refuses a code or a refresh token (RFC 6749, 5.2).
pub const REFUSAL: &str = r#"{"error": "invalid_grant"}"#;
/// The cookie of the issuer's own session.
const COOKIE: &str = "issuer-session";

/// An issuer on a port of its own. It ends with the test's runtime.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    state: Arc<Mutex<Issued>>,
}

/// The codes, tokens and sessions that the issuer has issued, and how it responds.
#[derive(Default)]
struct Issued {
    /// The `expires_in` of access tokens.
    life: Duration,
    codes: HashMap<String, Code>,
    /// The user of each access token.
    access: HashMap<String, String>,
    /// The access token that was issued last.
    newest: String,
    /// How many calls had the newest access token.
    newest_calls: u32,
    /// The user of each refresh token.
    refresh: HashMap<String, String>,
    /// The users with a session at the issuer.
    sessions: HashSet<String>,
    /// Every token that was issued, and every verifier that was received.
    secrets: Vec<String>,
    /// The response to every token request instead of tokens, if any.
    failing: Option<(StatusCode, &'static str)>,
    counts: Counts,
}

/// Counts of what has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Redirects to the sign-in page.
    pub visits: u32,
    /// Token requests that failed as set by [`Issuer::fail`].
    pub failures: u32,
    /// Codes exchanged for tokens.
    pub exchanges: u32,
    /// Refresh tokens exchanged for new tokens.
    pub renewals: u32,
    /// Revoked refresh tokens.
    pub revocations: u32,
    /// Ends of the issuer's own session.
    pub ends: u32,
}

/// An authorization code.
struct Code {
    challenge: String,
    redirect_uri: String,
    user: String,
}

impl Issuer {
    /// Starts an issuer whose access tokens have this `expires_in`.
    ///
    /// The API accepts them until a test ends them, so that no test depends on how long a call takes.
    pub async fn new(life: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            state: Arc::new(Mutex::new(Issued {
                life,
                ..Default::default()
            })),
        };
        let router = routes::router(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        issuer
    }

    /// The page's `/config.json` for this issuer.
    pub fn config(&self) -> Value {
        let url = &self.url;
        json!({
            "issuer": url,
            "clientId": CLIENT,
            "scope": "openid email",
            "authorizationEndpoint": format!("{url}/oauth2/authorize"),
            "tokenEndpoint": format!("{url}/oauth2/token"),
            "revocationEndpoint": format!("{url}/oauth2/revoke"),
            "logoutEndpoint": format!("{url}/logout"),
        })
    }

    /// The user of a call's access token, unless the token has ended.
    pub fn user_of(&self, token: &str) -> Option<String> {
        let mut issued = self.state.lock().unwrap();
        issued.newest_calls += u32::from(token == issued.newest);
        issued.access.get(token).cloned()
    }

    /// Ends all access tokens, but no refresh token.
    pub fn end_access_tokens(&self) {
        self.state.lock().unwrap().access.clear();
    }

    /// Ends all access tokens but the newest, once the page uses it. Returns whether it did.
    ///
    /// An earlier call with an older token may still be in flight. So the newest one counts as used after
    /// three calls, which a page that polls makes one after another.
    pub fn end_replaced_tokens(&self) -> bool {
        let mut issued = self.state.lock().unwrap();
        let is_used = issued.newest_calls >= 3;
        if is_used {
            let newest = issued.newest.clone();
            issued.access.retain(|token, _| *token == newest);
        }
        is_used
    }

    /// Revokes all tokens, but not the issuer's own session.
    pub fn revoke_tokens(&self) {
        let mut issued = self.state.lock().unwrap();
        issued.access.clear();
        issued.refresh.clear();
    }

    /// Answers token requests with this from now on: a refusal, throttling or an error.
    pub fn fail(&self, status: u16, body: &'static str) {
        let status = StatusCode::from_u16(status).unwrap();
        self.state.lock().unwrap().failing = Some((status, body));
    }

    /// Issues tokens again.
    pub fn recover(&self) {
        self.state.lock().unwrap().failing = None;
    }

    pub fn counts(&self) -> Counts {
        self.state.lock().unwrap().counts
    }

    /// Every token that was issued, and every verifier that was received.
    pub fn secrets(&self) -> Vec<String> {
        self.state.lock().unwrap().secrets.clone()
    }

    /// Issues tokens for this user, and returns the response that holds them.
    fn issue_tokens(&self, user: &str) -> Value {
        let mut issued = self.state.lock().unwrap();
        let (access, refresh) = (random(), random());
        let claims = json!({"sub": user, "email": format!("{user}@example.gov")}).to_string();
        let id = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let life = issued.life;
        issued.access.insert(access.clone(), user.to_owned());
        issued.newest.clone_from(&access);
        issued.newest_calls = 0;
        issued.refresh.insert(refresh.clone(), user.to_owned());
        issued
            .secrets
            .extend([access.clone(), refresh.clone(), id.clone()]);
        json!({
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": refresh,
            "id_token": id,
            "expires_in": life.as_secs(),
        })
    }
}

fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
