//! The sign-in, if the page's HTML requires one.
//!
//! The worker holds the tokens. The page shows who is signed in, goes to the issuer and comes back.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use client::ClientError;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::protocol::{Event, Request};

use crate::api::{Authorizer, SIGN_IN_ENDED, unreachable, worker_lost};
use crate::worker_client::WorkerClient;

/// The key in the session storage while people are at the issuer.
///
/// The value is the page's path, a space, and the worker's text. The page removes it on return.
const STORAGE_KEY: &str = "sign-in";

/// The sign-in of this visit.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Whether the pages may be shown: somebody is signed in, or nobody needs to be.
    pub(crate) is_open: RwSignal<bool>,
    /// The name of the person who is signed in; may be empty.
    pub(crate) user: RwSignal<String>,
    /// Why nobody is signed in, or why the sign-in is over.
    pub(crate) error: RwSignal<Option<ClientError>>,
    /// Whether Rollcall has a sign-in. On one machine it has none.
    pub(crate) is_required: bool,
    worker: WorkerClient,
    /// Whether the server ever accepted a token of this visit. If not, another sign-in won't help.
    was_accepted: StoredValue<bool>,
    has_unsaved_work: StoredValue<Box<dyn Fn() -> bool>, LocalStorage>,
}

impl Session {
    /// Starts the session: completes a sign-in at the issuer, or begins one. `has_unsaved_work` says
    /// whether leaving the page would lose something.
    pub(crate) fn start(
        worker: WorkerClient,
        has_unsaved_work: impl Fn() -> bool + 'static,
    ) -> Self {
        let body = document().body();
        let is_required = body.is_some_and(|body| body.has_attribute("data-sign-in"));
        let session = Self {
            is_open: RwSignal::new(!is_required),
            user: RwSignal::new(String::new()),
            error: RwSignal::new(None),
            is_required,
            worker,
            was_accepted: StoredValue::new(false),
            has_unsaved_work: StoredValue::new_local(Box::new(has_unsaved_work)),
        };
        if is_required {
            worker.set_filter(move |event| session.filter(event));
            session.begin();
        }
        session
    }

    fn begin(self) {
        let stored = take_stored().unwrap_or_default();
        let location = window().location();
        let query = location.search().unwrap_or_default();
        let here = location.pathname().unwrap_or_default();
        let (path, stored) = stored.split_once(' ').unwrap_or((&here, ""));
        if !query.is_empty() {
            // The query holds the issuer's code, which must not stay in the address bar or history.
            replace_path(path);
        }
        let stored = stored.to_owned();
        self.call(Request::SignIn { query, stored });
    }

    /// Leaves for the issuer, which sends the browser back to this address.
    pub(crate) fn sign_in(self) {
        self.call(Request::SignIn {
            query: String::new(),
            stored: String::new(),
        });
    }

    /// Signs out, here and at the issuer.
    pub(crate) fn sign_out(self) {
        // Nothing stays in the document for the next person at this browser.
        self.is_open.set(false);
        self.call(Request::SignOut);
    }

    fn call(self, request: Request) {
        let on_event = Box::new(move |event, _| self.on_event(event));
        self.worker.call(request, None, on_event);
    }

    fn on_event(self, event: Event) {
        match event {
            Event::SignedIn(user) => {
                self.user.set(user);
                self.is_open.set(true);
            }
            Event::GoTo { address, stored } => leave(&address, &stored),
            Event::Failed(error) => self.error.set(Some(error)),
            // The error is shown already.
            Event::Dropped if self.is_open.get_untracked() => {}
            Event::Lost if self.worker.was_ready() => self.error.set(Some(worker_lost())),
            _ => self.error.set(Some(unreachable())),
        }
    }

    /// Handles the events of all calls that say that the sign-in is over.
    ///
    /// A failure becomes [`Event::Dropped`], so that the error is shown once and not by every call.
    fn filter(self, event: Event) -> Event {
        match event {
            Event::Lost => {
                self.show(worker_lost());
            }
            Event::Failed(SIGN_IN_ENDED) => self.end(),
            event => return event,
        }
        Event::Dropped
    }

    /// Shows that the sign-in has ended, and begins another one if that may help and loses nothing.
    ///
    /// Otherwise people begin it with the button.
    fn end(self) {
        let is_new = self.show(SIGN_IN_ENDED);
        let has_unsaved_work = || self.has_unsaved_work.with_value(|has| has());
        if is_new && self.was_accepted.get_value() && !has_unsaved_work() {
            self.call(Request::SignInAgain);
        }
    }

    /// Shows why the sign-in is over, unless people aren't signed in or see an error already.
    ///
    /// Returns whether it did.
    fn show(self, error: ClientError) -> bool {
        let is_new = self.is_open.get_untracked() && self.error.with_untracked(Option::is_none);
        if is_new {
            self.error.set(Some(error));
        }
        is_new
    }

    async fn request_token(self) -> Result<String, ClientError> {
        let token = Rc::new(Cell::new(None));
        let received = Promise::new(&mut |resolve: Function, _| {
            let token = Rc::clone(&token);
            let on_event = move |event, _| {
                token.set(Some(match event {
                    Event::Token(token) => Ok(token),
                    Event::Failed(error) => Err(error),
                    // The sign-in is over: the request stays pending.
                    _ => return,
                }));
                let _ = resolve.call1(&JsValue::NULL, &JsValue::NULL);
            };
            self.worker.call(Request::Token, None, Box::new(on_event));
        });
        let _ = JsFuture::from(received).await;
        token.take().unwrap_or(Err(unreachable()))
    }
}

impl Authorizer for Session {
    fn token(&self) -> Pin<Box<dyn Future<Output = Result<String, ClientError>>>> {
        Box::pin(self.request_token())
    }

    fn accepted(&self) {
        self.was_accepted.set_value(true);
    }

    fn rejected(&self) {
        self.end();
    }
}

fn take_stored() -> Option<String> {
    let storage = window().session_storage().ok()??;
    let stored = storage.get_item(STORAGE_KEY).ok()?;
    let _ = storage.remove_item(STORAGE_KEY);
    stored
}

/// Leaves for an address of the issuer. Stores the page's path and the worker's text until the return.
fn leave(address: &str, stored: &str) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if let Ok(Some(storage)) = window().session_storage() {
        // Without storage the sign-in fails after the return, with its own message.
        let _ = storage.set_item(STORAGE_KEY, &format!("{path} {stored}"));
    }
    // Replaces this history entry, so that the Back button doesn't lead to the issuer again.
    let _ = location.replace(address);
}

/// Replaces the path in the address bar, and removes the query.
fn replace_path(path: &str) {
    let origin = window().location().origin().unwrap_or_default();
    if let Ok(history) = window().history() {
        // With the origin, since a path that begins with `//` would name another host.
        let url = origin + path;
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}
