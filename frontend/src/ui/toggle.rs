//! A button inside a sentence that shows or hides something.

use leptos::prelude::*;

use crate::ui::boxed::text;

/// A button that turns `is_on` on and off. Its label says what the next click does.
#[component]
pub(crate) fn Toggle(
    is_on: RwSignal<bool>,
    id: &'static str,
    show: &'static str,
    hide: &'static str,
) -> impl IntoView {
    let label = text(move || if is_on.get() { hide } else { show }.to_owned());
    view! {
        <button
            type="button"
            class="plain"
            aria-expanded=text(move || is_on.get().to_string())
            data-testid=id
            on:click=move |_| is_on.update(|on| *on = !*on)
        >
            {label}
        </button>
    }
}
