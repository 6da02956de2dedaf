//! How a run's numbers stand: a bar and its figures.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::run::row::outcome_words;
use crate::ui::boxed::{flag, memo, text};
use crate::ui::mark::{Mark, class};
use crate::ui::{labels, words};

const SHOWN: [Outcome; 5] = [
    Outcome::Succeeded,
    Outcome::NotFound,
    Outcome::Failed,
    Outcome::NotTried,
    Outcome::Pending,
];

/// The bar over a run's outcomes, with a figure for each.
#[component]
pub(crate) fn Bar(execution: Memo<Execution>) -> impl IntoView {
    let of = move |outcome| memo(move || execution.with(|e| e.counts.get(outcome)));
    let items = memo(move || execution.with(|e| e.items));
    let segment = move |outcome| {
        let number = of(outcome);
        let width = text(move || words::percent(number.get(), items.get()));
        view! { <span class=class(outcome) style:width=width></span> }
    };
    let figure = move |outcome| {
        let number = of(outcome);
        // The three that every run has stay in place; the others come and go.
        let always = matches!(
            outcome,
            Outcome::Succeeded | Outcome::NotFound | Outcome::Failed
        );
        view! {
            <div hidden=flag(move || !always && number.get() == 0)>
                <dd data-testid=format!("count-{}", class(outcome))>{text(move || words::group_digits(number.get()))}</dd>
                <dt><Mark outcome/> {outcome_words(outcome).to_ascii_lowercase()}</dt>
            </div>
        }
    };
    view! {
        <div>
            <div class="bar" role="img" aria-label=text(move || execution.with(labels::announcement))>
                {SHOWN.map(segment).collect_view()}
            </div>
            <dl class="figures">{SHOWN.map(figure).collect_view()}</dl>
        </div>
    }
}
