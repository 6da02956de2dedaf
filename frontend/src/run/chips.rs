//! Choosing which of a run's rows are shown.

use contract::wire::{Execution, Failures, Outcome};
use leptos::prelude::*;

use crate::run::choice::Choice;
use crate::ui::boxed::{click, flag, memo, part, text};
use crate::ui::mark::class;
use crate::ui::{labels, words};

/// Groups of failures that have a chip; a run with more has its largest here.
const GROUPS: usize = 8;

/// A chip for all rows, one for each outcome there is, and one for each way in which numbers
/// failed.
#[component]
pub(crate) fn Chips(
    execution: Memo<Execution>,
    failures: RwSignal<Failures>,
    chosen: RwSignal<Choice>,
) -> impl IntoView {
    let chip = move |choice: Choice, id: &'static str, number: Memo<u64>| {
        let is_chosen = move || chosen.get() == choice;
        view! {
            <button
                type="button"
                class="chip"
                // One that is gone while it is chosen stays, so that it can be seen what is chosen.
                hidden=flag(move || number.get() == 0 && !is_chosen())
                aria-pressed=text(move || is_chosen().to_string())
                data-testid=format!("chip-{id}")
                on:click=click(move || chosen.set(choice))
            >
                {choice.words()} " " {text(move || words::group_digits(number.get()))}
            </button>
        }
        .into_any()
    };
    let outcome = move |outcome| {
        let number = memo(move || execution.with(|e| labels::rows_like(e, outcome)));
        chip(Choice::Of(outcome), class(outcome), number)
    };
    let number_of = move |choice| {
        failures.with(|failures| {
            let mut groups = failures.groups.iter();
            groups
                .find(|group| Choice::group(group) == choice)
                .map_or(0, |group| group.items)
        })
    };
    // Chips are made anew only where a group comes or goes, so that a focus stays.
    let shown = memo(move || {
        let mut shown: Vec<_> = failures.with(|failures| {
            let groups = failures.groups.iter().take(GROUPS);
            groups.map(Choice::group).collect()
        });
        if matches!(chosen.get(), Choice::Failed(..)) && !shown.contains(&chosen.get()) {
            shown.push(chosen.get());
        }
        shown
    });
    let groups = part(move || {
        let chips = shown.get().into_iter();
        chips
            .map(|choice| chip(choice, "group", memo(move || number_of(choice))))
            .collect_view()
            .into_any()
    });
    let [succeeded, not_found, failed, pending, not_tried, invalid] = Outcome::ALL.map(outcome);
    view! {
        <div class="chips" role="group" aria-label="Show rows">
            {chip(Choice::All, "all", memo(move || execution.with(|e| e.rows)))}
            {succeeded} {not_found} {failed} {groups} {pending} {not_tried} {invalid}
        </div>
    }
}
