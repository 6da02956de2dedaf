//! Polling a run until it is over.

use contract::wire::{Execution, Failures};
use leptos::prelude::*;
use web_sys::AbortSignal;

use crate::api::{Api, ApiError};
use crate::browser;
use crate::polling::Poller;
use crate::polling::schedule::PollResult;
use crate::run::failures_due::FailuresState;
use crate::run::pace::Pace;
use crate::run::summary;

/// A run that is polled.
#[derive(Clone, Copy)]
pub(crate) struct Follow {
    /// The run, once it is loaded.
    pub(crate) execution: RwSignal<Option<Execution>>,
    /// Why the last poll failed.
    pub(crate) error: RwSignal<Option<ApiError>>,
    /// The failures in groups, a few seconds old while the run runs.
    pub(crate) failures: RwSignal<Failures>,
    /// The run's rate.
    pub(crate) pace: RwSignal<Pace>,
    api: Api,
    state: StoredValue<State>,
    poller: StoredValue<Option<Poller>>,
}

struct State {
    id: String,
    etag: Option<String>,
    /// The run's state when the failures were loaded, and when that was.
    failures_of: (FailuresState, f64),
}

impl Follow {
    /// Polls a run for as long as the current owner, the run's page, lives.
    pub(crate) fn start(api: Api, id: String) -> Self {
        let follow = Self {
            execution: RwSignal::new(None),
            error: RwSignal::new(None),
            failures: RwSignal::new(Failures::default()),
            pace: RwSignal::new(Pace::default()),
            api,
            state: StoredValue::new(State {
                id,
                etag: None,
                failures_of: (FailuresState::default(), 0.0),
            }),
            poller: StoredValue::new(None),
        };
        let poller = Poller::start(move |signal| follow.poll(signal));
        follow.poller.set_value(Some(poller));
        follow
    }

    /// Polls now, and often for a while: people have just stopped or redriven the run.
    pub(crate) fn wake(self) {
        if let Some(Some(poller)) = self.poller.try_get_value() {
            poller.wake();
        }
    }

    async fn poll(self, signal: Option<AbortSignal>) -> PollResult {
        let known = self
            .state
            .try_with_value(|state| (state.id.clone(), state.etag.clone()));
        let Some((id, etag)) = known else {
            return PollResult::Done;
        };
        match self
            .api
            .execution(&id, etag.as_deref(), signal.as_ref())
            .await
        {
            Ok(current) => {
                if let Some(current) = current {
                    let last_pass = self.state.try_update_value(|state| {
                        state.etag = current.etag;
                        state.failures_of.0.pass
                    });
                    if last_pass != Some(current.execution.pass) {
                        // The failures of an earlier pass may be requested again by now.
                        self.failures.try_set(Failures::default());
                    }
                    self.execution.try_set(Some(current.execution));
                }
                self.set_error(None);
                self.update(&id, signal.as_ref()).await
            }
            Err(error) => {
                let result = match error.is_transient() {
                    true => PollResult::Failed,
                    false => PollResult::Done,
                };
                self.set_error(Some(error));
                result
            }
        }
    }

    fn set_error(self, error: Option<ApiError>) {
        if self.error.try_with_untracked(|known| *known != error) == Some(true) {
            self.error.try_set(error);
        }
    }

    /// Updates the pace, and loads the failures when that is due.
    async fn update(self, id: &str, signal: Option<&AbortSignal>) -> PollResult {
        let current = self.execution.try_with_untracked(|execution| {
            let execution = execution.as_ref()?;
            Some((FailuresState::of(execution), summary::done(execution)))
        });
        let Some(Some((state, done))) = current else {
            return PollResult::Done;
        };
        let now = browser::now();
        if !state.is_over {
            self.pace.try_update(|pace| pace.record(now, done));
        }
        let result = match state.is_over {
            true => PollResult::Done,
            false => PollResult::Continue,
        };
        let is_due = self.state.try_with_value(|known| {
            let (last, at) = known.failures_of;
            state.is_due(last, now - at)
        });
        if is_due != Some(true) {
            return result;
        }
        let failures = match state.failed {
            0 => Ok(Failures::default()),
            _ => self.api.failures(id, signal).await,
        };
        match failures {
            Ok(failures) => {
                self.state
                    .try_update_value(|known| known.failures_of = (state, now));
                if self.failures.try_with_untracked(|known| *known != failures) == Some(true) {
                    self.failures.try_set(failures);
                }
                result
            }
            // Without an error on the page: the run itself was loaded, and a later poll retries.
            Err(error) if error.is_transient() => PollResult::Failed,
            Err(_) => result,
        }
    }
}
