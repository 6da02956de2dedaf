//! A link-like button inside a sentence that shows something, or hides it again.

use leptos::prelude::*;

use crate::ui::boxed::text;

/// A button that turns something on and off, with words for what it will do.
#[component]
pub(crate) fn Toggle(
    on: RwSignal<bool>,
    id: &'static str,
    show: &'static str,
    hide: &'static str,
) -> impl IntoView {
    let words = text(move || if on.get() { hide } else { show }.to_owned());
    view! {
        <button
            type="button"
            class="plain"
            aria-expanded=text(move || on.get().to_string())
            data-testid=id
            on:click=move |_| on.update(|on| *on = !*on)
        >
            {words}
        </button>
    }
}
