//! The two sums that account for every line of a run.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::ui::boxed::part;
use crate::ui::{labels, words};

/// Lines = numbers + repeated + invalid; numbers = the sum of their outcomes.
#[component]
pub(crate) fn Receipt(execution: Memo<Execution>) -> impl IntoView {
    let sum = |whole: u64, unit: &'static str, parts: labels::Parts| {
        let parts = parts
            .into_iter()
            .enumerate()
            .map(|(place, (number, name))| {
                let plus = if place == 0 { " = " } else { " + " };
                view! { {plus} <b>{words::group_digits(number)}</b> " " {name} }
            });
        view! { <b>{words::group_digits(whole)}</b> {unit} {parts.collect_view()} ". " }
    };
    let receipt = part(move || {
        execution.with(|e| {
            let unit = if e.rows == 1 { " line" } else { " lines" };
            view! { {sum(e.rows, unit, labels::lines_sum(e))} {sum(e.items, "", labels::items_sum(e))} }
                .into_any()
        })
    });
    view! { <p class="receipt soft" data-testid="receipt">{receipt}</p> }
}
