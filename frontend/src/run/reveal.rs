//! Showing a run's numbers in full.

use leptos::prelude::*;

use crate::ui::boxed::{click, text};
use crate::ui::confirm::{Confirm, Question};

/// The button that shows numbers in full, with a question the first time, and masks them again. The
/// choice isn't stored: people who return to the page see masked numbers.
#[component]
pub(crate) fn RevealButton(is_revealed: RwSignal<bool>) -> impl IntoView {
    let question = Question::new();
    let is_confirmed = StoredValue::new(false);
    let toggle = move || {
        if is_revealed.get_untracked() {
            is_revealed.set(false);
        } else if is_confirmed.get_value() {
            is_revealed.set(true);
        } else {
            question.ask();
        }
    };
    let reveal = move |()| {
        is_confirmed.set_value(true);
        question.is_open.set(false);
        is_revealed.set(true);
    };
    view! {
        <button
            type="button"
            class="plain reveal"
            data-testid="reveal"
            on:click=click(toggle)
        >
            {text(move || if is_revealed.get() { "Mask numbers" } else { "Show full numbers" }.to_owned())}
        </button>
        <Confirm
            question
            id="reveal-ask"
            title=text(|| "Show full numbers?".to_owned())
            text=text(|| {
                "The server records in its log who revealed how many numbers of which run. They are shown \
                 until you mask them or leave this page, and aren't stored in the browser."
                    .to_owned()
            })
            confirm="Show full numbers"
            on_confirm=reveal
        />
    }
}
