//! Two sums that account for every line of a run.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::run::summary::{self, Terms};
use crate::ui::boxed::part;
use crate::ui::words;

/// Lines = numbers + repeated + invalid; numbers = succeeded + not found + failed + …
#[component]
pub(crate) fn Receipt(execution: Memo<Execution>) -> impl IntoView {
    let sum = |whole: u64, unit: &'static str, terms: Terms| {
        let terms = terms.into_iter().enumerate().map(|(place, (count, unit))| {
            let sign = if place == 0 { " = " } else { " + " };
            view! { {sign} <b>{words::group_digits(count)}</b> " " {unit} }
        });
        view! { <b>{words::group_digits(whole)}</b> {unit} {terms.collect_view()} ". " }
    };
    let receipt = part(move || {
        execution.with(|e| {
            let unit = if e.rows == 1 { " line" } else { " lines" };
            view! { {sum(e.rows, unit, summary::line_terms(e))} {sum(e.items, "", summary::item_terms(e))} }
                .into_any()
        })
    });
    view! { <p class="receipt soft" data-testid="receipt">{receipt}</p> }
}
