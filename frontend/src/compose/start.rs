//! Starting a run: the worker sends the list, the page tells how far it is.

use contract::wire::{Limits, StartRequest};
use leptos::prelude::*;
use worker::protocol::{Event, Request};

use crate::api::ApiError;
use crate::compose::form::Chosen;
use crate::compose::list::ListState;
use crate::worker_client;

/// A start on its way to the server.
#[derive(Clone, PartialEq)]
pub(crate) struct Sending {
    /// The worker's call.
    call: u32,
    /// Lines that the server has.
    pub(crate) done: u64,
    /// Lines of the list; 0 where it goes in one request.
    pub(crate) total: u64,
    /// Why the server is being asked again.
    pub(crate) waiting: Option<ApiError>,
}

/// A start, before, while and after it is tried.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// How it stands while it is tried.
    pub(crate) sending: RwSignal<Option<Sending>>,
    /// Why it failed.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    /// The worker's number of the list that a run was started of last; 0 for none.
    pub(crate) started: StoredValue<u32>,
}

impl Start {
    /// One that wasn't tried.
    pub(crate) fn new() -> Self {
        Self {
            sending: RwSignal::new(None),
            trouble: RwSignal::new(None),
            started: StoredValue::new(0),
        }
    }

    /// Starts a run of the list; `started` hears of its id. The same start asked again, after an
    /// answer got lost, starts one run only.
    pub(crate) fn send(
        self,
        list: ListState,
        chosen: Chosen,
        limits: Limits,
        started: Box<dyn Fn(&str)>,
    ) {
        let label = list.label.with_untracked(|label| label.trim().to_owned());
        let request = StartRequest {
            label: (!label.is_empty()).then_some(label),
            max_concurrency: chosen.max_concurrency,
            requests_per_second: chosen.requests_per_second,
            tolerated_failure_percentage: chosen.tolerated_failure_percentage,
            ..Default::default()
        };
        let number = list.number();
        let request = Request::Start {
            list: number,
            request,
            limits,
        };
        self.trouble.set(None);
        let heard = move |event, _| self.hear(event, list, number, &started);
        let call = worker_client::ask(request, None, Box::new(heard));
        self.sending.set(Some(Sending {
            call,
            done: 0,
            total: 0,
            waiting: None,
        }));
    }

    fn hear(self, event: Event, list: ListState, number: u32, started: &dyn Fn(&str)) {
        let change = |change: &dyn Fn(&mut Sending)| {
            self.sending.try_update(|sending| {
                if let Some(sending) = sending {
                    sending.waiting = None;
                    change(sending);
                }
            });
        };
        match event {
            Event::Progress { done, total } => change(&|sending| {
                (sending.done, sending.total) = (done, total);
            }),
            Event::Waiting(trouble) => {
                let error = ApiError::from(trouble);
                change(&|sending| sending.waiting = Some(error.clone()));
            }
            last => {
                // Of a list that was let go of meanwhile nobody wants to hear.
                if self.sending.try_set(None).is_some() {
                    return;
                }
                match last {
                    Event::Started { id } => {
                        self.started.set_value(number);
                        started(&id);
                    }
                    Event::Trouble(trouble) => self.trouble.set(Some(trouble.into())),
                    Event::Gone | Event::Lost => list.is_lost(),
                    _ => {}
                }
            }
        }
    }

    /// Lets go of it. What has reached the server stays there, and the same start goes on with it.
    pub(crate) fn cancel(self) {
        if let Some(call) = self.sending.with_untracked(|s| s.as_ref().map(|s| s.call)) {
            worker_client::tell(Request::Cancel { call });
        }
    }
}
