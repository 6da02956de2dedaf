//! What can be done with a run.

use contract::wire::{Execution, RedriveRequest};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::run::follow::Follow;
use crate::ui::boxed::{effect, memo, spawn};

/// Stopping a run and asking again, one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Deeds {
    /// Whether one is on its way.
    pub(crate) busy: RwSignal<bool>,
    /// Whether a stop was asked for and the run still goes on.
    pub(crate) stopping: RwSignal<bool>,
    /// Whether the run goes on.
    pub(crate) running: Memo<bool>,
    /// Why the last one wasn't done.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    id: StoredValue<String>,
    follow: Follow,
}

impl Deeds {
    /// What can be done with this run.
    pub(crate) fn new(id: String, follow: Follow, execution: Memo<Execution>) -> Self {
        let deeds = Self {
            busy: RwSignal::new(false),
            stopping: RwSignal::new(false),
            running: memo(move || execution.with(|e| !e.status.has_ended())),
            trouble: RwSignal::new(None),
            id: StoredValue::new(id),
            follow,
        };
        effect(move || {
            if !deeds.running.get() {
                deeds.stopping.set(false);
            }
        });
        deeds
    }

    /// Stops the run.
    pub(crate) fn stop(self) {
        self.busy.set(true);
        self.stopping.set(true);
        let id = self.id.get_value();
        spawn(async move {
            let answer = api::stop(&id).await;
            if answer.is_err() {
                self.stopping.try_set(false);
            }
            self.finish(answer);
        });
    }

    /// Asks again what this selects.
    pub(crate) fn redrive(self, request: RedriveRequest) {
        self.busy.set(true);
        let id = self.id.get_value();
        spawn(async move {
            let answer = api::redrive(&id, &request).await;
            self.finish(answer);
        });
    }

    fn finish(self, answer: Result<(), ApiError>) {
        self.busy.try_set(false);
        self.trouble.try_set(answer.err());
        self.follow.wake();
    }
}
