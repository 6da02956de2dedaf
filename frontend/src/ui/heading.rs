//! A page's heading, which is the document's title too.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::boxed::effect;

const ID: &str = "heading";

/// Whether a page was shown before. The first one leaves the focus where the browser has it.
#[derive(Clone, Copy)]
pub(crate) struct Visits(StoredValue<bool>);

impl Default for Visits {
    fn default() -> Self {
        Self(StoredValue::new(false))
    }
}

/// Sets the document's title to that of a page.
pub(crate) fn set_title(page: &str) {
    document().set_title(&format!("{page} · Rollcall"));
}

/// A page's heading. It takes the focus when the page replaces another one, so that screen readers
/// begin there.
#[component]
pub(crate) fn Heading(#[prop(into)] text: Signal<String>, visits: Visits) -> impl IntoView {
    let Visits(visited) = visits;
    let mut is_new = true;
    // An effect first runs when the heading is in the document. It is found by its id, since a
    // `NodeRef` would add more bytes than this whole component.
    effect(move || {
        set_title(&text.get());
        if !std::mem::take(&mut is_new) {
            return;
        }
        let heading = document().get_element_by_id(ID);
        if let (true, Some(heading)) = (visited.get_value(), heading) {
            let _ = heading.unchecked_ref::<HtmlElement>().focus();
        }
        visited.set_value(true);
    });
    view! { <h1 id=ID tabindex="-1" data-testid="heading">{text}</h1> }
}
