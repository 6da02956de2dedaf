//! Loading a run's rows as they come into view.

use std::ops::Range;
use std::time::Duration;

use contract::wire::Execution;
use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::api::{self, ApiError, ResultsQuery};
use crate::run::choice::Choice;
use crate::run::row::Row;
use crate::run::row_store::{From, Request, RowStore};
use crate::ui::boxed::{effect, spawn};

/// Which rows are shown, and how.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Shown {
    /// Which.
    pub(crate) choice: Choice,
    /// With all digits of their numbers.
    pub(crate) reveal: bool,
}

/// The rows of a run, all or those that were chosen.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    /// The rows that are here.
    pub(crate) store: RwSignal<RowStore>,
    /// Why the last rows asked for aren't.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
    shown: Memo<Shown>,
    asking: RwSignal<bool>,
    state: StoredValue<State, LocalStorage>,
}

struct State {
    id: String,
    call: Option<AbortController>,
    /// Counts what was chosen to be shown, so that an answer to an earlier choice is dropped.
    choice: u32,
}

impl Rows {
    /// An empty store that fills as `view`, the rows that are drawn, moves. Rows that may have
    /// changed are read again whenever the run has.
    pub(crate) fn new(id: String, execution: Memo<Execution>, shown: Memo<Shown>) -> Self {
        let rows = Self {
            store: RwSignal::new(RowStore::new(shown.get_untracked().choice != Choice::All)),
            trouble: RwSignal::new(None),
            shown,
            asking: RwSignal::new(false),
            state: StoredValue::new_local(State {
                id,
                call: None,
                choice: 0,
            }),
        };
        let mut last = shown.get_untracked();
        effect(move || {
            let shown = shown.get();
            if shown != std::mem::replace(&mut last, shown) {
                rows.begin_anew(shown.choice != Choice::All);
            }
        });
        let mut is_first = true;
        effect(move || {
            let over = execution.with(|e| e.status.has_ended());
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
        let shown = self.shown.get_untracked();
        let asked = self.state.try_update_value(|state| {
            state.call = AbortController::new().ok();
            let signal = state.call.as_ref().map(AbortController::signal);
            (state.id.clone(), state.choice, signal)
        });
        let Some((id, choice, signal)) = asked else {
            return;
        };
        spawn(async move {
            let answer = load(&id, &request, shown, signal.as_ref()).await;
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
                    self.ask_later(choice, Duration::from_secs(wait));
                }
            }
        });
    }

    /// Asks again after this time, but not while nobody looks.
    fn ask_later(self, choice: u32, wait: Duration) {
        let again = move || {
            if self.state.try_with_value(|state| state.choice) != Some(choice) {
                return;
            }
            if document().hidden() {
                self.ask_later(choice, wait);
            } else {
                self.asking.try_set(false);
            }
        };
        set_timeout(again, wait);
    }
}

/// The rows that a request asks for. A page may end early, even without a row: then the rest
/// follows by its cursor.
async fn load(
    id: &str,
    request: &Request,
    shown: Shown,
    signal: Option<&AbortSignal>,
) -> Result<(Vec<Row>, Option<String>), ApiError> {
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
            choice: shown.choice,
            reveal: shown.reveal,
        };
        let page = api::results(&query, signal).await?;
        let meant = page.rows.into_iter().filter(|row| shown.choice.admits(row));
        rows.extend(meant.map(Row::new));
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
