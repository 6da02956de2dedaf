//! Following a run until it is over: how it stands, how fast it goes, what failed.

use contract::wire::{Execution, Failures};
use leptos::prelude::*;
use web_sys::AbortSignal;

use crate::api::{self, ApiError};
use crate::browser;
use crate::polling::Poller;
use crate::polling::schedule::Came;
use crate::run::as_of::AsOf;
use crate::run::pace::Pace;
use crate::ui::labels;

/// A run that is being followed.
#[derive(Clone, Copy)]
pub(crate) struct Follow {
    /// How it stands, once that is known.
    pub(crate) execution: RwSignal<Option<Execution>>,
    /// Why the last poll brought nothing.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    /// What failed, in groups; as of a few seconds ago while it runs.
    pub(crate) failures: RwSignal<Failures>,
    /// How fast it goes.
    pub(crate) pace: RwSignal<Pace>,
    state: StoredValue<State>,
    poller: StoredValue<Option<Poller>>,
}

struct State {
    id: String,
    tag: Option<String>,
    /// As of what the groups were read, and when.
    grouped: (AsOf, f64),
}

impl Follow {
    /// Follows a run for as long as the current owner, the run's page, lives.
    pub(crate) fn new(id: String) -> Self {
        let follow = Self {
            execution: RwSignal::new(None),
            trouble: RwSignal::new(None),
            failures: RwSignal::new(Failures::default()),
            pace: RwSignal::new(Pace::default()),
            state: StoredValue::new(State {
                id,
                tag: None,
                grouped: (AsOf::default(), 0.0),
            }),
            poller: StoredValue::new(None),
        };
        let poller = Poller::start(move |signal| follow.poll(signal));
        follow.poller.set_value(Some(poller));
        follow
    }

    /// Polls now, and closely from now on: something was just asked of the run.
    pub(crate) fn wake(self) {
        if let Some(Some(poller)) = self.poller.try_get_value() {
            poller.wake();
        }
    }

    async fn poll(self, signal: Option<AbortSignal>) -> Came {
        let asked = self
            .state
            .try_with_value(|state| (state.id.clone(), state.tag.clone()));
        let Some((id, tag)) = asked else {
            return Came::End;
        };
        match api::execution(&id, tag.as_deref(), signal.as_ref()).await {
            Ok(news) => {
                if let Some(news) = news {
                    let grouped = self.state.try_update_value(|state| {
                        state.tag = news.tag;
                        state.grouped.0.pass
                    });
                    if grouped != Some(news.execution.pass) {
                        // What failed in another pass may be asked again by now.
                        self.failures.try_set(Failures::default());
                    }
                    self.execution.try_set(Some(news.execution));
                }
                self.tell(None);
                self.watch(&id, signal.as_ref()).await
            }
            Err(error) => {
                let came = match error.may_pass() {
                    true => Came::Failed,
                    false => Came::End,
                };
                self.tell(Some(error));
                came
            }
        }
    }

    fn tell(self, trouble: Option<ApiError>) {
        if self.trouble.try_with_untracked(|known| *known != trouble) == Some(true) {
            self.trouble.try_set(trouble);
        }
    }

    /// Notes how far the run is, and reads what failed where that has changed.
    async fn watch(self, id: &str, signal: Option<&AbortSignal>) -> Came {
        let stands = self.execution.try_with_untracked(|execution| {
            let execution = execution.as_ref()?;
            Some((AsOf::of(execution), labels::done(execution)))
        });
        let Some(Some((as_of, done))) = stands else {
            return Came::End;
        };
        let (now, over) = (browser::now(), as_of.over);
        if !over {
            self.pace.try_update(|pace| pace.note(now, done));
        }
        let end = if over { Came::End } else { Came::Again };
        let is_due = self.state.try_with_value(|state| {
            let (known, at) = state.grouped;
            as_of.is_due(known, now - at)
        });
        if is_due != Some(true) {
            return end;
        }
        let failures = match as_of.failed {
            0 => Ok(Failures::default()),
            _ => api::failures(id, signal).await,
        };
        match failures {
            Ok(failures) => {
                self.state
                    .try_update_value(|state| state.grouped = (as_of, now));
                if self.failures.try_with_untracked(|known| *known != failures) == Some(true) {
                    self.failures.try_set(failures);
                }
                end
            }
            // The run itself was told of; its groups come with a later poll.
            Err(error) if error.may_pass() => Came::Failed,
            Err(_) => end,
        }
    }
}
