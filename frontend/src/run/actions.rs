//! Stops and redrives a run.

use client::ClientError;
use contract::wire::{Execution, ExecutionId, RedriveRequest};
use leptos::prelude::*;

use crate::api::Api;
use crate::run::follow::FollowedRun;
use crate::ui::boxed::{effect, memo, spawn};

/// Stop and redrive of a run, one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Actions {
    /// Whether an action's request is in flight.
    pub(crate) is_busy: RwSignal<bool>,
    /// Whether a stop was requested and the run is still running.
    pub(crate) is_stopping: RwSignal<bool>,
    /// Whether the run is running.
    pub(crate) is_running: Memo<bool>,
    /// Why the last action failed.
    pub(crate) error: RwSignal<Option<ClientError>>,
    api: Api,
    id: StoredValue<ExecutionId>,
    follow: FollowedRun,
}

impl Actions {
    /// The actions of this run.
    pub(crate) fn new(
        api: Api,
        id: ExecutionId,
        follow: FollowedRun,
        execution: Memo<Execution>,
    ) -> Self {
        let actions = Self {
            is_busy: RwSignal::new(false),
            is_stopping: RwSignal::new(false),
            is_running: memo(move || execution.with(|e| !e.status.has_ended())),
            error: RwSignal::new(None),
            api,
            id: StoredValue::new(id),
            follow,
        };
        effect(move || {
            if !actions.is_running.get() {
                actions.is_stopping.set(false);
            }
        });
        actions
    }

    /// Stops the run.
    pub(crate) fn stop(self) {
        self.is_busy.set(true);
        self.is_stopping.set(true);
        let id = self.id.get_value();
        spawn(async move {
            let result = self.api.client(None).stop(&id).await;
            if result.is_err() {
                self.is_stopping.try_set(false);
            }
            self.finish(result);
        });
    }

    /// Redrives the items that `request` selects.
    pub(crate) fn redrive(self, request: RedriveRequest) {
        self.is_busy.set(true);
        let id = self.id.get_value();
        spawn(async move {
            let result = self.api.client(None).redrive(&id, &request).await;
            self.finish(result);
        });
    }

    fn finish(self, result: Result<(), ClientError>) {
        self.is_busy.try_set(false);
        self.error.try_set(result.err());
        self.follow.wake();
    }
}
