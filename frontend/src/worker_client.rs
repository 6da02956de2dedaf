//! The page's client of its web worker.

use std::rc::Rc;

use contract::limits;
use js_sys::Array;
use leptos::prelude::{
    LocalStorage, StoredValue, UpdateValue, WithValue, document, queue_microtask,
};
use wasm_bindgen::prelude::*;
use web_sys::{File, MessageEvent, Worker, WorkerOptions, WorkerType};
use worker::protocol::{Call, Event, Message, Request};

/// Handles the events of a call, each with what is attached to it.
pub(crate) type OnEvent = Box<dyn FnMut(Event, JsValue)>;

/// Whether a file is larger than the page accepts.
pub(crate) fn is_too_large(file: &File) -> bool {
    file.size() > f64::from(limits::MAX_LIST_BYTES)
}

/// A handle to the worker, which is started at the first call and again after a crash.
#[derive(Clone, Copy)]
pub(crate) struct WorkerClient(StoredValue<State, LocalStorage>);

#[derive(Default)]
struct State {
    running: Option<Running>,
    last_call: u32,
    was_ready: bool,
    filter: Option<Rc<dyn Fn(Event) -> Event>>,
}

/// The worker, and the calls that wait for its events.
struct Running {
    worker: Worker,
    /// Messages from before the worker was ready; none once it is.
    queued: Option<Vec<Array>>,
    waiting: Vec<(u32, OnEvent)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut()>,
}

impl WorkerClient {
    /// A client whose worker isn't started yet.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new_local(State::default()))
    }

    /// Passes every event through `filter` before its call's handler gets it.
    ///
    /// After a crash, `filter` gets [`Event::Lost`] once. The handlers get it whatever `filter` returns.
    pub(crate) fn set_filter(self, filter: impl Fn(Event) -> Event + 'static) {
        self.0
            .update_value(|state| state.filter = Some(Rc::new(filter)));
    }

    /// Whether the current or last worker was ever ready. If not, its files couldn't be loaded, and a
    /// retry may help.
    pub(crate) fn was_ready(self) -> bool {
        self.0.with_value(|state| state.was_ready)
    }

    /// Starts the worker if it isn't running, so that the next call needn't wait for it.
    pub(crate) fn wake(self) {
        self.0.update_value(|state| {
            if state.running.is_none() {
                state.was_ready = false;
                state.running = self.start().ok();
            }
        });
    }

    /// Sends a request and returns the call's id. `on_event` is never called before this returns. If the
    /// worker crashes, its last event is [`Event::Lost`].
    pub(crate) fn call(
        self,
        request: Request,
        attachment: Option<&JsValue>,
        on_event: OnEvent,
    ) -> u32 {
        self.wake();
        let call = self.next_call();
        let message = message(call, request, attachment);
        let mut on_event = Some(on_event);
        self.0.update_value(|state| {
            if let Some(running) = &mut state.running {
                running.waiting.extend(on_event.take().map(|f| (call, f)));
                running.post(message);
            }
        });
        if let Some(mut on_event) = on_event {
            queue_microtask(move || on_event(Event::Lost, JsValue::UNDEFINED));
        }
        call
    }

    /// Sends a request without a response, unless the worker isn't running.
    pub(crate) fn notify(self, request: Request) {
        let message = message(self.next_call(), request, None);
        self.0.update_value(|state| {
            if let Some(running) = &mut state.running {
                running.post(message);
            }
        });
    }

    fn next_call(self) -> u32 {
        self.0.update_value(|state| state.last_call += 1);
        self.0.with_value(|state| state.last_call)
    }

    fn start(self) -> Result<Running, JsValue> {
        let body = document().body();
        let script = body.and_then(|body| body.get_attribute("data-worker"));
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&script.unwrap_or_default(), &options)?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            self.receive(&event)
        });
        let on_error = Closure::<dyn FnMut()>::new(move || self.stop());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Running {
            worker,
            queued: Some(Vec::new()),
            waiting: Vec::new(),
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    fn receive(self, event: &MessageEvent) {
        let parts = Array::from(&event.data());
        let message = parts.get(0).as_string().unwrap_or_default();
        let Ok(Message { call, event }) = serde_json::from_str(&message) else {
            // The only message that isn't JSON says that the worker has stopped.
            return self.stop();
        };
        let is_last = event.is_last();
        let mut on_event = None;
        self.0.update_value(|state| {
            let Some(running) = &mut state.running else {
                return;
            };
            if event == Event::Ready {
                state.was_ready = true;
                running.flush();
            }
            let place = running.waiting.iter().position(|(of, _)| *of == call);
            on_event = place.map(|place| running.waiting.swap_remove(place).1);
        });
        // Outside of the borrow, since handlers may call the worker.
        let event = self.filter(event);
        let Some(mut on_event) = on_event else { return };
        on_event(event, parts.get(1));
        if !is_last {
            self.0.update_value(|state| {
                if let Some(running) = &mut state.running {
                    running.waiting.push((call, on_event));
                }
            });
        }
    }

    fn filter(self, event: Event) -> Event {
        match self.0.with_value(|state| state.filter.clone()) {
            Some(filter) => filter(event),
            None => event,
        }
    }

    /// Ends a worker that has crashed, and all its calls. Its lists are lost.
    fn stop(self) {
        let mut stopped = None;
        self.0.update_value(|state| stopped = state.running.take());
        let Some(running) = stopped else { return };
        running.worker.terminate();
        self.filter(Event::Lost);
        for (_, mut on_event) in running.waiting {
            on_event(Event::Lost, JsValue::UNDEFINED);
        }
    }
}

impl Running {
    fn post(&mut self, message: Array) {
        match &mut self.queued {
            Some(queued) => queued.push(message),
            None => {
                let _ = self.worker.post_message(&message);
            }
        }
    }

    fn flush(&mut self) {
        for message in self.queued.take().into_iter().flatten() {
            let _ = self.worker.post_message(&message);
        }
    }
}

fn message(call: u32, request: Request, attachment: Option<&JsValue>) -> Array {
    // Writing JSON can't fail here: the maps of a request have string keys only.
    let call = serde_json::to_string(&Call { call, request }).unwrap_or_default();
    let message = Array::of1(&call.into());
    if let Some(attachment) = attachment {
        message.push(attachment);
    }
    message
}
