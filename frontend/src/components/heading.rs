//! A page's heading, which is the document's title too.

use leptos::html::H1;
use leptos::prelude::*;

use crate::one_type::effect;

/// Whether a page was shown before, so that the first one leaves the focus where the browser has it.
#[derive(Clone, Copy)]
pub(crate) struct Visits(StoredValue<bool>);

impl Default for Visits {
    fn default() -> Self {
        Self(StoredValue::new(false))
    }
}

/// The heading of a page. It takes the focus when the page replaces another, so that a screen
/// reader begins there.
#[component]
pub(crate) fn Heading(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let node = NodeRef::<H1>::new();
    let Visits(visited) = expect_context();
    effect(move || document().set_title(&format!("{} · Rollcall", text.get())));
    node.on_load(move |heading| {
        if visited.get_value() {
            let _ = heading.focus();
        }
        visited.set_value(true);
    });
    view! { <h1 node_ref=node tabindex="-1" data-testid="heading">{text}</h1> }
}
