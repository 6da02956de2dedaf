//! Deletes a run, after a question.

use contract::wire::{Execution, ExecutionStatus};
use leptos::prelude::*;

use crate::services::Services;
use crate::ui::boxed::{spawn, text};
use crate::ui::confirm::{Confirm, Question};
use crate::ui::{labels, words};

/// The question whether to delete a run.
#[derive(Clone, Copy)]
pub(crate) struct Deletion {
    question: Question,
    run: RwSignal<Option<Execution>>,
}

impl Deletion {
    /// A question whose dialog is closed.
    pub(crate) fn new() -> Self {
        Self {
            question: Question::new(),
            run: RwSignal::new(None),
        }
    }

    /// Asks whether to delete this run.
    pub(crate) fn ask(self, run: Execution) {
        self.run.set(Some(run));
        self.question.ask();
    }
}

/// The question's dialog. Calls `on_deleted` once the run is deleted, unless people have left the page.
#[component]
pub(crate) fn DeleteDialog(
    services: Services,
    deletion: Deletion,
    #[prop(into)] on_deleted: Callback<()>,
) -> impl IntoView {
    let Deletion { question, run } = deletion;
    let about = move |describe: fn(&Execution) -> String| {
        text(move || run.with(|run| run.as_ref().map(describe).unwrap_or_default()))
    };
    let delete = move |()| {
        let Some(run) = run.get_untracked() else {
            return;
        };
        question.is_busy.set(true);
        spawn(async move {
            match services.api.client(None).delete(&run.id).await {
                // A run that isn't there is deleted already.
                Err(error) if !error.is_not_found() => {
                    question.error.try_set(Some(error));
                }
                _ => {
                    services.message.set(Some(deleted(&run)));
                    if question.is_open.try_set(false).is_none() {
                        on_deleted.run(());
                    }
                }
            }
            question.is_busy.try_set(false);
        });
    };
    view! {
        <Confirm
            question
            id="delete-ask"
            title=about(|run| format!("Delete “{}”?", labels::name(run)))
            text=about(consequences)
            confirm="Delete the run"
            on_confirm=delete
        />
    }
}

fn consequences(execution: &Execution) -> String {
    let stop = match execution.status {
        ExecutionStatus::Running => " It is still running, so it is stopped first.",
        _ => "",
    };
    format!(
        "Its {} and all results are deleted from the server for good.{stop} Downloaded \
         files stay where they are.",
        words::pluralize(execution.rows, "line")
    )
}

fn deleted(execution: &Execution) -> String {
    format!(
        "Deleted “{}”, with its {} and all results.",
        labels::name(execution),
        words::pluralize(execution.rows, "line")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;

    #[test]
    fn the_question_says_what_will_be_deleted() {
        let mut run = execution();
        assert!(consequences(&run).starts_with("Its 10,000 lines and all results"));
        assert!(consequences(&run).contains("stopped first"));
        run.status = ExecutionStatus::Succeeded;
        assert!(!consequences(&run).contains("stopped first"));
        assert!(deleted(&run).starts_with("Deleted “List of 10,000 lines”"));
    }
}
