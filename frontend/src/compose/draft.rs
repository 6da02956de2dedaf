//! The draft on the page of a new list. It outlives that page, so that people who come back with the Back
//! button find it unchanged. It is never in the browser's storage.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use worker::protocol::Request;

use crate::browser;
use crate::compose::form::RunForm;
use crate::compose::list::{ListState, Reading, is_question};
use crate::compose::part::load_list;
use crate::compose::start::Start;
use crate::ui::lazy::LazyPage;
use crate::worker_client::WorkerClient;

/// The title of the page of a new list.
pub(crate) const TITLE: &str = "Look up Social Security Numbers";

/// A list that isn't started, with its run's settings.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    /// The list.
    pub(crate) list: ListState,
    /// The run's settings.
    pub(crate) form: RwSignal<RunForm>,
    /// The run's start.
    pub(crate) start: Start,
    /// Identifies the draft in its entry of the browser's history: the time when it was created.
    mark: f64,
}

/// Holds the last draft of this visit.
#[derive(Clone, Copy)]
pub(crate) struct Drafts {
    worker: WorkerClient,
    part: LazyPage,
    last: StoredValue<Option<(Owner, Draft)>, LocalStorage>,
}

impl Drafts {
    /// No draft yet.
    pub(crate) fn new(worker: WorkerClient) -> Self {
        Self {
            worker,
            part: LazyPage::new(TITLE, || Box::pin(load_list())),
            last: StoredValue::new_local(None),
        }
    }

    /// The draft of the current history entry. If the last draft belongs to another entry, it is dropped
    /// for a new one.
    pub(crate) fn current(self) -> Draft {
        let mark = browser::history_mark();
        let last = self
            .last
            .with_value(|last| last.as_ref().map(|last| last.1));
        if let Some(draft) = last.filter(|draft| mark == Some(draft.mark)) {
            return draft;
        }
        if last.is_some() {
            self.last.set_value(None);
            self.worker.notify(Request::Forget);
        }
        let owner = detached_owner();
        let draft = owner.with(|| Draft {
            list: ListState::new(self.worker, self.part),
            form: RwSignal::new(RunForm::default()),
            start: Start::new(self.worker),
            mark: browser::now(),
        });
        draft.mark_history_entry();
        self.last.set_value(Some((owner, draft)));
        draft
    }

    /// Whether there is a list that wasn't started yet. Leaving the document would lose it.
    pub(crate) fn has_unsent_list(self) -> bool {
        let last = self
            .last
            .with_value(|last| last.as_ref().map(|last| last.1));
        last.is_some_and(|Draft { list, start, .. }| {
            let id = list.id();
            let is_list = list.reading.with_untracked(|reading| match reading {
                Reading::Nothing => false,
                Reading::Refused(error) => is_question(error),
                Reading::Busy | Reading::List(_) => true,
            });
            let is_started = list.generation() == start.started.get_value();
            list.is_stale.get_untracked() || (is_list && id > 0 && !is_started)
        })
    }
}

impl Draft {
    /// Makes the current entry of the browser's history lead back to this draft.
    pub(crate) fn mark_history_entry(self) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state(&JsValue::from_f64(self.mark), "");
        }
    }
}

/// An owner that isn't disposed with the current page.
fn detached_owner() -> Owner {
    let page = Owner::current();
    let owner = Owner::new_root(None);
    if let Some(page) = page {
        page.set();
    }
    owner
}
