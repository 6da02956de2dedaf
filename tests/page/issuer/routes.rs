//! The issuer's endpoints.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{CLIENT, COOKIE, Code, Issuer, REFUSAL, random};

type Fields = HashMap<String, String>;
type Shared = State<Issuer>;

/// The issuer's endpoints at their paths.
pub(super) fn router(issuer: Issuer) -> Router {
    Router::new()
        .route("/oauth2/authorize", get(authorize))
        .route("/as/{user}", get(sign_in))
        .route("/oauth2/token", post(token))
        .route("/oauth2/revoke", post(revoke))
        .route("/logout", get(logout))
        .with_state(issuer)
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
    let is_valid = is("response_type", "code")
        && is("client_id", CLIENT)
        && is("scope", "openid email")
        && is("code_challenge_method", "S256")
        && fields.get("state").is_some_and(|state| state.len() >= 20);
    if !is_valid {
        return (StatusCode::BAD_REQUEST, "an invalid request").into_response();
    }
    if let Some(user) = session_user(&issuer, &headers) {
        return redirect_with_code(&issuer, &fields, &user);
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
        let (page, state) = (&fields["redirect_uri"], &fields["state"]);
        return redirect(&format!("{page}?error=access_denied&state={state}"));
    }
    issuer.state.lock().unwrap().sessions.insert(user.clone());
    let mut response = redirect_with_code(&issuer, &fields, &user);
    let cookie = format!("{COOKIE}={user}; Path=/; HttpOnly");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie.parse().unwrap());
    response
}

/// Issues a code for this user, and redirects to the page with it.
fn redirect_with_code(issuer: &Issuer, fields: &Fields, user: &str) -> Response {
    let (code, redirect_uri) = (random(), fields["redirect_uri"].clone());
    let location = format!("{redirect_uri}?code={code}&state={}", fields["state"]);
    let issued = Code {
        challenge: fields["code_challenge"].clone(),
        redirect_uri,
        user: user.to_owned(),
    };
    issuer.state.lock().unwrap().codes.insert(code, issued);
    redirect(&location)
}

/// Exchanges a code or a refresh token for new tokens.
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
                    code.challenge == challenge && code.redirect_uri == given("redirect_uri")
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
        Some(user) => to_page(StatusCode::OK, issuer.issue_tokens(&user).to_string()),
        None => to_page(StatusCode::BAD_REQUEST, REFUSAL.to_owned()),
    }
}

/// Revokes a refresh token.
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

/// Ends the issuer's own session.
async fn logout(State(issuer): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let fields = parse(&query.unwrap_or_default());
    if fields["client_id"] != CLIENT {
        return (StatusCode::BAD_REQUEST, "another client").into_response();
    }
    if let Some(user) = session_user(&issuer, &headers) {
        let mut issued = issuer.state.lock().unwrap();
        issued.sessions.remove(&user);
        issued.counts.ends += 1;
    }
    redirect(&fields["logout_uri"])
}

/// The user of the issuer's own session, by its cookie.
fn session_user(issuer: &Issuer, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut cookies = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    let (_, user) = cookies.find(|(name, _)| *name == COOKIE)?;
    let issued = issuer.state.lock().unwrap();
    issued.sessions.contains(user).then(|| user.to_owned())
}

fn redirect(location: &str) -> Response {
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
