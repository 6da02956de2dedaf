//! A small issuer of tokens, for the authorization code flow with PKCE.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

const CLIENT: &str = "the-page";
/// How a code or a refresh token is refused (RFC 6749, 5.2).
pub const REFUSAL: &str = r#"{"error": "invalid_grant"}"#;
/// The cookie of the issuer's own session.
const COOKIE: &str = "issuer-session";

/// An issuer on a port of its own. It ends with the test's runtime.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    state: Arc<Mutex<Issued>>,
}

/// What the issuer has issued, and its state.
#[derive(Default)]
struct Issued {
    life: Duration,
    codes: HashMap<String, Code>,
    access: HashMap<String, String>,
    refresh: HashMap<String, String>,
    sessions: HashSet<String>,
    secrets: Vec<String>,
    /// The response to every token request, instead of tokens.
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

struct Code {
    challenge: String,
    root: String,
    user: String,
}

type Fields = HashMap<String, String>;
type Shared = State<Issuer>;

impl Issuer {
    /// Starts an issuer whose access tokens have this life by their `expires_in`. The API accepts
    /// them for longer, so that no test depends on how long a call takes.
    pub async fn new(life: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            state: Arc::new(Mutex::new(Issued {
                life,
                ..Default::default()
            })),
        };
        let router = Router::new()
            .route("/oauth2/authorize", get(authorize))
            .route("/as/{user}", get(sign_in))
            .route("/oauth2/token", post(token))
            .route("/oauth2/revoke", post(revoke))
            .route("/logout", get(logout))
            .with_state(issuer.clone());
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

    /// The user of an access token, unless it is revoked.
    pub fn user_of(&self, token: &str) -> Option<String> {
        self.state.lock().unwrap().access.get(token).cloned()
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

    /// Every token that it issued, and every verifier that it received.
    pub fn secrets(&self) -> Vec<String> {
        self.state.lock().unwrap().secrets.clone()
    }

    fn tokens(&self, user: &str) -> Response {
        let mut issued = self.state.lock().unwrap();
        let (access, refresh) = (random(), random());
        let claims = json!({"sub": user, "email": format!("{user}@example.gov")}).to_string();
        let id = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let life = issued.life;
        issued.access.insert(access.clone(), user.to_owned());
        issued.refresh.insert(refresh.clone(), user.to_owned());
        issued
            .secrets
            .extend([access.clone(), refresh.clone(), id.clone()]);
        let response = json!({
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": refresh,
            "id_token": id,
            "expires_in": life.as_secs(),
        });
        to_page(StatusCode::OK, response.to_string())
    }
}

/// Shows the sign-in page, or redirects a user with a session.
async fn authorize(
    State(issuer): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    issuer.state.lock().unwrap().counts.visits += 1;
    let query = query.unwrap_or_default();
    let fields = parse(&query);
    let is = |name: &str, value: &str| fields.get(name).is_some_and(|found| found == value);
    let is_right = is("response_type", "code")
        && is("client_id", CLIENT)
        && is("scope", "openid email")
        && is("code_challenge_method", "S256")
        && fields.get("state").is_some_and(|state| state.len() >= 20);
    if !is_right {
        return (StatusCode::BAD_REQUEST, "an invalid request").into_response();
    }
    if let Some(user) = known(&issuer, &headers) {
        return with_code(&issuer, &fields, &user);
    }
    let query = query.replace('&', "&amp;");
    let link =
        |user| format!("<a data-testid=\"as-{user}\" href=\"/as/{user}?{query}\">{user}</a> ");
    let links = ["ann", "bob", "nobody"].map(link).concat();
    Html(format!(
        "<!doctype html><title>Who?</title><link rel=icon href=\"data:,\"><p data-testid=\"who\">Who are you?</p>{links}"
    ))
    .into_response()
}

/// Signs this user in.
async fn sign_in(
    State(issuer): Shared,
    Path(user): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = parse(&query.unwrap_or_default());
    if user == "nobody" {
        let (root, state) = (&fields["redirect_uri"], &fields["state"]);
        return moved(&format!("{root}?error=access_denied&state={state}"));
    }
    issuer.state.lock().unwrap().sessions.insert(user.clone());
    let mut response = with_code(&issuer, &fields, &user);
    let cookie = format!("{COOKIE}={user}; Path=/; HttpOnly");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie.parse().unwrap());
    response
}

fn with_code(issuer: &Issuer, fields: &Fields, user: &str) -> Response {
    let (code, root) = (random(), fields["redirect_uri"].clone());
    let location = format!("{root}?code={code}&state={}", fields["state"]);
    let challenge = fields["code_challenge"].clone();
    let user = user.to_owned();
    let mut issued = issuer.state.lock().unwrap();
    issued.codes.insert(
        code,
        Code {
            challenge,
            root,
            user,
        },
    );
    moved(&location)
}

async fn token(State(issuer): Shared, body: String) -> Response {
    let fields = parse(&body);
    let given = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let user = {
        let mut issued = issuer.state.lock().unwrap();
        if let Some((status, body)) = issued.failing {
            issued.counts.failures += 1;
            return to_page(status, body.to_owned());
        }
        match given("grant_type") {
            "authorization_code" => {
                let verifier = given("code_verifier").to_owned();
                issued.secrets.push(verifier.clone());
                // A code is used once.
                let code = issued.codes.remove(given("code"));
                let code = code.filter(|code| {
                    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
                    code.challenge == challenge && code.root == given("redirect_uri")
                });
                issued.counts.exchanges += u32::from(code.is_some());
                code.map(|code| code.user)
            }
            "refresh_token" => {
                let user = issued.refresh.remove(given("refresh_token"));
                issued.counts.renewals += u32::from(user.is_some());
                user
            }
            _ => None,
        }
    };
    match user.filter(|_| given("client_id") == CLIENT) {
        Some(user) => issuer.tokens(&user),
        None => to_page(StatusCode::BAD_REQUEST, REFUSAL.to_owned()),
    }
}

async fn revoke(State(issuer): Shared, body: String) -> Response {
    let fields = parse(&body);
    let mut issued = issuer.state.lock().unwrap();
    let known = fields
        .get("token")
        .and_then(|token| issued.refresh.remove(token));
    issued.counts.revocations += u32::from(known.is_some());
    // Without CORS headers, as some issuers do.
    StatusCode::OK.into_response()
}

async fn logout(State(issuer): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let fields = parse(&query.unwrap_or_default());
    if fields["client_id"] != CLIENT {
        return (StatusCode::BAD_REQUEST, "another client").into_response();
    }
    if let Some(user) = known(&issuer, &headers) {
        let mut issued = issuer.state.lock().unwrap();
        issued.sessions.remove(&user);
        issued.counts.ends += 1;
    }
    moved(&fields["logout_uri"])
}

/// The user of the issuer's own session.
fn known(issuer: &Issuer, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut cookies = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    let (_, user) = cookies.find(|(name, _)| *name == COOKIE)?;
    let issued = issuer.state.lock().unwrap();
    issued.sessions.contains(user).then(|| user.to_owned())
}

fn moved(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// A response that a page of another origin may read.
fn to_page(status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, body).into_response()
}

fn parse(text: &str) -> Fields {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
