//! Deleting a run, with a question.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::api;
use crate::ui::boxed::{given, spawn, text};
use crate::ui::confirm::{Ask, Question};
use crate::ui::labels;

/// What was done last, told on the page that the reader comes to after it.
#[derive(Clone, Copy)]
pub(crate) struct Done(pub(crate) RwSignal<Option<String>>);

/// The question whether to delete a run.
#[derive(Clone, Copy)]
pub(crate) struct Deleting {
    question: Question,
    doomed: RwSignal<Option<Execution>>,
}

impl Deleting {
    /// One that isn't asked yet.
    pub(crate) fn new() -> Self {
        Self {
            question: Question::new(),
            doomed: RwSignal::new(None),
        }
    }

    /// Asks whether to delete this run.
    pub(crate) fn ask(self, run: Execution) {
        self.doomed.set(Some(run));
        self.question.ask();
    }
}

/// The question's dialog. `gone` is called once a run is deleted, unless the page was left.
#[component]
pub(crate) fn Delete(deleting: Deleting, #[prop(into)] gone: Callback<()>) -> impl IntoView {
    let Done(done) = given();
    let Deleting { question, doomed } = deleting;
    let about = move |tell: fn(&Execution) -> String| {
        text(move || doomed.with(|run| run.as_ref().map(tell).unwrap_or_default()))
    };
    let delete = move |()| {
        let Some(run) = doomed.get_untracked() else {
            return;
        };
        question.busy.set(true);
        spawn(async move {
            match api::erase(run.id.as_str()).await {
                // One that isn't there any more is deleted.
                Err(error) if !error.is_not_found() => {
                    question.trouble.try_set(Some(error));
                }
                _ => {
                    done.set(Some(labels::deleted(&run)));
                    if question.open.try_set(false).is_none() {
                        gone.run(());
                    }
                }
            }
            question.busy.try_set(false);
        });
    };
    view! {
        <Ask
            question
            id="delete-ask"
            title=about(|run| format!("Delete “{}”?", labels::name(run)))
            words=about(labels::deletion)
            yes="Delete the run"
            deed=delete
        />
    }
}
