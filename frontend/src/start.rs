//! Starting a run: small lists in one request, large ones in parts.

use std::sync::Arc;

use contract::list::{ReadOptions, Source};
use contract::wire::{CreateListRequest, Execution, StartRequest};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::browser;
use crate::logic::run_form::Chosen;
use crate::logic::{outbound, words};

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

/// A start and its key: the same start asked again, after an answer got lost, has the same key, so
/// that it starts one run only.
pub(crate) struct Keyed {
    start: Start,
    key: String,
}

impl Keyed {
    /// The key for this start: the one it had, if it is the same.
    pub(crate) fn key(known: &mut Option<Self>, start: &Start) -> String {
        let same = known.as_ref().filter(|known| known.start.is(start));
        let key = same.map_or_else(browser::random_key, |known| known.key.clone());
        *known = Some(Self {
            start: start.clone(),
            key: key.clone(),
        });
        key
    }
}

impl Start {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
            && self.options == other.options
            && self.label == other.label
            && self.chosen == other.chosen
    }

    /// Starts the run. `tell` hears how far it is.
    pub(crate) async fn send(
        self,
        key: String,
        room: Room,
        tell: WriteSignal<Option<String>>,
    ) -> Result<Execution, ApiError> {
        let label = self.label.trim();
        let mut request = StartRequest {
            label: (!label.is_empty()).then(|| label.to_owned()),
            max_concurrency: self.chosen.max_concurrency,
            requests_per_second: self.chosen.requests_per_second,
            tolerated_failure_percentage: self.chosen.tolerated_failure_percentage,
            ..Default::default()
        };
        if self.source.list.rows.len() <= room.request_rows {
            request.ssn_list = Some(outbound::values(&self.source.list).collect());
            request.validation = Some(self.options.validation);
            request.restore_leading_zeros = Some(self.options.restore_leading_zeros);
        } else {
            request.list_id = Some(self.upload(room, tell).await?);
        }
        tell.try_set(Some("Starting…".to_owned()));
        api::start(&request, &key).await
    }

    async fn upload(
        &self,
        room: Room,
        tell: WriteSignal<Option<String>>,
    ) -> Result<contract::wire::ExecutionId, ApiError> {
        let list = api::create_list(&CreateListRequest {
            validation: self.options.validation,
            restore_leading_zeros: self.options.restore_leading_zeros,
        })
        .await?
        .id;
        let parts = outbound::parts(&self.source.list, room.part_bytes);
        let total = words::group(parts.len() as u64);
        for (number, part) in parts.into_iter().enumerate() {
            let at = words::group(number as u64 + 1);
            tell.try_set(Some(format!("Sending part {at} of {total}…")));
            api::put_part(list.as_str(), number, part).await?;
        }
        Ok(list)
    }
}
