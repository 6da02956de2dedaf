//! The frame of the compose page, which `index.html` paints before the program is loaded.

use leptos::prelude::document;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlTextAreaElement};

use crate::ui::boxed::spawn;

/// The id of the frame.
const FRAME: &str = "frame";
/// The id of its text field, and of the compose page's own.
const FIELD: &str = "numbers";

/// Removes the frame and mounts the page, in one task.
///
/// So the browser paints nothing between the two. What was typed into the frame goes into the page's own
/// field, with focus and selection. `boot.js` passes on a file that was chosen or dropped.
pub(crate) fn replace(mount: impl FnOnce()) {
    let typed = field().map(|field| Typed::new(&field));
    if let Some(frame) = document().get_element_by_id(FRAME) {
        frame.remove();
    }
    mount();
    if let Some(typed) = typed {
        spawn(typed.enter());
    }
}

fn field() -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(FIELD)?.dyn_into().ok()
}

/// What was typed into the frame.
struct Typed {
    text: String,
    /// The selection, if the field has the focus.
    selection: Option<(u32, u32)>,
}

impl Typed {
    fn new(field: &HtmlTextAreaElement) -> Self {
        let has_focus = document().active_element().as_ref() == Some(field.as_ref());
        let selection = || {
            let (start, end) = (field.selection_start(), field.selection_end());
            Some((start.ok()??, end.ok()??))
        };
        Self {
            text: field.value(),
            selection: has_focus.then(selection).flatten(),
        }
    }

    /// Sets the text of the page's field, and fires the event of a keystroke.
    ///
    /// Waits for the page's effects first, which run before the next paint and set the field's value.
    async fn enter(self) {
        tick().await;
        let Some(field) = field() else { return };
        if !self.text.is_empty() {
            field.set_value(&self.text);
            let options = EventInit::new();
            options.set_bubbles(true);
            if let Ok(event) = Event::new_with_event_init_dict("input", &options) {
                let _ = field.dispatch_event(&event);
            }
            tick().await;
        }
        // A long text goes to the worker, and then this field is no longer in the document.
        if let (Some((start, end)), true) = (self.selection, field.is_connected()) {
            let _ = field.focus();
            let _ = field.set_selection_range(start, end);
        }
    }
}
