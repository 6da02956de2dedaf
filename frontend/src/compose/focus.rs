//! Moving the focus on when the focused element is removed.

use leptos::prelude::document;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::boxed::spawn;

/// Focuses the element with this id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Focuses the list's summary, after the current changes of the page.
pub(crate) fn focus_summary() {
    spawn(async {
        tick().await;
        focus("summary");
    });
}
