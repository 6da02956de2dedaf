//! A question before something that can't be undone, or that others will know of.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::ui::boxed::{click, effect, flag};
use crate::ui::notice::Trouble;

/// A question's words and what a yes does.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    /// Whether it is asked now.
    pub(crate) open: RwSignal<bool>,
    /// Whether its yes is being done.
    pub(crate) busy: RwSignal<bool>,
    /// Why a yes could not be done.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
}

impl Question {
    /// One that isn't asked yet.
    pub(crate) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    /// Asks it.
    pub(crate) fn ask(self) {
        self.trouble.set(None);
        self.open.set(true);
    }
}

/// The question as a modal dialog: the browser keeps the focus in it, gives it back to where it
/// was, and closes it at Escape. The safe answer is the first that can
/// have the focus, and so has it first. `id` begins the test ids.
#[component]
pub(crate) fn Ask(
    question: Question,
    id: &'static str,
    title: Signal<String>,
    words: Signal<String>,
    yes: &'static str,
    #[prop(into)] deed: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    effect(move || {
        let Some(dialog) = node.get() else { return };
        match question.open.get() {
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
            on:close=move |_| question.open.set(false)
        >
            <h2 id=format!("{id}-title")>{title}</h2>
            <p id=format!("{id}-words")>{words}</p>
            <Trouble error=question.trouble/>
            <div class="buttons">
                <button type="button" class="button" data-testid=format!("{id}-no") on:click=click(move || question.open.set(false))>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button filled"
                    disabled=flag(move || question.busy.get())
                    data-testid=format!("{id}-yes")
                    on:click=click(move || deed.run(()))
                >
                    {yes}
                </button>
            </div>
        </dialog>
    }
}
