//! Starting a run: small lists in one request, large ones in parts.

mod claim;

use std::sync::Arc;

use contract::list::{ReadOptions, Source};
use contract::wire::{CreateListRequest, Execution, ExecutionId, StartRequest};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::browser;
use crate::logic::run_form::Chosen;
use crate::logic::{outbound, words};

use claim::{Claim, Uploads, start_uploaded};

/// What is to be started.
#[derive(Clone)]
pub(crate) struct Start {
    /// The list.
    pub(crate) source: Arc<Source>,
    /// How the server is to read it.
    pub(crate) options: ReadOptions,
    /// A name for the run.
    pub(crate) label: String,
    /// Its settings.
    pub(crate) chosen: Chosen,
}

/// Numbers in one request, lines in one list and bytes in one part, as the server takes them.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// Lines in one request.
    pub(crate) request_rows: usize,
    /// Bytes in one part.
    pub(crate) part_bytes: usize,
}

/// A start and what names it to the server: the same start asked again, after an answer got lost, has
/// the same key and the same uploaded list, so that it starts one run only.
#[derive(Clone)]
pub(crate) struct Keyed {
    start: Start,
    claim: Claim,
}

/// The last start of a page.
pub(crate) type LastStart = StoredValue<Option<Keyed>, LocalStorage>;

impl Start {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
            && self.options == other.options
            && self.label == other.label
            && self.chosen == other.chosen
    }

    /// Starts the run; the last start is gone on with, if it is the same. `tell` hears how far it is.
    pub(crate) async fn send(
        self,
        last: LastStart,
        room: Room,
        tell: WriteSignal<Option<String>>,
    ) -> Result<Execution, ApiError> {
        let same = last
            .try_get_value()
            .flatten()
            .filter(|last| last.start.is(&self));
        let claim = same.map_or_else(|| Claim::new(browser::random_key()), |last| last.claim);
        // Whoever has left the page has no last start; this one goes on all the same.
        let keep = |claim: &Claim| {
            let (start, claim) = (self.clone(), claim.clone());
            last.try_set_value(Some(Keyed { start, claim }));
        };
        keep(&claim);
        let sending = Sending {
            start: &self,
            room,
            tell,
        };
        if self.source.list.rows.len() <= room.request_rows {
            sending.whole(&claim.key).await
        } else {
            start_uploaded(claim, &sending, browser::random_key, keep).await
        }
    }

    fn request(&self) -> StartRequest {
        let label = self.label.trim();
        StartRequest {
            label: (!label.is_empty()).then(|| label.to_owned()),
            max_concurrency: self.chosen.max_concurrency,
            requests_per_second: self.chosen.requests_per_second,
            tolerated_failure_percentage: self.chosen.tolerated_failure_percentage,
            ..Default::default()
        }
    }
}

/// A start on its way to the server.
struct Sending<'a> {
    start: &'a Start,
    room: Room,
    tell: WriteSignal<Option<String>>,
}

impl Sending<'_> {
    /// Starts the run of a list that one request has room for.
    async fn whole(&self, key: &str) -> Result<Execution, ApiError> {
        let options = self.start.options;
        let request = StartRequest {
            ssn_list: Some(outbound::values(&self.start.source.list).collect()),
            validation: Some(options.validation),
            restore_leading_zeros: Some(options.restore_leading_zeros),
            ..self.start.request()
        };
        self.ask(&request, key).await
    }

    async fn ask(&self, request: &StartRequest, key: &str) -> Result<Execution, ApiError> {
        self.tell.try_set(Some("Starting…".to_owned()));
        api::start(request, key).await
    }
}

impl Uploads for Sending<'_> {
    async fn upload(&self) -> Result<ExecutionId, ApiError> {
        let list = api::create_list(&CreateListRequest {
            validation: self.start.options.validation,
            restore_leading_zeros: self.start.options.restore_leading_zeros,
        })
        .await?
        .id;
        let parts = outbound::parts(&self.start.source.list, self.room.part_bytes);
        let total = words::group(parts.len() as u64);
        for (number, part) in parts.into_iter().enumerate() {
            let at = words::group(number as u64 + 1);
            self.tell
                .try_set(Some(format!("Sending part {at} of {total}…")));
            api::put_part(list.as_str(), number, part).await?;
        }
        Ok(list)
    }

    async fn start(&self, key: &str, list: &ExecutionId) -> Result<Execution, ApiError> {
        let request = StartRequest {
            list_id: Some(list.clone()),
            ..self.start.request()
        };
        self.ask(&request, key).await
    }
}
