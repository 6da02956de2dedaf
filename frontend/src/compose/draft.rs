//! What is being made ready on the page of a new list. It outlives that page, so that whoever comes
//! back to it by the Back button finds it as it was. It is never in the browser's storage.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use worker::protocol::Request;

use crate::browser;
use crate::compose::form::RunForm;
use crate::compose::list::ListState;
use crate::compose::start::Start;
use crate::worker_client;

/// What is being made ready.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    /// The list.
    pub(crate) list: ListState,
    /// The settings of its run.
    pub(crate) form: RwSignal<RunForm>,
    /// Its run's start.
    pub(crate) start: Start,
    /// Marks the entry of the browser's history that it belongs to.
    mark: f64,
}

thread_local! {
    static LAST: RefCell<Option<(Owner, Draft)>> = const { RefCell::new(None) };
}

impl Draft {
    /// The draft that belongs to this entry of the browser's history; a new one where that is
    /// another's, and then the last one is let go of.
    pub(crate) fn at_hand() -> Self {
        let here = browser::history_mark();
        LAST.with_borrow_mut(|last| {
            if let Some((_, draft)) = last
                && here == Some(draft.mark)
            {
                return *draft;
            }
            if last.take().is_some() {
                worker_client::tell(Request::Forget);
            }
            let owner = apart();
            let draft = owner.with(|| Self {
                list: ListState::new(),
                form: RwSignal::new(RunForm::default()),
                start: Start::new(),
                mark: browser::now(),
            });
            draft.stay();
            *last = Some((owner, draft));
            draft
        })
    }

    /// Makes the browser's history come back to this draft, not to another.
    pub(crate) fn stay(self) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state(&JsValue::from_f64(self.mark), "");
        }
    }
}

/// Whether a list stands there that no run was started of: it would be lost with the document.
pub(crate) fn is_at_stake() -> bool {
    LAST.with_borrow(|last| {
        let Some((_, Draft { list, start, .. })) = last else {
            return false;
        };
        let number = list.number();
        list.stale.get_untracked() || (number > 0 && number != start.started.get_value())
    })
}

/// An owner that no page's end ends.
fn apart() -> Owner {
    let page = Owner::current();
    let owner = Owner::new_root(None);
    if let Some(page) = page {
        page.set();
    }
    owner
}
