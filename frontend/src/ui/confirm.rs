//! A question before an action that can't be undone, or that is recorded.

use client::ClientError;
use leptos::html::Dialog;
use leptos::prelude::*;

use crate::ui::boxed::{click, effect, flag};
use crate::ui::notice::ErrorNotice;

/// The state of a question.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    /// Whether the dialog is open.
    pub(crate) is_open: RwSignal<bool>,
    /// Whether the action is in progress.
    pub(crate) is_busy: RwSignal<bool>,
    /// Why the action failed.
    pub(crate) error: RwSignal<Option<ClientError>>,
}

impl Question {
    /// A question whose dialog is closed.
    pub(crate) fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Opens the dialog.
    pub(crate) fn ask(self) {
        self.error.set(None);
        self.is_open.set(true);
    }
}

/// The question as a modal dialog.
///
/// The browser keeps the focus in it, restores the focus afterwards, and closes it at Escape. Cancel is
/// the first button, so it gets the focus. The test ids begin with `id`.
#[component]
pub(crate) fn Confirm(
    question: Question,
    id: &'static str,
    title: Signal<String>,
    text: Signal<String>,
    confirm: &'static str,
    #[prop(into)] on_confirm: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    effect(move || {
        let Some(dialog) = node.get() else { return };
        match question.is_open.get() {
            true if !dialog.open() => {
                let _ = dialog.show_modal();
            }
            false if dialog.open() => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            class="ask"
            node_ref=node
            aria-labelledby=format!("{id}-title")
            aria-describedby=format!("{id}-words")
            data-testid=id
            on:close=move |_| question.is_open.set(false)
        >
            <h2 id=format!("{id}-title")>{title}</h2>
            <p id=format!("{id}-words")>{text}</p>
            <ErrorNotice error=question.error/>
            <div class="buttons">
                <button type="button" class="button" data-testid=format!("{id}-no") on:click=click(move || question.is_open.set(false))>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button filled"
                    disabled=flag(move || question.is_busy.get())
                    data-testid=format!("{id}-yes")
                    on:click=click(move || on_confirm.run(()))
                >
                    {confirm}
                </button>
            </div>
        </dialog>
    }
}
