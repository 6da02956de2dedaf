//! Choosing one outcome of a run's rows, or all.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::components::mark::class;
use crate::logic::row_view::outcome_words;
use crate::logic::{telling, words};
use crate::one_type::{flag, text};

/// A chip for all rows and one for each outcome there is.
#[component]
pub(crate) fn Chips(
    execution: Memo<Execution>,
    chosen: RwSignal<Option<Outcome>>,
) -> impl IntoView {
    let all = text(move || execution.with(|e| words::group(e.rows)));
    let chip = move |outcome: Outcome| {
        let number = Memo::new(move |_| execution.with(|e| telling::rows_like(e, outcome)));
        let is_chosen = move || chosen.get() == Some(outcome);
        view! {
            <button
                type="button"
                class="chip"
                // One that is gone while it is chosen stays, so that it can be seen what is chosen.
                hidden=flag(move || number.get() == 0 && !is_chosen())
                aria-pressed=text(move || is_chosen().to_string())
                data-testid=format!("chip-{}", class(outcome))
                on:click=move |_| chosen.set(Some(outcome))
            >
                {outcome_words(outcome)} " " {text(move || words::group(number.get()))}
            </button>
        }
    };
    view! {
        <div class="chips" role="group" aria-label="Show rows">
            <button
                type="button"
                class="chip"
                aria-pressed=text(move || chosen.get().is_none().to_string())
                data-testid="chip-all"
                on:click=move |_| chosen.set(None)
            >
                "All " {all}
            </button>
            {Outcome::ALL.map(chip).collect_view()}
        </div>
    }
}
