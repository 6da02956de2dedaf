//! Loading a run's rows as they come into view.

use std::ops::Range;
use std::time::Duration;

use client::{ClientError, ResultsQuery, ResultsStart};
use contract::wire::{Execution, ExecutionId};
use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::api::{Api, RowFilter, is_retryable};
use crate::run::row::Row;
use crate::run::row_store::{FirstRow, Request, RowStore};
use crate::ui::boxed::{effect, spawn};

/// Which rows are shown, and how.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Shown {
    /// Which rows.
    pub(crate) filter: RowFilter,
    /// Whether their numbers are in full.
    pub(crate) reveal: bool,
}

/// The rows of a run that match the filter.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    /// The rows that are loaded.
    pub(crate) store: RwSignal<RowStore>,
    /// Why the last request failed.
    pub(crate) error: RwSignal<Option<ClientError>>,
    api: Api,
    shown: Memo<Shown>,
    is_loading: RwSignal<bool>,
    state: StoredValue<State, LocalStorage>,
}

struct State {
    id: ExecutionId,
    request: Option<AbortController>,
    /// Counts changes of `shown`, so that the response to an earlier request is dropped.
    generation: u32,
}

impl Rows {
    /// An empty store of this run's rows. Rows that may have changed are requested again whenever the
    /// run changes.
    pub(crate) fn new(
        api: Api,
        id: ExecutionId,
        execution: Memo<Execution>,
        shown: Memo<Shown>,
    ) -> Self {
        let is_filtered = |shown: Shown| shown.filter != RowFilter::All;
        let rows = Self {
            store: RwSignal::new(RowStore::new(is_filtered(shown.get_untracked()))),
            error: RwSignal::new(None),
            api,
            shown,
            is_loading: RwSignal::new(false),
            state: StoredValue::new_local(State {
                id,
                request: None,
                generation: 0,
            }),
        };
        let mut last = shown.get_untracked();
        effect(move || {
            let shown = shown.get();
            if shown != std::mem::replace(&mut last, shown) {
                rows.clear(is_filtered(shown));
            }
        });
        let mut is_first = true;
        effect(move || {
            let is_over = execution.with(|e| e.status.has_ended());
            if !std::mem::take(&mut is_first) {
                rows.store.update(|store| store.invalidate(is_over));
            }
        });
        on_cleanup(move || {
            let _ = rows.state.try_update_value(State::abort);
        });
        rows
    }

    /// Loads the rows in `view` of a run with `total` rows, now and whenever `view` or the run changes.
    pub(crate) fn load_in_view(self, view: Memo<Range<u64>>, total: Memo<u64>) {
        effect(move || {
            let next = self
                .store
                .with(|store| store.next_request(view.get(), total.get()));
            if let (false, Some(request)) = (self.is_loading.get(), next) {
                self.load(request);
            }
        });
    }

    fn clear(self, is_filtered: bool) {
        self.state.update_value(|state| {
            state.abort();
            state.generation += 1;
        });
        self.error.set(None);
        self.store.set(RowStore::new(is_filtered));
        self.is_loading.set(false);
    }

    fn load(self, request: Request) {
        self.is_loading.set(true);
        let shown = self.shown.get_untracked();
        let begun = self.state.try_update_value(|state| {
            state.request = AbortController::new().ok();
            let signal = state.request.as_ref().map(AbortController::signal);
            (state.id.clone(), state.generation, signal)
        });
        let Some((id, generation, signal)) = begun else {
            return;
        };
        spawn(async move {
            let result = load(self.api, &id, &request, shown, signal.as_ref()).await;
            if !self.is_current(generation) {
                return;
            }
            match result {
                Ok((rows, next)) => {
                    self.error.try_set(None);
                    self.store
                        .try_update(|store| store.add(&request, rows, next));
                    self.is_loading.try_set(false);
                }
                Err(error) => {
                    let wait = if is_retryable(&error) { 2 } else { 10 };
                    self.error.try_set(Some(error));
                    self.retry(generation, Duration::from_secs(wait));
                }
            }
        });
    }

    fn is_current(self, generation: u32) -> bool {
        self.state.try_with_value(|state| state.generation) == Some(generation)
    }

    /// Allows the next request after a wait, once the tab is visible.
    fn retry(self, generation: u32, wait: Duration) {
        let retry = move || {
            if !self.is_current(generation) {
                return;
            }
            if document().hidden() {
                self.retry(generation, wait);
            } else {
                self.is_loading.try_set(false);
            }
        };
        set_timeout(retry, wait);
    }
}

/// Loads the rows of a request, and returns the cursor of the next page. The server may end a page
/// early, even without a row; then this continues at its cursor.
async fn load(
    api: Api,
    id: &ExecutionId,
    request: &Request,
    shown: Shown,
    signal: Option<&AbortSignal>,
) -> Result<(Vec<Row>, Option<String>), ClientError> {
    let client = api.client(signal);
    let mut start = match &request.first {
        FirstRow::Row(first) => ResultsStart::Row(*first),
        FirstRow::Start => ResultsStart::Filter(shown.filter.to_api()),
        FirstRow::Cursor(cursor) => ResultsStart::Cursor(cursor.clone()),
    };
    // The unfiltered table has whole pages; a filtered one shows rows as soon as there are any.
    let must_be_full = matches!(request.first, FirstRow::Row(_));
    let mut rows = Vec::new();
    loop {
        let query = ResultsQuery {
            start,
            count: (request.count - rows.len() as u64) as u32,
            reveal: shown.reveal,
        };
        let page = client.results(id, &query).await?;
        let matching = page
            .rows
            .into_iter()
            .filter(|row| shown.filter.matches(row));
        rows.extend(matching.map(Row::new));
        let is_enough = rows.len() as u64 >= request.count || (!must_be_full && !rows.is_empty());
        match page.next {
            Some(cursor) if !is_enough => start = ResultsStart::Cursor(cursor),
            next => return Ok((rows, next)),
        }
    }
}

impl State {
    fn abort(&mut self) {
        if let Some(request) = self.request.take() {
            request.abort();
        }
    }
}
