//! Starting a run: small lists in one request, large ones in parts.

mod claim;

use std::cell::RefCell;
use std::rc::Rc;

use contract::list::{List, Source};
use contract::wire::{CreateListRequest, Execution, ExecutionId, Limits, StartRequest};

use crate::api;
use crate::desk::{Desk, Held};
use crate::patience::patiently;
use crate::protocol::{Event, Trouble};
use crate::serve::{pause, random_key};

use claim::{Claim, Uploads, start_uploaded};

/// Bytes of one part at most, whatever the server takes: small enough to see the progress, and to be
/// sent again on a bad line.
const PART_BYTES: usize = 500_000;

/// A start and what names it to the server: the same start asked again, after an answer got lost, has
/// the same key and the same uploaded list, so that it starts one run only.
pub(crate) struct Keyed {
    /// What is started, in a form to be compared.
    what: String,
    claim: Claim,
}

/// Starts a run of the current list, which then is kept as the run's.
pub(crate) async fn start(
    desk: &RefCell<Desk>,
    list: u32,
    request: StartRequest,
    limits: Limits,
    tell: &dyn Fn(Event),
) -> Event {
    let held = desk.borrow().held(list);
    let Some((held, source)) = held
        .as_ref()
        .and_then(|held| Some((held, held.source.as_ref()?)))
    else {
        return Event::Gone;
    };
    let sending = Sending {
        held,
        source,
        request,
        limits,
        tell,
    };
    match sending.send(desk).await {
        Ok(execution) => {
            let id = String::from(execution.id);
            let mut desk = desk.borrow_mut();
            desk.keep_for_run(&id, Rc::clone(held));
            // Whoever starts this list again wants another run.
            desk.last_start = None;
            Event::Started { id }
        }
        Err(trouble) => Event::Trouble(trouble),
    }
}

/// A start on its way to the server.
struct Sending<'a> {
    held: &'a Held,
    source: &'a Source,
    request: StartRequest,
    limits: Limits,
    tell: &'a dyn Fn(Event),
}

impl Sending<'_> {
    /// Starts the run; the last start is gone on with, if it is the same.
    async fn send(&self, desk: &RefCell<Desk>) -> Result<Execution, Trouble> {
        let what = self.what();
        let last = desk.borrow_mut().last_start.take();
        let claim = match last {
            Some(last) if last.what == what => last.claim,
            _ => Claim::new(random_key()),
        };
        let keep = |claim: &Claim| {
            let (what, claim) = (what.clone(), claim.clone());
            desk.borrow_mut().last_start = Some(Keyed { what, claim });
        };
        keep(&claim);
        match self.list().rows.len() <= self.limits.ssn_list as usize {
            true => self.whole(&claim.key).await,
            false => start_uploaded(claim, self, random_key, keep).await,
        }
    }

    /// All that makes this start another than the last one.
    fn what(&self) -> String {
        let by = &self.held.by;
        let request = serde_json::to_string(&self.request).unwrap_or_default();
        format!("{} {by:?} {request}", self.held.number)
    }

    fn list(&self) -> &List {
        &self.source.list
    }

    /// Starts the run of a list that one request has room for.
    async fn whole(&self, key: &str) -> Result<Execution, Trouble> {
        let request = StartRequest {
            ssn_list: Some(self.list().values()),
            validation: Some(self.held.by.validation),
            restore_leading_zeros: Some(self.held.by.restore_leading_zeros),
            ..self.request.clone()
        };
        self.ask(async || api::start(&request, key).await).await
    }

    async fn ask<T>(&self, ask: impl AsyncFnMut() -> Result<T, Trouble>) -> Result<T, Trouble> {
        patiently(self.tell, pause, ask).await
    }
}

impl Uploads for Sending<'_> {
    async fn upload(&self) -> Result<ExecutionId, Trouble> {
        let create = CreateListRequest {
            validation: self.held.by.validation,
            restore_leading_zeros: self.held.by.restore_leading_zeros,
        };
        let list = self.ask(async || api::create_list(&create).await).await?.id;
        let total = self.list().rows.len() as u64;
        (self.tell)(Event::Progress { done: 0, total });
        let bytes = (self.limits.part_bytes as usize).min(PART_BYTES);
        for (number, part) in self.list().parts(bytes).enumerate() {
            self.ask(async || api::put_part(list.as_str(), number, &part.text).await)
                .await?;
            let done = part.end_row as u64;
            (self.tell)(Event::Progress { done, total });
        }
        Ok(list)
    }

    async fn start(&self, key: &str, list: &ExecutionId) -> Result<Execution, Trouble> {
        let request = StartRequest {
            list_id: Some(list.clone()),
            ..self.request.clone()
        };
        self.ask(async || api::start(&request, key).await).await
    }
}
