//! Showing all digits of a run's numbers.

use leptos::prelude::*;

use crate::ui::boxed::{click, text};
use crate::ui::confirm::{Ask, Question};

/// The button that shows full numbers, after a question the first time, and masks them again.
/// Whether they are shown is kept nowhere: a page that is come back to is masked.
#[component]
pub(crate) fn Reveal(reveal: RwSignal<bool>) -> impl IntoView {
    let question = Question::new();
    let told = StoredValue::new(false);
    let toggle = move || {
        if reveal.get_untracked() {
            reveal.set(false);
        } else if told.get_value() {
            reveal.set(true);
        } else {
            question.ask();
        }
    };
    let yes = move |()| {
        told.set_value(true);
        question.open.set(false);
        reveal.set(true);
    };
    view! {
        <button
            type="button"
            class="plain reveal"
            data-testid="reveal"
            on:click=click(toggle)
        >
            {text(move || if reveal.get() { "Mask numbers" } else { "Show full numbers" }.to_owned())}
        </button>
        <Ask
            question
            id="reveal-ask"
            title=text(|| "Show full numbers?".to_owned())
            words=text(|| {
                "The server writes into its log who looked at which run, and how many numbers. They are \
                 shown on this page until you mask them or leave it, and are kept nowhere."
                    .to_owned()
            })
            yes="Show full numbers"
            deed=yes
        />
    }
}
