//! Loading a run's rows as they come into view.

use std::ops::Range;
use std::time::Duration;

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::api::{self, ApiError, ResultsQuery};
use crate::logic::row_store::{From, Request, RowStore};
use crate::logic::row_view::RowView;
use crate::one_type::{effect, spawn};

/// The rows of a run, all or those of one outcome.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    /// The rows that are here.
    pub(crate) store: RwSignal<RowStore>,
    /// Why the last rows asked for aren't.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    chosen: RwSignal<Option<Outcome>>,
    asking: RwSignal<bool>,
    state: StoredValue<State, LocalStorage>,
}

struct State {
    id: String,
    call: Option<AbortController>,
    /// Counts the choices of an outcome, so that an answer to an earlier one is dropped.
    choice: u32,
}

impl Rows {
    /// An empty store that fills as `view`, the rows that are drawn, moves. Rows that may have
    /// changed are read again whenever the run has.
    pub(crate) fn new(
        id: String,
        execution: Memo<Execution>,
        chosen: RwSignal<Option<Outcome>>,
    ) -> Self {
        let rows = Self {
            store: RwSignal::new(RowStore::new(chosen.get_untracked().is_some())),
            trouble: RwSignal::new(None),
            chosen,
            asking: RwSignal::new(false),
            state: StoredValue::new_local(State {
                id,
                call: None,
                choice: 0,
            }),
        };
        let mut last = chosen.get_untracked();
        effect(move || {
            let chosen = chosen.get();
            if chosen != std::mem::replace(&mut last, chosen) {
                rows.begin_anew(chosen.is_some());
            }
        });
        let mut is_first = true;
        effect(move || {
            let over = execution.with(|e| e.status.is_over());
            if !std::mem::take(&mut is_first) {
                rows.store.update(|store| store.note_news(over));
            }
        });
        on_cleanup(move || {
            let _ = rows.state.try_update_value(State::drop_call);
        });
        rows
    }

    /// Asks for what is missing of these rows of a table of so many, now and whenever they change.
    pub(crate) fn fill(self, view: Memo<Range<u64>>, rows: Memo<u64>) {
        effect(move || {
            let wanted = self
                .store
                .with(|store| store.wanted(view.get(), rows.get()));
            if let (false, Some(request)) = (self.asking.get(), wanted) {
                self.ask(request);
            }
        });
    }

    fn begin_anew(self, filtered: bool) {
        self.state.update_value(|state| {
            state.drop_call();
            state.choice += 1;
        });
        self.trouble.set(None);
        self.store.set(RowStore::new(filtered));
        self.asking.set(false);
    }

    fn ask(self, request: Request) {
        self.asking.set(true);
        let outcome = self.chosen.get_untracked();
        let asked = self.state.try_update_value(|state| {
            state.call = AbortController::new().ok();
            let signal = state.call.as_ref().map(AbortController::signal);
            (state.id.clone(), state.choice, signal)
        });
        let Some((id, choice, signal)) = asked else {
            return;
        };
        spawn(async move {
            let answer = load(&id, &request, outcome, signal.as_ref()).await;
            if self.state.try_with_value(|state| state.choice) != Some(choice) {
                return;
            }
            match answer {
                Ok((rows, next)) => {
                    self.trouble.try_set(None);
                    self.store
                        .try_update(|store| store.accept(&request, rows, next));
                    self.asking.try_set(false);
                }
                Err(error) => {
                    let wait = if error.may_pass() { 2 } else { 10 };
                    self.trouble.try_set(Some(error));
                    let again = move || {
                        if self.state.try_with_value(|state| state.choice) == Some(choice) {
                            self.asking.try_set(false);
                        }
                    };
                    set_timeout(again, Duration::from_secs(wait));
                }
            }
        });
    }
}

/// The rows that a request asks for. A page may end early, even without a row: then the rest
/// follows by its cursor.
async fn load(
    id: &str,
    request: &Request,
    outcome: Option<Outcome>,
    signal: Option<&AbortSignal>,
) -> Result<(Vec<RowView>, Option<String>), ApiError> {
    let (first, mut cursor) = match &request.from {
        From::Row(first) => (Some(*first), None),
        From::Start => (None, None),
        From::Cursor(cursor) => (None, Some(cursor.clone())),
    };
    let mut rows = Vec::new();
    loop {
        let count = request.count - rows.len() as u64;
        let query = ResultsQuery {
            id,
            first,
            cursor: cursor.as_deref(),
            count,
            outcome,
        };
        let page = api::results(&query, signal).await?;
        rows.extend(page.rows.into_iter().map(RowView::from));
        cursor = page.next;
        let enough = rows.len() as u64 >= request.count || (first.is_none() && !rows.is_empty());
        if enough || cursor.is_none() {
            return Ok((rows, cursor));
        }
    }
}

impl State {
    fn drop_call(&mut self) {
        if let Some(call) = self.call.take() {
            call.abort();
        }
    }
}
