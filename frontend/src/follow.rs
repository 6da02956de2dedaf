//! Following a run: polls until it is over, rests while nobody looks, ends with its page.

use std::time::Duration;

use contract::wire::Execution;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use web_sys::AbortController;

use crate::api::{self, ApiError, Standing};
use crate::browser;
use crate::logic::poll;
use crate::one_type::spawn;

/// A run that is being followed.
#[derive(Clone, Copy)]
pub(crate) struct Follow {
    /// How it stands, once that is known.
    pub(crate) execution: RwSignal<Option<Execution>>,
    /// Why the last poll brought nothing.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    state: StoredValue<State, LocalStorage>,
}

struct State {
    id: String,
    tag: Option<String>,
    since: f64,
    failures: u32,
    timer: Option<TimeoutHandle>,
    call: Option<AbortController>,
    /// A poll is due, but the tab is hidden, or another poll is still on its way.
    due: bool,
}

impl Follow {
    /// Follows a run for as long as the current owner, the run's page, lives.
    pub(crate) fn new(id: String) -> Self {
        let follow = Self {
            execution: RwSignal::new(None),
            trouble: RwSignal::new(None),
            state: StoredValue::new_local(State {
                id,
                tag: None,
                since: browser::now(),
                failures: 0,
                timer: None,
                call: None,
                due: false,
            }),
        };
        let seen = window_event_listener_untyped("visibilitychange", move |_| follow.seen());
        on_cleanup(move || {
            seen.remove();
            let _ = follow.state.try_update_value(State::end);
        });
        follow.poll();
        follow
    }

    /// Polls now, and closely from now on: something was just asked of the run.
    pub(crate) fn wake(self) {
        let _ = self.state.try_update_value(|state| {
            state.since = browser::now();
            state.failures = 0;
        });
        self.poll();
    }

    fn seen(self) {
        if self
            .state
            .try_with_value(|state| state.due && state.call.is_none())
            == Some(true)
        {
            self.poll();
        }
    }

    fn poll(self) {
        let asked = self.state.try_update_value(|state| {
            if let Some(timer) = state.timer.take() {
                timer.clear();
            }
            state.due = state.call.is_some() || document().hidden();
            if state.due {
                return None;
            }
            state.call = AbortController::new().ok();
            let signal = state.call.as_ref().map(AbortController::signal);
            Some((state.id.clone(), state.tag.clone(), signal))
        });
        if let Some(Some((id, tag, signal))) = asked {
            spawn(async move {
                let answer = api::execution(&id, tag.as_deref(), signal.as_ref()).await;
                self.take(answer);
            });
        }
    }

    /// Takes a poll's answer. The page may be gone by now; then nothing is left to do.
    fn take(self, answer: Result<Option<Standing>, ApiError>) {
        let again = match &answer {
            Ok(Some(news)) => !news.execution.status.is_over(),
            Ok(None) => self
                .execution
                .try_with_untracked(|known| known.as_ref().is_none_or(|e| !e.status.is_over()))
                .unwrap_or(false),
            Err(error) => error.may_pass(),
        };
        let due = self.state.try_update_value(|state| {
            state.call = None;
            state.failures = if answer.is_err() {
                state.failures + 1
            } else {
                0
            };
            if let Ok(Some(news)) = &answer {
                state.tag = news.tag.clone();
            }
            std::mem::take(&mut state.due)
        });
        let Some(due) = due else { return };
        let trouble = match answer {
            Ok(Some(news)) => {
                self.execution.try_set(Some(news.execution));
                None
            }
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if self.trouble.try_with_untracked(|known| *known != trouble) == Some(true) {
            self.trouble.try_set(trouble);
        }
        match (due, again) {
            (true, _) => self.poll(),
            (false, true) => self.poll_later(),
            (false, false) => {}
        }
    }

    fn poll_later(self) {
        let _ = self.state.try_update_value(|state| {
            let followed = Duration::from_millis((browser::now() - state.since).max(0.0) as u64);
            let delay = poll::delay(followed, state.failures);
            state.timer = set_timeout_with_handle(move || self.poll(), delay).ok();
        });
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
