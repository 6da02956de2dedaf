//! The page's side of its worker: it is started when there is something to do, and anew where it
//! died.

use std::cell::{Cell, RefCell};

use js_sys::Array;
use leptos::prelude::{document, queue_microtask};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};
use worker::protocol::{Call, Event, Message, Request, Trouble};

use crate::api::ApiError;
use crate::session;

/// Hears the events of a call, and what is attached to each; [`Event::Lost`] if the worker dies.
pub(crate) type Told = Box<dyn FnMut(Event, JsValue)>;

/// The worker, and who waits for its answers.
struct Running {
    worker: Worker,
    /// Calls from before it takes any; none once it does.
    early: Option<Vec<Array>>,
    waiting: Vec<(u32, Told)>,
    _hears: Closure<dyn FnMut(MessageEvent)>,
    _dies: Closure<dyn FnMut()>,
}

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static CAME: Cell<bool> = const { Cell::new(false) };
}

/// Whether the worker that is there, or was there last, ever took a call. If not, its files didn't
/// come, and may once the server answers.
pub(crate) fn came() -> bool {
    CAME.get()
}

/// Starts the worker if there is none, so that it is there when it is needed.
pub(crate) fn wake() {
    RUNNING.with_borrow_mut(|running| {
        if running.is_none() {
            *running = start().ok();
        }
    });
}

/// Asks the worker. The call's number is that of no other; `told` is never called before this
/// has answered.
pub(crate) fn ask(request: Request, attached: Option<&JsValue>, told: Told) -> u32 {
    wake();
    let call = next_call();
    let message = written(call, request, attached);
    let untold = RUNNING.with_borrow_mut(|running| match running {
        Some(running) => {
            running.waiting.push((call, told));
            running.post(message);
            None
        }
        None => Some(told),
    });
    if let Some(mut told) = untold {
        queue_microtask(move || told(Event::Lost, JsValue::UNDEFINED));
    }
    call
}

/// Tells the worker, if there is one, what has no answer.
pub(crate) fn tell(request: Request) {
    let message = written(next_call(), request, None);
    RUNNING.with_borrow_mut(|running| {
        if let Some(running) = running {
            running.post(message);
        }
    });
}

fn next_call() -> u32 {
    let call = CALLS.get() + 1;
    CALLS.set(call);
    call
}

fn written(call: u32, request: Request, attached: Option<&JsValue>) -> Array {
    // It holds texts and numbers only, which can all be written.
    let call = serde_json::to_string(&Call { call, request }).unwrap_or_default();
    let message = Array::of1(&call.into());
    if let Some(attached) = attached {
        message.push(attached);
    }
    message
}

fn start() -> Result<Running, JsValue> {
    CAME.set(false);
    let body = document().body();
    let script = body.and_then(|body| body.get_attribute("data-worker"));
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(&script.unwrap_or_default(), &options)?;
    let hears = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| hear(&event));
    let dies = Closure::<dyn FnMut()>::new(die);
    worker.set_onmessage(Some(hears.as_ref().unchecked_ref()));
    worker.set_onerror(Some(dies.as_ref().unchecked_ref()));
    Ok(Running {
        worker,
        early: Some(Vec::new()),
        waiting: Vec::new(),
        _hears: hears,
        _dies: dies,
    })
}

impl Running {
    fn post(&mut self, message: Array) {
        match &mut self.early {
            Some(early) => early.push(message),
            None => {
                let _ = self.worker.post_message(&message);
            }
        }
    }

    fn is_ready(&mut self) {
        for message in self.early.take().into_iter().flatten() {
            let _ = self.worker.post_message(&message);
        }
    }
}

fn hear(event: &MessageEvent) {
    let parts = Array::from(&event.data());
    let message = parts.get(0).as_string().unwrap_or_default();
    let Ok(Message { call, event }) = serde_json::from_str(&message) else {
        // It says nothing else but that it has stopped.
        return die();
    };
    let is_last = event.is_last();
    let told = RUNNING.with_borrow_mut(|running| {
        let running = running.as_mut()?;
        if event == Event::Ready {
            CAME.set(true);
            running.is_ready();
        }
        let found = running.waiting.iter().position(|(of, _)| *of == call)?;
        Some(running.waiting.swap_remove(found).1)
    });
    // Not while the worker is borrowed: whoever is told may ask again.
    let event = session::heard(event);
    let Some(mut told) = told else { return };
    told(event, parts.get(1));
    if !is_last {
        RUNNING.with_borrow_mut(|running| {
            if let Some(running) = running {
                running.waiting.push((call, told));
            }
        });
    }
}

/// The worker is no more, and with it every list; the next call starts another.
fn die() {
    let Some(running) = RUNNING.take() else {
        return;
    };
    running.worker.terminate();
    session::heard(Event::Lost);
    for (_, mut told) in running.waiting {
        told(Event::Lost, JsValue::UNDEFINED);
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable => Self::Unreachable,
            Trouble::Refused(problem) => Self::Refused(problem),
            Trouble::Unreadable { status } => Self::Unreadable { status },
        }
    }
}
