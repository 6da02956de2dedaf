//! A page's heading, which is the document's title too.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::boxed::{effect, given};

const ID: &str = "heading";

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
    let Visits(visited) = given();
    let mut is_new = true;
    // An effect first runs when the heading is in the document. By its id, since a reference of
    // Leptos's own costs more bytes than the whole of this.
    effect(move || {
        document().set_title(&format!("{} · Rollcall", text.get()));
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
