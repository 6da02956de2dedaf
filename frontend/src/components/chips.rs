//! Choosing one outcome of a run's rows, or all.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::components::mark::class;
use crate::logic::row_view::outcome_words;
use crate::logic::{telling, words};

/// A chip for all rows and one for each outcome there is.
#[component]
pub(crate) fn Chips(
    #[prop(into)] execution: Signal<Execution>,
    chosen: RwSignal<Option<Outcome>>,
) -> impl IntoView {
    let all = Memo::new(move |_| execution.with(|e| e.rows));
    let there = Memo::new(move |_| execution.with(|e| telling::chips(e, chosen.get())));
    let number = move |outcome| {
        there.with(|there| {
            there
                .iter()
                .find(|chip| chip.0 == outcome)
                .map_or(0, |chip| chip.1)
        })
    };
    let chip = move |outcome: Outcome| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (chosen.get() == Some(outcome)).to_string()
                data-testid=format!("chip-{}", class(outcome))
                on:click=move |_| chosen.set(Some(outcome))
            >
                {outcome_words(outcome)} " " {move || words::group(number(outcome))}
            </button>
        }
    };
    view! {
        <div class="chips" role="group" aria-label="Show rows">
            <button
                type="button"
                class="chip"
                aria-pressed=move || chosen.get().is_none().to_string()
                data-testid="chip-all"
                on:click=move |_| chosen.set(None)
            >
                "All " {move || words::group(all.get())}
            </button>
            <For
                each=move || there.get().into_iter().map(|chip| chip.0)
                key=|outcome| *outcome
                children=chip
            />
        </div>
    }
}
