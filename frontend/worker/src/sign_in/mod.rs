//! The sign-in. Tokens are in this worker's memory alone; the page is given an access token for each
//! of its calls, and the refresh token never leaves.

mod flow;
mod session;

use std::rc::Rc;
use std::time::Duration;

use contract::wire::Problem;
use futures::channel::oneshot;
use futures::future::select;
use futures::lock::Mutex;
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;
use web_sys::RequestMode;

use crate::protocol::{Event, Trouble};
use crate::serve::{now, pause, random, root};

use flow::{Attempt, Back, Config, Refused};
use session::{Session, Tokens};

/// Where it is said how one signs in.
const CONFIG: &str = "/config.json";
/// There are no tokens any more, or none that is taken.
const OVER: Trouble = Trouble::Unreadable { status: 401 };
/// What the page keeps, instead of an attempt, for whoever signed out and comes back.
const OUT: &str = "out";
/// How long a refresh token's revocation is waited for.
const REVOCATION: Duration = Duration::from_secs(2);

type Result<T> = std::result::Result<T, Trouble>;

/// How things stand. Behind a lock, so that what is asked meanwhile waits for the tokens that are
/// on their way.
#[derive(Default)]
struct Standing {
    /// How one signs in, once the page has asked for it.
    config: Option<Rc<Config>>,
    session: Option<Session>,
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
    event.unwrap_or_else(Event::Trouble)
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
        Ok(None) => Event::Trouble(OVER),
        Err(trouble) => Event::Trouble(trouble),
    }
}

/// Forgets the session, and says where the issuer's own ends.
pub(crate) async fn out() -> Event {
    let standing = standing();
    let mut standing = standing.lock().await;
    let event = standing.out().await;
    event.unwrap_or_else(Event::Trouble)
}

/// Sends a call of the API, with a token where one signs in.
pub(crate) async fn send(call: std::result::Result<Request, gloo_net::Error>) -> Result<Response> {
    let call = call.map_err(|_| Trouble::Unreachable)?;
    if let Some(token) = token().await? {
        call.headers().set("Authorization", &token);
    }
    call.send().await.map_err(|_| Trouble::Unreachable)
}

impl Standing {
    async fn begin(&mut self, query: &str, kept: &str) -> Result<Event> {
        self.session = None;
        let (config, root) = (self.config().await?, root());
        match flow::back(query, kept) {
            Ok(Some(back)) => {
                let tokens = exchange(&config, &back, &root).await?;
                let session = Session::new(tokens, now());
                let user = session.user.clone();
                self.session = Some(session);
                Ok(Event::SignedIn(user))
            }
            Ok(None) if kept == OUT => Err(problem(
                "You are signed out",
                "Nothing of your runs is left on this page. They go on, and are here when you sign in again.",
            )),
            Ok(None) => {
                let random = random().ok_or_else(|| {
                    problem(
                        "This browser can't sign in",
                        "It gives no random numbers to make the sign-in safe with. Use another.",
                    )
                })?;
                let attempt = Attempt::new(random);
                Ok(Event::Leave(format!(
                    "{} {}",
                    attempt.address(&config, &root),
                    attempt.kept()
                )))
            }
            Err(Refused::NotAskedFor) => Err(problem(
                "This sign-in wasn't asked for here",
                "It was begun in another tab, has been used already, or somebody made up the address that \
                 brought you here. Sign in again.",
            )),
            Err(Refused::ByIssuer(why)) => Err(refused(&why)),
        }
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
            if let Ok(call) = with_form(call, config.revocation(&token)) {
                let (sent, late) = (Box::pin(call.send()), Box::pin(pause(REVOCATION)));
                select(sent, late).await;
            }
        }
        Ok(Event::Leave(format!("{} {OUT}", config.way_out(&root()))))
    }

    async fn config(&mut self) -> Result<Rc<Config>> {
        if let Some(config) = &self.config {
            return Ok(Rc::clone(config));
        }
        let config = Rc::new(answer(Request::get(CONFIG).send().await).await?);
        self.config = Some(Rc::clone(&config));
        Ok(config)
    }

    async fn token(&mut self) -> Result<Option<String>> {
        let Some(config) = &self.config else {
            return Ok(None);
        };
        let session = self.session.as_mut().ok_or(OVER)?;
        if session.is_due(now())
            && let Some(refresh_token) = &session.refresh_token
        {
            match ask(&config.token_endpoint, config.renewal(refresh_token)).await {
                Ok(tokens) => session.renew(tokens, now()),
                // It is good for some time more; then whoever is asked by it says what is wrong.
                Err(trouble) if trouble.may_pass() => {}
                Err(trouble) => {
                    self.session = None;
                    return Err(trouble);
                }
            }
        }
        Ok(Some(format!("Bearer {}", session.access_token)))
    }
}

async fn exchange(config: &Config, back: &Back, root: &str) -> Result<Tokens> {
    let asked = ask(&config.token_endpoint, config.exchange(back, root)).await;
    asked.map_err(|trouble| match trouble {
        OVER => refused("invalid_grant"),
        other => other,
    })
}

/// Asks the issuer for tokens. What it refuses is refused for good (RFC 6749, 5.2).
async fn ask(endpoint: &str, form: String) -> Result<Tokens> {
    let call = with_form(Request::post(endpoint), form).map_err(|_| Trouble::Unreachable)?;
    let sent = call.send().await;
    match sent.as_ref().map(Response::status) {
        Ok(400 | 401 | 403) => Err(OVER),
        _ => answer(sent).await,
    }
}

fn with_form(call: RequestBuilder, form: String) -> std::result::Result<Request, gloo_net::Error> {
    call.header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
}

async fn answer<T: DeserializeOwned>(
    sent: std::result::Result<Response, gloo_net::Error>,
) -> Result<T> {
    let sent = sent.map_err(|_| Trouble::Unreachable)?;
    let status = sent.status();
    let body = sent.text().await.map_err(|_| Trouble::Unreachable)?;
    match serde_json::from_str(&body) {
        Ok(read) if sent.ok() => Ok(read),
        _ => Err(Trouble::Unreadable { status }),
    }
}

/// What a sign-in came to, in words.
fn problem(title: &str, detail: &str) -> Trouble {
    Trouble::Refused(Problem {
        kind: "/problems/sign-in".to_owned(),
        title: title.to_owned(),
        status: 403,
        detail: Some(detail.to_owned()),
    })
}

/// The issuer refused; its word for why is of a fixed kind, and shown only if it looks so.
fn refused(why: &str) -> Trouble {
    let is_word = !why.is_empty()
        && why.len() <= 40
        && why
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let why = if is_word { why } else { "no reason" };
    problem(
        "You weren't signed in",
        &format!(
            "Whoever signs you in gave this reason: {why}. Sign in again; if it stays so, ask who runs this Rollcall."
        ),
    )
}
