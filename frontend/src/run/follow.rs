//! Polling a run until it is over.

use client::ClientError;
use contract::wire::{Execution, ExecutionId, Failures};
use leptos::prelude::*;
use web_sys::AbortSignal;

use crate::api::{Api, is_retryable};
use crate::browser;
use crate::polling::Poller;
use crate::polling::schedule::PollResult;
use crate::run::failures_due::FailuresState;
use crate::run::pace::Pace;
use crate::run::summary;

/// A run that is polled.
#[derive(Clone, Copy)]
pub(crate) struct FollowedRun {
    /// The run, once it is loaded.
    pub(crate) execution: RwSignal<Option<Execution>>,
    /// Why the last poll failed.
    pub(crate) error: RwSignal<Option<ClientError>>,
    /// The failures in groups, a few seconds old while the run is running.
    pub(crate) failures: RwSignal<Failures>,
    /// The run's rate.
    pub(crate) pace: RwSignal<Pace>,
    api: Api,
    state: StoredValue<State>,
    poller: StoredValue<Option<Poller>>,
}

struct State {
    id: ExecutionId,
    /// The entity tag of the last response: the server sends the run only if it has changed since.
    tag: Option<String>,
    /// The run's state when the failures were loaded, and when that was.
    failures_of: (FailuresState, f64),
}

impl FollowedRun {
    /// Polls a run for as long as the current owner, the run's page, lives.
    pub(crate) fn start(api: Api, id: ExecutionId) -> Self {
        let follow = Self {
            execution: RwSignal::new(None),
            error: RwSignal::new(None),
            failures: RwSignal::new(Failures::default()),
            pace: RwSignal::new(Pace::default()),
            api,
            state: StoredValue::new(State {
                id,
                tag: None,
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
            .try_with_value(|state| (state.id.clone(), state.tag.clone()));
        let Some((id, tag)) = known else {
            return PollResult::Done;
        };
        match self
            .api
            .client(signal.as_ref())
            .execution(&id, tag.as_deref())
            .await
        {
            Ok(current) => {
                if let Some(current) = current {
                    let last_pass = self.state.try_update_value(|state| {
                        state.tag = current.tag;
                        state.failures_of.0.pass
                    });
                    if last_pass != Some(current.execution.pass) {
                        // These failures are of the last pass. This pass may request their items again.
                        self.failures.try_set(Failures::default());
                    }
                    self.execution.try_set(Some(current.execution));
                }
                self.set_error(None);
                self.update(&id, signal.as_ref()).await
            }
            Err(error) => {
                let result = match is_retryable(&error) {
                    true => PollResult::Failed,
                    false => PollResult::Done,
                };
                self.set_error(Some(error));
                result
            }
        }
    }

    fn set_error(self, error: Option<ClientError>) {
        if self.error.try_with_untracked(|known| *known != error) == Some(true) {
            self.error.try_set(error);
        }
    }

    /// Updates the pace, and loads the failures when that is due.
    async fn update(self, id: &ExecutionId, signal: Option<&AbortSignal>) -> PollResult {
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
            _ => self.api.client(signal).failures(id).await,
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
            // Shows no error: the run itself was loaded, and the next poll retries.
            Err(error) if is_retryable(&error) => PollResult::Failed,
            Err(_) => result,
        }
    }
}
