//! The sign-in. Tokens are only in this worker's memory. The page gets an access token for each of its
//! calls; the refresh token never leaves the worker.

mod config;
mod flow;
mod id_token;
mod issuer;
mod session;

use std::rc::Rc;
use std::time::Duration;

use client::{ClientError, browser};
use contract::wire::Problem;
use futures::channel::oneshot;
use futures::future::select;
use futures::lock::Mutex;
use gloo_net::http::{Request, Response};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, RequestMode};

use crate::browser::{now, random, root};
use crate::protocol::{Event, SIGN_IN_ENDED};

use config::Config;
use flow::{Attempt, ReturnError, Returned};
use issuer::{TIMEOUT_MS, TokenError, with_form};
use session::{Session, SessionError};

/// The path of the sign-in's settings.
const CONFIG: &str = "/config.json";
/// What the page stores during a sign-out, in place of an attempt.
const SIGNED_OUT: &str = "out";
/// How long the sign-out waits for the refresh token's revocation.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(2);
/// Milliseconds between two automatic sign-ins. If a session ends sooner, another sign-in doesn't help,
/// and the browser would go back and forth forever.
const AUTOMATIC_PAUSE_MS: f64 = 60_000.0;

type Result<T> = std::result::Result<T, ClientError>;

/// The state of the sign-in. It is behind a lock, so that calls wait while tokens are requested.
#[derive(Default)]
struct State {
    /// The settings; none until the page first signs in.
    config: Option<Rc<Config>>,
    session: Option<Session>,
    /// When this session's tokens were requested, if the sign-in began without a click.
    ///
    /// In milliseconds since 1970.
    automatic_at: Option<f64>,
}

thread_local! {
    static STATE: Rc<Mutex<State>> = Rc::default();
}

fn state() -> Rc<Mutex<State>> {
    STATE.with(Rc::clone)
}

/// Completes the sign-in that the page returned from, or begins one.
pub(crate) async fn begin(query: &str, stored: &str) -> Event {
    let state = state();
    let mut state = state.lock().await;
    let event = state.begin(query, stored).await;
    event.unwrap_or_else(Event::Failed)
}

/// Begins a sign-in without a click, unless the last one was within [`AUTOMATIC_PAUSE_MS`].
pub(crate) async fn begin_automatically() -> Event {
    let state = state();
    let mut state = state.lock().await;
    if state
        .automatic_at
        .is_some_and(|at| now() < at + AUTOMATIC_PAUSE_MS)
    {
        return Event::Dropped;
    }
    let event = state.begin_attempt(true).await;
    event.unwrap_or_else(Event::Failed)
}

/// The `Authorization` header's value; none if Rollcall has no sign-in.
async fn token() -> Result<Option<String>> {
    let (sender, receiver) = oneshot::channel();
    // In its own task, which continues if the call is cancelled: an issuer may accept a refresh token
    // only once, so its response must not be lost.
    spawn_local(async move {
        let state = state();
        let mut state = state.lock().await;
        let _ = sender.send(state.token().await);
    });
    receiver.await.unwrap_or(Err(SIGN_IN_ENDED))
}

/// The token as an event for the page, which requests it only if Rollcall has a sign-in.
pub(crate) async fn token_for_page() -> Event {
    match token().await {
        Ok(Some(token)) => Event::Token(token),
        Ok(None) => Event::Failed(SIGN_IN_ENDED),
        Err(error) => Event::Failed(error),
    }
}

/// Ends the session. The event leads to the issuer's address that ends the issuer's session.
pub(crate) async fn sign_out() -> Event {
    let state = state();
    let mut state = state.lock().await;
    let event = state.sign_out().await;
    event.unwrap_or_else(Event::Failed)
}

/// Sends a request to the API, with a token if Rollcall has a sign-in.
pub(crate) async fn send(
    request: &client::Request,
    signal: Option<&AbortSignal>,
) -> Result<client::Response> {
    let token = token().await?;
    let response = browser::send(request, token.as_deref(), signal).await?;
    match response.status {
        // The body doesn't matter: only another sign-in helps.
        401 if token.is_some() => Err(SIGN_IN_ENDED),
        _ => Ok(response),
    }
}

impl State {
    async fn begin(&mut self, query: &str, stored: &str) -> Result<Event> {
        let (title, detail) = match flow::parse_return(query, stored) {
            Ok(Some(returned)) => return self.complete(&returned).await,
            Ok(None) if stored == SIGNED_OUT => (
                "You are signed out",
                "This page has forgotten your runs. They continue, and are here when you sign in again.",
            ),
            Ok(None) => return self.begin_attempt(false).await,
            Err(ReturnError::UnknownState) => (
                "This sign-in didn't begin here",
                "It began in another tab, was used already, or the address that brought you here is \
                 forged. Sign in again.",
            ),
            Err(ReturnError::NoResponse) => (
                "You aren't signed in yet",
                "You left this page to sign in, and came back without a sign-in. Sign in to continue.",
            ),
            Err(ReturnError::Issuer(why)) => return Err(not_signed_in(&TokenError::Refused(why))),
        };
        Err(problem(403, title, detail.to_owned()))
    }

    /// Exchanges the code for tokens, and begins the session.
    async fn complete(&mut self, returned: &Returned) -> Result<Event> {
        let config = self.config().await?;
        let requested_at = now();
        let form = config.exchange_form(&returned.code, &returned.verifier, &root());
        let tokens = issuer::request_tokens(&config.token_endpoint, form).await;
        let session = Session::new(tokens.map_err(|error| not_signed_in(&error))?, requested_at);
        let user = session.user.clone();
        self.session = Some(session);
        self.automatic_at = returned.is_automatic.then_some(requested_at);
        Ok(Event::SignedIn(user))
    }

    /// Ends the session, and begins a sign-in at the issuer.
    async fn begin_attempt(&mut self, is_automatic: bool) -> Result<Event> {
        self.session = None;
        let config = self.config().await?;
        let random = random().ok_or_else(|| {
            let detail =
                "It has no secure random numbers, which the sign-in needs. Use another browser.";
            problem(403, "This browser can't sign in", detail.to_owned())
        })?;
        let attempt = Attempt::new(random, is_automatic);
        Ok(Event::GoTo {
            address: attempt.sign_in_address(&config, &root()),
            stored: attempt.stored(),
        })
    }

    async fn sign_out(&mut self) -> Result<Event> {
        let session = self.session.take();
        let config = self.config().await?;
        if let (Some(token), Some(endpoint)) = (
            session.and_then(|session| session.refresh_token),
            &config.revocation_endpoint,
        ) {
            // The response doesn't matter, and not every issuer lets a page read it.
            let call = Request::post(endpoint).mode(RequestMode::NoCors);
            if let Ok(call) = with_form(call, config.revocation_form(&token)) {
                let (sent, late) = (
                    Box::pin(call.send()),
                    Box::pin(browser::sleep(REVOCATION_TIMEOUT)),
                );
                select(sent, late).await;
            }
        }
        Ok(Event::GoTo {
            address: config.logout_address(&root()),
            stored: SIGNED_OUT.to_owned(),
        })
    }

    async fn config(&mut self) -> Result<Rc<Config>> {
        if let Some(config) = &self.config {
            return Ok(Rc::clone(config));
        }
        let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
        let call = Request::get(CONFIG).abort_signal(Some(&signal));
        let response = call.send().await.map_err(|_| unreachable())?;
        let config = Rc::new(parse_config(response).await?);
        self.config = Some(Rc::clone(&config));
        Ok(config)
    }

    async fn token(&mut self) -> Result<Option<String>> {
        let Some(config) = &self.config else {
            return Ok(None);
        };
        let renew = async |refresh_token: &str| {
            let form = config.renewal_form(refresh_token);
            issuer::request_tokens(&config.token_endpoint, form).await
        };
        match session::access_token(&mut self.session, now, renew).await {
            Ok(token) => Ok(Some(format!("Bearer {token}"))),
            Err(SessionError::Ended) => Err(SIGN_IN_ENDED),
            Err(SessionError::NotRenewed(error)) => Err(not_renewed(&error)),
        }
    }
}

/// The error of a request without a response. A browser reports no reason to scripts.
fn unreachable() -> ClientError {
    let reason = String::new();
    ClientError::Unreachable { reason }
}

/// Parses the response to the request for the sign-in's settings.
async fn parse_config(response: Response) -> Result<Config> {
    let status = response.status();
    let body = response.text().await.map_err(|_| unreachable())?;
    match serde_json::from_str(&body) {
        Ok(config) if response.ok() => Ok(config),
        _ => Err(ClientError::Unexpected { status }),
    }
}

/// The sign-in's failure as a problem document, which the page shows like the server's own.
fn problem(status: u16, title: &str, detail: String) -> ClientError {
    ClientError::Refused(Problem {
        kind: "/problems/sign-in".to_owned(),
        title: title.to_owned(),
        status,
        detail: Some(detail),
    })
}

fn not_signed_in(error: &TokenError) -> ClientError {
    let detail = format!(
        "{} Sign in again. If that doesn't help, ask the people who run this Rollcall.",
        error.message()
    );
    problem(403, "You weren't signed in", detail)
}

/// The error of a failed renewal. Its status is 503, so that callers retry.
fn not_renewed(error: &TokenError) -> ClientError {
    let detail = format!(
        "{} Runs continue meanwhile. If that doesn't change, sign out and sign in again.",
        error.message()
    );
    problem(503, "Your sign-in can't be renewed", detail)
}
