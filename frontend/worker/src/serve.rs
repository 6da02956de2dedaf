//! Receives the page's calls, runs them, and sends their events.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{AbortHandle, abortable};
use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageEvent};

use crate::browser::scope;
use crate::input::Input;
use crate::lists::Lists;
use crate::protocol::{Call, Event, Message, Request};
use crate::save;
use crate::sign_in;
use crate::start::{self, LastStart};

/// The state that all calls share.
#[derive(Default)]
struct Worker {
    lists: RefCell<Lists>,
    last_start: RefCell<Option<LastStart>>,
    /// The calls in progress, each with the handle that cancels it.
    running: RefCell<HashMap<u32, AbortHandle>>,
    /// The last call that reads or drops the current list.
    reading: RefCell<Option<AbortHandle>>,
}

/// Starts to receive the page's calls.
pub fn serve() {
    report_panics();
    let worker = Rc::new(Worker::default());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parts = Array::from(&event.data());
        let call = parts.get(0).as_string().unwrap_or_default();
        // Never fails: the page is from the same build.
        if let Ok(call) = serde_json::from_str(&call) {
            worker.receive(call, parts.get(1));
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(0, Event::Ready, None);
}

impl Worker {
    /// Begins a call, or cancels one.
    fn receive(self: &Rc<Self>, call: Call, attachment: JsValue) {
        let Call { call, request } = call;
        match &request {
            Request::Read(_) | Request::Forget => self.lists.borrow_mut().begin_read(call),
            Request::Cancel { call } => {
                if let Some(running) = self.running.borrow().get(call) {
                    running.abort();
                }
                return;
            }
            _ => {}
        }
        let reads = matches!(
            request,
            Request::Read(_) | Request::Reread { .. } | Request::Forget
        );
        let worker = Rc::clone(self);
        let (running, handle) =
            abortable(async move { worker.run(call, request, attachment).await });
        if reads {
            // A sheet that is extracted later must not replace a newer list.
            if let Some(older) = self.reading.replace(Some(handle.clone())) {
                older.abort();
            }
        }
        self.running.borrow_mut().insert(call, handle);
        let worker = Rc::clone(self);
        spawn_local(async move {
            let (event, attachment) = running.await.unwrap_or((Event::Dropped, None));
            worker.running.borrow_mut().remove(&call);
            post(call, event, attachment);
        });
    }

    /// Runs a call. Returns its last event, and the event's attachment if there is one.
    async fn run(
        &self,
        call: u32,
        request: Request,
        attachment: JsValue,
    ) -> (Event, Option<JsValue>) {
        let lists = &self.lists;
        let report = |event| post(call, event, None);
        let event = match request {
            Request::Read(options) => match bytes(&attachment).await {
                Some(bytes) => {
                    let input = Input::new(bytes, options.sheet).await;
                    lists.borrow_mut().read(call, input, options)
                }
                None => Event::Unreadable,
            },
            Request::Reread { list, options } => {
                let workbook = lists.borrow().workbook_to_extract(list, &options);
                let workbook = match workbook {
                    Some(workbook) => Some(workbook.extract().await),
                    None => None,
                };
                lists.borrow_mut().reread(list, workbook, options)
            }
            Request::InvalidLines { list, after, count } => {
                lists.borrow().invalid_lines(list, after, count)
            }
            Request::Correct {
                list,
                row,
                number,
                text,
                shown,
            } => lists
                .borrow_mut()
                .correct(call, list, (row, number), &text, shown),
            Request::Start {
                list,
                request,
                limits,
            } => start::start(lists, &self.last_start, list, request, limits, &report).await,
            Request::Forget => {
                lists.borrow_mut().forget();
                Event::Dropped
            }
            Request::Columns { run } => match lists.borrow().of_run(run.as_str()) {
                Some(held) => held
                    .source
                    .as_ref()
                    .map_or(Event::NoSuchList, save::columns),
                None => Event::NoSuchList,
            },
            Request::Join { run, rows, options } => match bytes(&attachment).await {
                Some(bytes) => match save::join(&run, rows, &options, bytes).await {
                    Ok(source) => {
                        let columns = save::columns(&source);
                        lists
                            .borrow_mut()
                            .keep_file_for_run(run.as_str(), call, options, source);
                        columns
                    }
                    Err(event) => *event,
                },
                None => Event::Unreadable,
            },
            Request::Save(save) => {
                let held = lists.borrow().of_run(save.run.as_str());
                let source = held.as_ref().and_then(|held| held.source.as_ref());
                return save::save(save, source, &attachment, &report).await;
            }
            Request::SignIn { query, stored } => sign_in::begin(&query, &stored).await,
            Request::SignInAgain => sign_in::begin_automatically().await,
            Request::Token => sign_in::token_for_page().await,
            Request::SignOut => sign_in::sign_out().await,
            // `receive` has cancelled the call.
            Request::Cancel { .. } => Event::Dropped,
        };
        (event, None)
    }
}

/// The bytes of a text, a file or a blob; none if it can't be read.
async fn bytes(attachment: &JsValue) -> Option<Vec<u8>> {
    if let Some(text) = attachment.dyn_ref::<JsString>() {
        return Some(String::from(text).into_bytes());
    }
    let blob: &Blob = attachment.dyn_ref()?;
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// Sends an event to the page.
fn post(call: u32, event: Event, attachment: Option<JsValue>) {
    // Writing JSON can't fail here: the maps of an event have string keys only.
    let Ok(message) = serde_json::to_string(&Message { call, event }) else {
        return;
    };
    let parts = Array::of1(&message.into());
    if let Some(attachment) = attachment {
        parts.push(&attachment);
    }
    let _ = scope().post_message(&parts);
}

/// On a panic, writes its location to the console. Not its message, which could hold a number.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        web_sys::console::error_1(&format!("the worker stopped at {location}").into());
        // The only message that isn't JSON: the page then ends this worker.
        let _ = scope().post_message(&Array::of1(&"fault".into()));
    }));
}
