//! Starting a run: the worker sends the list, the page shows its progress.

use client::ClientError;
use contract::wire::{Limits, StartRequest};
use leptos::prelude::*;
use worker::protocol::{Event, Request};

use crate::compose::form::RunOptions;
use crate::compose::list::ListState;
use crate::worker_client::WorkerClient;

/// A start in progress.
#[derive(Clone, PartialEq)]
pub(crate) struct Sending {
    /// The worker's call.
    call: u32,
    /// Lines sent.
    pub(crate) done: u64,
    /// Lines of the list; 0 if it is sent in one request.
    pub(crate) total: u64,
    /// Why the last request failed, while it is retried.
    pub(crate) retrying: Option<ClientError>,
}

/// The start of a draft's run.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// Its progress; none while no start is in progress.
    pub(crate) sending: RwSignal<Option<Sending>>,
    /// Why it failed.
    pub(crate) error: RwSignal<Option<ClientError>>,
    /// The list's generation when a run of it was last started; 0 if none was.
    pub(crate) started: StoredValue<u32>,
    worker: WorkerClient,
}

impl Start {
    /// A start that wasn't tried yet.
    pub(crate) fn new(worker: WorkerClient) -> Self {
        Self {
            sending: RwSignal::new(None),
            error: RwSignal::new(None),
            started: StoredValue::new(0),
            worker,
        }
    }

    /// Starts a run of the list, and calls `on_started` with its id. Repeating a start whose response
    /// was lost starts no second run.
    pub(crate) fn send(
        self,
        list: ListState,
        options: RunOptions,
        limits: Limits,
        on_started: Box<dyn Fn(&str)>,
    ) {
        let label = list.label.with_untracked(|label| label.trim().to_owned());
        let request = StartRequest {
            label: (!label.is_empty()).then_some(label),
            max_concurrency: options.max_concurrency,
            requests_per_second: options.requests_per_second,
            tolerated_failure_percentage: options.tolerated_failure_percentage,
            ..Default::default()
        };
        let id = list.id();
        let request = Request::Start {
            list: id,
            request,
            limits,
        };
        self.error.set(None);
        let generation = list.generation();
        let on_event = move |event, _| self.on_event(event, list, generation, &on_started);
        let call = self.worker.call(request, None, Box::new(on_event));
        self.sending.set(Some(Sending {
            call,
            done: 0,
            total: 0,
            retrying: None,
        }));
    }

    fn on_event(self, event: Event, list: ListState, generation: u32, on_started: &dyn Fn(&str)) {
        let update = |change: &dyn Fn(&mut Sending)| {
            self.sending.try_update(|sending| {
                if let Some(sending) = sending {
                    sending.retrying = None;
                    change(sending);
                }
            });
        };
        match event {
            Event::Progress { done, total } => update(&|sending| {
                (sending.done, sending.total) = (done, total);
            }),
            Event::Retrying(error) => {
                update(&|sending| sending.retrying = Some(error.clone()));
            }
            last => {
                // `try_set` returns the value if the draft was dropped meanwhile.
                if self.sending.try_set(None).is_some() {
                    return;
                }
                match last {
                    Event::Started { id: run } => {
                        self.started.set_value(generation);
                        on_started(&run);
                    }
                    Event::Failed(error) => self.error.set(Some(error)),
                    Event::NoSuchList | Event::Lost => list.set_lost(),
                    _ => {}
                }
            }
        }
    }

    /// Cancels the start. Parts that were sent stay on the server, and the same start continues with
    /// them.
    pub(crate) fn cancel(self) {
        if let Some(call) = self.sending.with_untracked(|s| s.as_ref().map(|s| s.call)) {
            self.worker.notify(Request::Cancel { call });
        }
    }
}
