//! The worker's side of the wire: calls come in, events go out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{AbortHandle, abortable};
use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use crate::desk::Desk;
use crate::protocol::{Call, Event, Message, Request};
use crate::save;
use crate::sign_in;
use crate::start;

/// What all calls share.
#[derive(Default)]
struct Worker {
    desk: RefCell<Desk>,
    running: RefCell<HashMap<u32, AbortHandle>>,
}

/// Takes the page's calls from now on.
pub fn serve() {
    tell_of_panics();
    let worker = Rc::new(Worker::default());
    let take = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parts = Array::from(&event.data());
        let call = parts.get(0).as_string().unwrap_or_default();
        // The page is of the same build, so it writes nothing else.
        if let Ok(call) = serde_json::from_str(&call) {
            worker.take(call, parts.get(1));
        }
    });
    scope().set_onmessage(Some(take.as_ref().unchecked_ref()));
    take.forget();
    post(0, Event::Ready, None);
}

impl Worker {
    fn take(self: &Rc<Self>, call: Call, attached: JsValue) {
        let Call { call, request } = call;
        match &request {
            Request::Read(_) => self.desk.borrow_mut().begin(call),
            Request::Cancel { call } => {
                if let Some(running) = self.running.borrow().get(call) {
                    running.abort();
                }
                return;
            }
            _ => {}
        }
        let worker = Rc::clone(self);
        let (answer, handle) =
            abortable(async move { worker.answer(call, request, attached).await });
        self.running.borrow_mut().insert(call, handle);
        let worker = Rc::clone(self);
        spawn_local(async move {
            let (event, attached) = answer.await.unwrap_or((Event::Dropped, None));
            worker.running.borrow_mut().remove(&call);
            post(call, event, attached);
        });
    }

    /// Does what is asked; its last event, and what goes with it.
    async fn answer(
        &self,
        call: u32,
        request: Request,
        attached: JsValue,
    ) -> (Event, Option<JsValue>) {
        let desk = &self.desk;
        let tell = |event| post(call, event, None);
        let event = match request {
            Request::Read(options) => match bytes(&attached).await {
                Some(bytes) => desk.borrow_mut().read(call, bytes, options),
                None => Event::Unreadable,
            },
            Request::Reread { list, options } => desk.borrow_mut().reread(list, options),
            Request::InvalidLines { list, after, count } => {
                desk.borrow().invalid_lines(list, after, count)
            }
            Request::Start {
                list,
                request,
                limits,
            } => start::start(desk, list, request, limits, &tell).await,
            Request::Forget => {
                desk.borrow_mut().forget();
                Event::Dropped
            }
            Request::Columns { run } => match desk.borrow().of_run(run.as_str()) {
                Some(held) => held
                    .source
                    .as_ref()
                    .map_or(Event::NoSuchList, save::columns),
                None => Event::NoSuchList,
            },
            Request::Join { run, rows, options } => match bytes(&attached).await {
                Some(bytes) => match save::join(&run, rows, &options, &bytes).await {
                    Ok(source) => {
                        let columns = save::columns(&source);
                        desk.borrow_mut()
                            .bring_for_run(run.as_str(), call, options, source);
                        columns
                    }
                    Err(event) => *event,
                },
                None => Event::Unreadable,
            },
            Request::Save(what) => {
                let held = desk.borrow().of_run(what.run.as_str());
                let source = held.as_ref().and_then(|held| held.source.as_ref());
                return save::save(what, source, &attached, &tell).await;
            }
            Request::SignIn { query, kept } => sign_in::begin(&query, &kept).await,
            Request::SignInAgain => sign_in::begin_unasked().await,
            Request::Token => sign_in::token_for_page().await,
            Request::SignOut => sign_in::out().await,
            // Taken before.
            Request::Cancel { .. } => Event::Dropped,
        };
        (event, None)
    }
}

/// What is in a text, a file or a blob; none where it can't be read.
async fn bytes(attached: &JsValue) -> Option<Vec<u8>> {
    if let Some(text) = attached.dyn_ref::<JsString>() {
        return Some(String::from(text).into_bytes());
    }
    let blob: &Blob = attached.dyn_ref()?;
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// Tells the page.
fn post(call: u32, event: Event, attached: Option<JsValue>) {
    // It holds texts and numbers only, which can all be written.
    let Ok(message) = serde_json::to_string(&Message { call, event }) else {
        return;
    };
    let parts = Array::of1(&message.into());
    if let Some(attached) = attached {
        parts.push(&attached);
    }
    let _ = scope().post_message(&parts);
}

/// Puts the place of a panic into the console. Not its message, which could hold anything.
fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        web_sys::console::error_1(&format!("the worker stopped at {place}").into());
        // Nothing that it can't read is told but this: the worker is no more.
        let _ = scope().post_message(&Array::of1(&"fault".into()));
    }));
}

/// The site's address.
pub(crate) fn root() -> String {
    scope().location().origin() + "/"
}

/// Milliseconds since 1970.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Random bytes that nobody can guess; none from a browser without.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    // Not `randomUUID`, which plain http beyond this machine lacks.
    let crypto = scope().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// 128 random bits as text, for an `Idempotency-Key`.
pub(crate) fn random_key() -> String {
    let bytes: [u8; 16] =
        random().unwrap_or_else(|| std::array::from_fn(|_| (js_sys::Math::random() * 256.0) as u8));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
