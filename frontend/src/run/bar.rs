//! A run's counts, as a bar and in figures.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::run::summary;
use crate::ui::boxed::{flag, memo, text};
use crate::ui::mark::{Mark, class};
use crate::ui::{labels, words};

/// The outcomes of items, in the bar's order.
const OUTCOMES: [Outcome; 5] = [
    Outcome::Succeeded,
    Outcome::NotFound,
    Outcome::Failed,
    Outcome::NotTried,
    Outcome::Pending,
];

/// A bar of a run's outcomes, with a figure for each.
#[component]
pub(crate) fn Bar(execution: Memo<Execution>) -> impl IntoView {
    let count = move |outcome| memo(move || execution.with(|e| e.counts.get(outcome)));
    let items = memo(move || execution.with(|e| e.items));
    let segment = move |outcome| {
        let count = count(outcome);
        let width = text(move || words::percent(count.get(), items.get()));
        view! { <span class=class(outcome) style:width=width></span> }
    };
    let figure = move |outcome| {
        let count = count(outcome);
        // These three are always shown, the others only if there are any.
        let is_always_shown = matches!(
            outcome,
            Outcome::Succeeded | Outcome::NotFound | Outcome::Failed
        );
        view! {
            <div hidden=flag(move || !is_always_shown && count.get() == 0)>
                <dd data-testid=format!("count-{}", class(outcome))>{text(move || words::group_digits(count.get()))}</dd>
                <dt><Mark outcome/> {labels::outcome(outcome).to_ascii_lowercase()}</dt>
            </div>
        }
    };
    view! {
        <div>
            <div class="bar" role="img" aria-label=text(move || execution.with(summary::announcement))>
                {OUTCOMES.map(segment).collect_view()}
            </div>
            <dl class="figures">{OUTCOMES.map(figure).collect_view()}</dl>
        </div>
    }
}
