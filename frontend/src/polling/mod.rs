//! Asking the server again and again: never two calls at once, none while nobody looks, none once
//! the page that asks is left.

pub(crate) mod schedule;

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::browser;
use crate::polling::schedule::{Came, Next, Polling};
use crate::ui::boxed::spawn;

/// One poll: a call that ends with this signal.
type Poll = dyn Fn(Option<AbortSignal>) -> Pin<Box<dyn Future<Output = Came>>>;

/// Something that is polled.
#[derive(Clone, Copy)]
pub(crate) struct Poller(StoredValue<State, LocalStorage>);

struct State {
    polling: Polling,
    poll: Rc<Poll>,
    timer: Option<TimeoutHandle>,
    call: Option<AbortController>,
}

impl Poller {
    /// Polls from now on for as long as the current owner lives, and whenever the tab is come back
    /// to. What `poll` does after its owner is gone must not matter.
    pub(crate) fn start<F: Future<Output = Came> + 'static>(
        poll: impl Fn(Option<AbortSignal>) -> F + 'static,
    ) -> Self {
        let poller = Self(StoredValue::new_local(State {
            polling: Polling::new(browser::now()),
            poll: Rc::new(move |signal| Box::pin(poll(signal))),
            timer: None,
            call: None,
        }));
        let seen = window_event_listener_untyped("visibilitychange", move |_| poller.seen());
        on_cleanup(move || {
            seen.remove();
            let _ = poller.0.try_update_value(State::end);
        });
        poller.ask();
        poller
    }

    /// Polls now, and closely from now on.
    pub(crate) fn wake(self) {
        let now = browser::now();
        let _ = self.0.try_update_value(|state| state.polling.wake(now));
        self.ask();
    }

    fn seen(self) {
        if !document().hidden() {
            self.ask();
        }
    }

    fn ask(self) {
        let asks = self.0.try_update_value(|state| {
            if let Some(timer) = state.timer.take() {
                timer.clear();
            }
            if !state.polling.call(document().hidden()) {
                return None;
            }
            state.call = AbortController::new().ok();
            let signal = state.call.as_ref().map(AbortController::signal);
            Some((Rc::clone(&state.poll), signal))
        });
        if let Some(Some((poll, signal))) = asks {
            spawn(async move {
                let came = poll(signal).await;
                self.came(came);
            });
        }
    }

    /// Takes what came of a poll. The owner may be gone by now; then nothing is left to do.
    fn came(self, came: Came) {
        let next = self.0.try_update_value(|state| {
            state.call = None;
            let next = state.polling.came(came, browser::now());
            if let Next::Wait(delay) = next {
                state.timer = set_timeout_with_handle(move || self.ask(), delay).ok();
            }
            next
        });
        if next == Some(Next::Call) {
            self.ask();
        }
    }
}

impl State {
    fn end(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(call) = self.call.take() {
            call.abort();
        }
    }
}
