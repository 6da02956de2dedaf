//! The filters of a run's rows.

use contract::wire::{Execution, Failures, Outcome};
use leptos::prelude::*;

use crate::api::RowFilter;
use crate::run::redrive::filter_label;
use crate::run::summary;
use crate::ui::boxed::{click, flag, memo, part, text};
use crate::ui::mark::class;
use crate::ui::words;

/// How many groups of failures have a chip, the largest first.
const GROUPS: usize = 8;

/// A chip for all rows, for each outcome that occurs, and for each group of failures.
#[component]
pub(crate) fn Chips(
    execution: Memo<Execution>,
    failures: RwSignal<Failures>,
    filter: RwSignal<RowFilter>,
) -> impl IntoView {
    let chip = move |this: RowFilter, id: &'static str, count: Memo<u64>| {
        let is_chosen = move || filter.get() == this;
        view! {
            <button
                type="button"
                class="chip"
                // The chosen chip stays even at zero, so that people see what is chosen.
                hidden=flag(move || count.get() == 0 && !is_chosen())
                aria-pressed=text(move || is_chosen().to_string())
                data-testid=format!("chip-{id}")
                on:click=click(move || filter.set(this))
            >
                {filter_label(this)} " " {text(move || words::group_digits(count.get()))}
            </button>
        }
        .into_any()
    };
    let outcome = move |outcome| {
        let count = memo(move || execution.with(|e| summary::count(e, outcome)));
        chip(RowFilter::Outcome(outcome), class(outcome), count)
    };
    let group_count = move |filter| {
        failures.with(|failures| {
            let mut groups = failures.groups.iter();
            groups
                .find(|group| RowFilter::group(group) == filter)
                .map_or(0, |group| group.items)
        })
    };
    // The chips are rebuilt only when a group is added or removed, since that loses the focus.
    let shown = memo(move || {
        let mut shown: Vec<_> = failures.with(|failures| {
            let groups = failures.groups.iter().take(GROUPS);
            groups.map(RowFilter::group).collect()
        });
        if matches!(filter.get(), RowFilter::Failure(..)) && !shown.contains(&filter.get()) {
            shown.push(filter.get());
        }
        shown
    });
    let groups = part(move || {
        let chips = shown.get().into_iter();
        chips
            .map(|filter| chip(filter, "group", memo(move || group_count(filter))))
            .collect_view()
            .into_any()
    });
    let [succeeded, not_found, failed, pending, not_tried, invalid] = Outcome::ALL.map(outcome);
    view! {
        <div class="chips" role="group" aria-label="Show rows">
            {chip(RowFilter::All, "all", memo(move || execution.with(|e| e.rows)))}
            {succeeded} {not_found} {failed} {groups} {pending} {not_tried} {invalid}
        </div>
    }
}
