//! Asking numbers again.

use leptos::prelude::*;

use crate::run::actions::Deeds;
use crate::run::choice::Again;
use crate::ui::boxed::{click, flag, text};

/// A button that asks these numbers again, and says how many they are; nothing where there are
/// none.
#[component]
pub(crate) fn AgainButton(
    deeds: Deeds,
    again: Memo<Option<Again>>,
    class: &'static str,
    id: &'static str,
) -> impl IntoView {
    let redrive = move || {
        if let Some(again) = again.get_untracked() {
            deeds.redrive(again.request);
        }
    };
    let words = text(move || {
        again.with(|again| {
            again
                .as_ref()
                .map(|again| again.words.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <button
            type="button"
            class=class
            data-testid=id
            hidden=flag(move || again.with(Option::is_none))
            disabled=flag(move || deeds.busy.get())
            on:click=click(redrive)
        >
            {words}
        </button>
    }
}
