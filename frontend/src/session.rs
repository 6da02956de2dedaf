//! The page's side of the sign-in, where its shell names one: on one machine there is none, and
//! nothing of this is done. The worker holds the tokens; here it is only said who is signed in, and
//! the reader is sent to the issuer and back.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use gloo_net::http::{Request as Call, Response};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::protocol::{Event, Request, Trouble};

use crate::api::ApiError;
use crate::compose::draft;
use crate::download::state::Downloads;
use crate::worker_client;

/// Under this name the tab keeps, while the reader is at the issuer, where they were and what the
/// worker needs to know again. It is taken out as soon as they are back.
const KEPT: &str = "sign-in";

/// Who is signed in, for every part of the page.
#[derive(Clone, Copy)]
pub(crate) struct SignIn {
    /// Whether the page may be shown: somebody is signed in, or nobody has to.
    pub(crate) inside: RwSignal<bool>,
    /// Their name; empty where it isn't known.
    pub(crate) user: RwSignal<String>,
    /// Why nobody is, or is any more.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    downloads: Downloads,
}

thread_local! {
    static HERE: Cell<Option<SignIn>> = const { Cell::new(None) };
    /// Whether the API ever took a token of this visit. If not, another sign-in won't help.
    static TAKEN: Cell<bool> = const { Cell::new(false) };
}

impl SignIn {
    /// Takes whoever is back from the issuer, or sends them there.
    pub(crate) fn begin(downloads: Downloads) -> Self {
        let sign_in = Self {
            inside: RwSignal::new(false),
            user: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            downloads,
        };
        let body = document().body();
        if !body.is_some_and(|body| body.has_attribute("data-sign-in")) {
            sign_in.inside.set(true);
            return sign_in;
        }
        HERE.set(Some(sign_in));
        let kept = take_kept().unwrap_or_default();
        let location = window().location();
        let query = location.search().unwrap_or_default();
        let here = location.pathname().unwrap_or_default();
        let (place, kept) = kept.split_once(' ').unwrap_or((&here, ""));
        if !query.is_empty() {
            // A code stands there, which nobody is to see or come back to.
            replace(place);
        }
        sign_in.send(query, kept.to_owned());
        sign_in
    }

    /// Whether the page has a sign-in.
    pub(crate) fn is_needed() -> bool {
        HERE.get().is_some()
    }

    /// Leaves for the issuer, to come back to this place.
    pub(crate) fn again(self) {
        self.send(String::new(), String::new());
    }

    /// Forgets who is signed in, and ends the issuer's own session too.
    pub(crate) fn out(self) {
        // Nothing that was shown stays in the document, whoever comes back to it.
        self.inside.set(false);
        self.ask(Request::SignOut);
    }

    fn send(self, query: String, kept: String) {
        self.ask(Request::SignIn { query, kept });
    }

    fn ask(self, request: Request) {
        worker_client::ask(request, None, Box::new(move |event, _| self.hear(event)));
    }

    fn hear(self, event: Event) {
        match event {
            Event::SignedIn(user) => {
                self.user.set(user);
                self.inside.set(true);
            }
            Event::Leave(what) => leave(&what),
            Event::Trouble(trouble) => self.trouble.set(Some(trouble.into())),
            // It stays as it was told.
            Event::Dropped if self.inside.get_untracked() => {}
            Event::Lost if worker_client::came() => self.trouble.set(Some(ApiError::Stopped)),
            _ => self.trouble.set(Some(ApiError::Unreachable)),
        }
    }

    /// There are no tokens any more. Another sign-in is begun only if it may help, and nothing is lost
    /// with the page; else the reader begins it.
    fn is_over(self) {
        let is_told = self.tell(ApiError::Unreadable { status: 401 });
        let loses = draft::is_at_stake() || self.downloads.is_going();
        if is_told && TAKEN.get() && !loses {
            self.ask(Request::SignInUnasked);
        }
    }

    /// Tells once why nobody is signed in any more; whether it was told now.
    fn tell(self, why: ApiError) -> bool {
        let is_news = self.inside.get_untracked() && self.trouble.with_untracked(Option::is_none);
        if is_news {
            self.trouble.set(Some(why));
        }
        is_news
    }
}

/// Hears what the worker tells of any call: one may find out that there are no tokens any more, none
/// that is taken, or no worker that holds them. Then that is said once, and the call is let go of.
pub(crate) fn heard(event: Event) -> Event {
    let Some(sign_in) = HERE.get() else {
        return event;
    };
    match event {
        Event::Lost => {
            sign_in.tell(ApiError::Stopped);
        }
        Event::Trouble(Trouble::Unreadable { status: 401 }) => sign_in.is_over(),
        event => return event,
    }
    Event::Dropped
}

/// Sends a call of the API, with a token where one signs in. One that lacks a sign-in waits for
/// good: the page says so once, and is opened anew.
pub(crate) async fn send(call: Call) -> Result<Response, ApiError> {
    let Some(sign_in) = HERE.get() else {
        return call.send().await.map_err(|_| ApiError::Unreachable);
    };
    call.headers().set("Authorization", &token().await?);
    let answer = call.send().await.map_err(|_| ApiError::Unreachable)?;
    match answer.status() {
        401 => {
            sign_in.is_over();
            return pending().await;
        }
        // Whoever answers in the API's place may not have looked at it.
        429 | 500.. => {}
        _ => TAKEN.set(true),
    }
    Ok(answer)
}

/// What lets a call in, from the worker; never there where the sign-in is over.
async fn token() -> Result<String, ApiError> {
    let told = Rc::new(Cell::new(None));
    let settled = Promise::new(&mut |settle: Function, _| {
        let told = Rc::clone(&told);
        let hear = move |event, _| {
            told.set(Some(match event {
                Event::Token(token) => Ok(token),
                Event::Trouble(trouble) => Err(trouble.into()),
                _ => return,
            }));
            let _ = settle.call1(&JsValue::NULL, &JsValue::NULL);
        };
        worker_client::ask(Request::Token, None, Box::new(hear));
    });
    let _ = JsFuture::from(settled).await;
    told.take().unwrap_or(Err(ApiError::Unreachable))
}

fn take_kept() -> Option<String> {
    let tab = window().session_storage().ok()??;
    let kept = tab.get_item(KEPT).ok()?;
    let _ = tab.remove_item(KEPT);
    kept
}

/// Leaves for an address, and keeps what stands behind it.
fn leave(what: &str) {
    let (address, keep) = what.split_once(' ').unwrap_or((what, ""));
    let location = window().location();
    let place = location.pathname().unwrap_or_default();
    if let Ok(Some(tab)) = window().session_storage() {
        // A tab that keeps nothing comes back to a sign-in that it doesn't know, and says so.
        let _ = tab.set_item(KEPT, &format!("{place} {keep}"));
    }
    // In this entry's place, so that going back doesn't lead to the issuer again and again.
    let _ = location.replace(address);
}

/// Puts another path of this site in the address's place.
fn replace(path: &str) {
    let origin = window().location().origin().unwrap_or_default();
    if let Ok(history) = window().history() {
        // Whole, since a path may begin as another host's name does.
        let address = origin + path;
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}
