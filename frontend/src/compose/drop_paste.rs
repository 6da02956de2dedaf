//! What is pasted or dropped anywhere on the page of a new list is the list.

use js_sys::{Function, JsString, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, MouseEvent};

use crate::compose::list::ListState;
use crate::compose::rules;
use crate::worker_client;

/// Bytes of a file that the page takes: what a browser's tab can surely hold a few times.
const MAX_FILE_BYTES: f64 = 300_000_000.0;

/// Takes what is pasted or dropped while the page is there; `over` says whether something is
/// dragged over it.
pub(crate) fn from_anywhere(list: ListState, over: RwSignal<bool>) {
    let listen = |name, deed: Box<dyn Fn(Event)>| {
        let listening = window_event_listener_untyped(name, deed);
        on_cleanup(move || listening.remove());
    };
    listen(
        "dragover",
        Box::new(move |event| {
            let data = event.dyn_ref().and_then(DragEvent::data_transfer);
            if is_numbers(&event) && !data.is_some_and(|data| holds_file(&data)) {
                // The field shows by itself where a text would go.
                return;
            }
            event.prevent_default();
            over.set(true);
            worker_client::wake();
        }),
    );
    listen(
        "dragleave",
        Box::new(move |event| {
            // From one thing on the page to another it is still over the page.
            let to = event.dyn_ref().and_then(MouseEvent::related_target);
            over.set(to.is_some());
        }),
    );
    listen(
        "drop",
        Box::new(move |event| {
            over.set(false);
            if let Some(data) = event.dyn_ref().and_then(DragEvent::data_transfer) {
                take(list, &event, &data);
            }
        }),
    );
    listen(
        "paste",
        Box::new(move |event| {
            let data = event.dyn_ref().and_then(ClipboardEvent::clipboard_data);
            let Some(data) = data else { return };
            if field_of(&event).is_none() || is_numbers(&event) {
                take(list, &event, &data);
            }
        }),
    );
}

/// Takes what was brought by an event, unless the field of numbers does that by itself, as it does
/// with a short text.
fn take(list: ListState, event: &Event, data: &DataTransfer) {
    if take_files(list, data) {
        return event.prevent_default();
    }
    // Asked for once: of a million lines it takes the browser 60 ms.
    let text = text_of(data);
    if !is_numbers(event) || is_long(&text) {
        event.prevent_default();
        take_text(list, text);
    }
}

/// Takes a file as the list.
pub(crate) fn file(list: ListState, file: &File) {
    if is_too_large(file) {
        list.trouble.set(
            "This file is larger than 300 MB. Keep only the column with the numbers, or split it.",
        );
        return;
    }
    let name = file.name();
    let label = rules::label_for(&name);
    list.hold(name, file, label);
}

/// Whether a file is larger than the page takes.
pub(crate) fn is_too_large(file: &File) -> bool {
    file.size() > MAX_FILE_BYTES
}

/// Takes the file among what was brought, or says why not; whether there was any.
fn take_files(list: ListState, data: &DataTransfer) -> bool {
    let files = data.files();
    let Some(first) = files.as_ref().and_then(|files| files.get(0)) else {
        return false;
    };
    if files.is_some_and(|files| files.length() > 1) {
        list.trouble.set(
            "These are several files. One list at a time: put them together, or bring them one \
             after the other.",
        );
    } else if is_folder(data) {
        list.trouble
            .set("This is a folder. Open it, and bring the one file that holds the list.");
    } else {
        file(list, &first);
    }
    true
}

fn take_text(list: ListState, text: JsString) {
    if is_long(&text) {
        return list.hold("Pasted list".to_owned(), &text, String::new());
    }
    let text = String::from(text);
    // A picture has no text, for one: what is held is not to be lost by it.
    if !text.trim().is_empty() {
        list.add(&text);
    }
}

fn is_folder(data: &DataTransfer) -> bool {
    let entry = data.items().get(0);
    let entry = entry.and_then(|item| item.webkit_get_as_entry().ok().flatten());
    entry.is_some_and(|entry| entry.is_directory())
}

/// The text, as the browser has it: a million lines are not to be copied here.
fn text_of(data: &DataTransfer) -> JsString {
    let get: Option<Function> = Reflect::get(data, &"getData".into())
        .ok()
        .and_then(|get| get.dyn_into().ok());
    let text = get.and_then(|get| get.call1(data, &"text/plain".into()).ok());
    text.unwrap_or(JsValue::UNDEFINED)
        .dyn_into()
        .unwrap_or_else(|_| JsString::from(""))
}

fn is_long(text: &JsString) -> bool {
    rules::is_long(text.length() as usize)
}

/// Whether a file is dragged. Which one isn't told before it is dropped.
fn holds_file(data: &DataTransfer) -> bool {
    data.items()
        .get(0)
        .is_some_and(|item| item.kind() == "file")
}

/// Whether an event is meant for the field of numbers.
fn is_numbers(event: &Event) -> bool {
    field_of(event).as_deref() == Some("numbers")
}

/// The id of the text field that an event is meant for; empty if it has none.
fn field_of(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let is_field = target.matches("textarea, input[type=text], select").ok()?;
    is_field.then(|| target.id())
}
