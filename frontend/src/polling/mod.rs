//! Polling the server while a page is shown.

pub(crate) mod schedule;

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::browser;
use crate::polling::schedule::{Next, PollResult, Schedule};
use crate::ui::boxed::spawn;

/// Sends one request, which the signal aborts.
type Poll = dyn Fn(Option<AbortSignal>) -> Pin<Box<dyn Future<Output = PollResult>>>;

/// Polls for as long as its owner lives: one request at a time, none while the tab is hidden.
#[derive(Clone, Copy)]
pub(crate) struct Poller(StoredValue<State, LocalStorage>);

struct State {
    schedule: Schedule,
    poll: Rc<Poll>,
    timer: Option<TimeoutHandle>,
    request: Option<AbortController>,
}

impl Poller {
    /// Polls now, then as [`Schedule`] says, and whenever people return to the tab. `poll` may end
    /// after the owner is gone, and must not panic then.
    pub(crate) fn start<F: Future<Output = PollResult> + 'static>(
        poll: impl Fn(Option<AbortSignal>) -> F + 'static,
    ) -> Self {
        let poller = Self(StoredValue::new_local(State {
            schedule: Schedule::new(browser::now()),
            poll: Rc::new(move |signal| Box::pin(poll(signal))),
            timer: None,
            request: None,
        }));
        let listener = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                poller.poll();
            }
        });
        on_cleanup(move || {
            listener.remove();
            let _ = poller.0.try_update_value(State::stop);
        });
        poller.poll();
        poller
    }

    /// Polls now, and begins again with the shortest wait.
    pub(crate) fn wake(self) {
        let now = browser::now();
        let _ = self.0.try_update_value(|state| state.schedule.wake(now));
        self.poll();
    }

    fn poll(self) {
        let begun = self.0.try_update_value(|state| {
            if let Some(timer) = state.timer.take() {
                timer.clear();
            }
            if !state.schedule.begin(document().hidden()) {
                return None;
            }
            state.request = AbortController::new().ok();
            let signal = state.request.as_ref().map(AbortController::signal);
            Some((Rc::clone(&state.poll), signal))
        });
        if let Some(Some((poll, signal))) = begun {
            spawn(async move {
                let result = poll(signal).await;
                self.end(result);
            });
        }
    }

    /// Ends a poll and plans the next one, unless the owner is gone.
    fn end(self, result: PollResult) {
        let next = self.0.try_update_value(|state| {
            state.request = None;
            let next = state.schedule.end(result, browser::now());
            if let Next::Wait(delay) = next {
                state.timer = set_timeout_with_handle(move || self.poll(), delay).ok();
            }
            next
        });
        if next == Some(Next::Poll) {
            self.poll();
        }
    }
}

impl State {
    fn stop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(request) = self.request.take() {
            request.abort();
        }
    }
}
