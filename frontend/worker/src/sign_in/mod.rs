//! The sign-in. Tokens are in this worker's memory alone; the page is given an access token for each
//! of its calls, and the refresh token never leaves.

mod flow;
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
use crate::protocol::Event;

use flow::{Attempt, Config, ReturnError, Returned};
use issuer::{TokenError, with_form};
use session::{Session, SessionError};

/// Where it is said how one signs in.
const CONFIG: &str = "/config.json";
/// Milliseconds that whoever is asked for a sign-in may take: every call of the API waits meanwhile,
/// and so does whoever signs out.
const TIMEOUT_MS: u32 = 15_000;
/// There are no tokens any more, or none that is taken.
const OVER: ClientError = ClientError::Unexpected { status: 401 };
/// What the page keeps, instead of an attempt, for whoever signed out and comes back.
const OUT: &str = "out";
/// How long a refresh token's revocation is waited for.
const REVOCATION: Duration = Duration::from_secs(2);
/// Milliseconds that a sign-in which nobody asked for must have held before there is another: one that
/// ends sooner isn't mended by it, and the reader would be sent around for ever.
const HELD_MS: f64 = 60_000.0;

type Result<T> = std::result::Result<T, ClientError>;

/// How things stand. Behind a lock, so that what is asked meanwhile waits for the tokens that are
/// on their way.
#[derive(Default)]
struct Standing {
    /// How one signs in, once the page has asked for it.
    config: Option<Rc<Config>>,
    session: Option<Session>,
    /// Milliseconds since 1970 at which there was a sign-in that nobody asked for.
    unasked: Option<f64>,
}

thread_local! {
    static STANDING: Rc<Mutex<Standing>> = Rc::default();
}

fn standing() -> Rc<Mutex<Standing>> {
    STANDING.with(Rc::clone)
}

/// Signs the reader in, or says where they do it.
pub(crate) async fn begin(query: &str, kept: &str) -> Event {
    let standing = standing();
    let mut standing = standing.lock().await;
    let event = standing.begin(query, kept).await;
    event.unwrap_or_else(Event::Failed)
}

/// Says where a reader signs in again who didn't ask for it; nothing where that was done a moment ago.
pub(crate) async fn begin_unasked() -> Event {
    let standing = standing();
    let mut standing = standing.lock().await;
    if standing.unasked.is_some_and(|at| now() < at + HELD_MS) {
        return Event::Dropped;
    }
    let event = standing.leave(true).await;
    event.unwrap_or_else(Event::Failed)
}

/// What lets a call in; nothing where nobody needs to sign in.
async fn token() -> Result<Option<String>> {
    let (tell, told) = oneshot::channel();
    // On its own: whoever asks may be let go of, and an issuer may take a refresh token only once.
    spawn_local(async move {
        let standing = standing();
        let mut standing = standing.lock().await;
        let _ = tell.send(standing.token().await);
    });
    told.await.unwrap_or(Err(OVER))
}

/// The same for the page, which asks only where one needs to sign in.
pub(crate) async fn token_for_page() -> Event {
    match token().await {
        Ok(Some(token)) => Event::Token(token),
        Ok(None) => Event::Failed(OVER),
        Err(trouble) => Event::Failed(trouble),
    }
}

/// Forgets the session, and says where the issuer's own ends.
pub(crate) async fn out() -> Event {
    let standing = standing();
    let mut standing = standing.lock().await;
    let event = standing.out().await;
    event.unwrap_or_else(Event::Failed)
}

/// Sends a call of the API, with a token where one signs in.
pub(crate) async fn send(
    request: &client::Request,
    signal: Option<&AbortSignal>,
) -> Result<client::Response> {
    let token = token().await?;
    let response = browser::send(request, token.as_deref(), signal).await?;
    match response.status {
        // Whatever its body says: nothing but another sign-in helps.
        401 if token.is_some() => Err(OVER),
        _ => Ok(response),
    }
}

impl Standing {
    async fn begin(&mut self, query: &str, kept: &str) -> Result<Event> {
        let (title, detail) = match flow::parse_return(query, kept) {
            Ok(Some(returned)) => return self.enter(&returned).await,
            Ok(None) if kept == OUT => (
                "You are signed out",
                "Nothing of your runs is left on this page. They go on, and are here when you sign in again.",
            ),
            Ok(None) => return self.leave(false).await,
            Err(ReturnError::UnknownState) => (
                "This sign-in wasn't asked for here",
                "It was begun in another tab, has been used already, or somebody made up the address that \
                 brought you here. Sign in again.",
            ),
            Err(ReturnError::NoResponse) => (
                "You aren't signed in yet",
                "You left this page to sign in, and came back without. Sign in to go on.",
            ),
            Err(ReturnError::Issuer(why)) => return Err(not_signed_in(&TokenError::Refused(why))),
        };
        Err(problem(403, title, detail.to_owned()))
    }

    /// Takes the reader's tokens.
    async fn enter(&mut self, returned: &Returned) -> Result<Event> {
        let config = self.config().await?;
        let asked = now();
        let form = config.exchange_form(returned, &root());
        let tokens = issuer::request_tokens(&config.token_endpoint, form).await;
        let session = Session::new(tokens.map_err(|error| not_signed_in(&error))?, asked);
        let user = session.user.clone();
        self.session = Some(session);
        self.unasked = returned.is_automatic.then_some(asked);
        Ok(Event::SignedIn(user))
    }

    /// Begins an attempt.
    async fn leave(&mut self, unasked: bool) -> Result<Event> {
        self.session = None;
        let config = self.config().await?;
        let random = random().ok_or_else(|| {
            let detail = "It gives no random numbers to make the sign-in safe with. Use another.";
            problem(403, "This browser can't sign in", detail.to_owned())
        })?;
        let attempt = Attempt::new(random, unasked);
        let address = attempt.sign_in_address(&config, &root());
        Ok(Event::GoTo(format!("{address} {}", attempt.stored())))
    }

    async fn out(&mut self) -> Result<Event> {
        let session = self.session.take();
        let config = self.config().await?;
        if let (Some(token), Some(endpoint)) = (
            session.and_then(|session| session.refresh_token),
            &config.revocation_endpoint,
        ) {
            // Nothing depends on its answer, which not every issuer lets a page read.
            let call = Request::post(endpoint).mode(RequestMode::NoCors);
            if let Ok(call) = with_form(call, config.revocation_form(&token)) {
                let (sent, late) = (Box::pin(call.send()), Box::pin(browser::sleep(REVOCATION)));
                select(sent, late).await;
            }
        }
        Ok(Event::GoTo(format!(
            "{} {OUT}",
            config.logout_address(&root())
        )))
    }

    async fn config(&mut self) -> Result<Rc<Config>> {
        if let Some(config) = &self.config {
            return Ok(Rc::clone(config));
        }
        let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
        let call = Request::get(CONFIG).abort_signal(Some(&signal));
        let answer = call.send().await.map_err(|_| unreachable())?;
        let config = Rc::new(read(answer).await?);
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
            Err(SessionError::Ended) => Err(OVER),
            Err(SessionError::NotRenewed(error)) => Err(not_renewed(&error)),
        }
    }
}

/// A browser reports no reason to scripts.
fn unreachable() -> ClientError {
    let reason = String::new();
    ClientError::Unreachable { reason }
}

async fn read(answer: Response) -> Result<Config> {
    let status = answer.status();
    let body = answer.text().await.map_err(|_| unreachable())?;
    match serde_json::from_str(&body) {
        Ok(config) if answer.ok() => Ok(config),
        _ => Err(ClientError::Unexpected { status }),
    }
}

/// What a sign-in came to, in words.
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
        "{} Sign in again; if it stays so, ask who runs this Rollcall.",
        error.message()
    );
    problem(403, "You weren't signed in", detail)
}

/// With a status that says that it may pass, so that whoever asks does so again.
fn not_renewed(error: &TokenError) -> ClientError {
    let detail = format!(
        "{} Runs go on meanwhile. If it stays so, sign out and in again.",
        error.message()
    );
    problem(503, "Your sign-in can't be renewed", detail)
}
