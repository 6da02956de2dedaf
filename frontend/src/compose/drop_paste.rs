//! Adding a list by paste and drop, anywhere on the page, and by the file field.

use js_sys::{Function, JsString, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, FileList, MouseEvent};

use crate::compose::list::ListState;
use crate::compose::rules;
use crate::worker_client::is_too_large;

/// Handles paste and drop for as long as the current owner, the page, lives. Sets `is_dragged_over`
/// while something is dragged over the page.
pub(crate) fn listen(list: ListState, is_dragged_over: RwSignal<bool>) {
    let listen = |name, handler: Box<dyn Fn(Event)>| {
        let listener = window_event_listener_untyped(name, handler);
        on_cleanup(move || listener.remove());
    };
    listen(
        "dragover",
        Box::new(move |event| {
            let data = event.dyn_ref().and_then(DragEvent::data_transfer);
            if is_numbers_field(&event) && !data.is_some_and(|data| holds_file(&data)) {
                // The browser itself shows where the text would go.
                return;
            }
            event.prevent_default();
            is_dragged_over.set(true);
            list.wake_worker();
        }),
    );
    listen(
        "dragleave",
        Box::new(move |event| {
            // A move between two elements of the page fires this event too.
            let to = event.dyn_ref().and_then(MouseEvent::related_target);
            is_dragged_over.set(to.is_some());
        }),
    );
    listen(
        "drop",
        Box::new(move |event| {
            is_dragged_over.set(false);
            if let Some(data) = event.dyn_ref().and_then(DragEvent::data_transfer) {
                add(list, &event, &data);
            }
        }),
    );
    listen(
        "paste",
        Box::new(move |event| {
            let data = event.dyn_ref().and_then(ClipboardEvent::clipboard_data);
            let Some(data) = data else { return };
            if text_field_id(&event).is_none() || is_numbers_field(&event) {
                add(list, &event, &data);
            }
        }),
    );
}

/// Adds the data of an event. Leaves a short text in the numbers field to the browser.
fn add(list: ListState, event: &Event, data: &DataTransfer) {
    if add_data_files(list, data) {
        return event.prevent_default();
    }
    // Read only once, since a million lines take the browser 60 ms.
    let text = text_of(data);
    if !is_numbers_field(event) || is_long(&text) {
        event.prevent_default();
        add_text(list, text);
    }
}

/// Adds the file of the data, or says why it can't. Returns whether the data holds files.
fn add_data_files(list: ListState, data: &DataTransfer) -> bool {
    let Some(files) = data.files() else {
        return false;
    };
    if is_folder(data) && files.length() == 1 {
        list.problem
            .set("This is a folder. Open it and add the file with the list.");
        return true;
    }
    add_files(list, &files)
}

/// Adds the only file, or says why it can't. Returns whether there are files.
pub(crate) fn add_files(list: ListState, files: &FileList) -> bool {
    let Some(file) = files.get(0) else {
        return false;
    };
    if files.length() > 1 {
        list.problem.set(
            "These are several files. Add one list at a time: join the files, or add one \
             after the other.",
        );
    } else if is_too_large(&file) {
        list.problem.set(
            "This file is larger than 300 MB. Keep only the column with the numbers, or split it.",
        );
    } else {
        let name = file.name();
        let label = rules::label(&name);
        list.hold(name, &file, label);
    }
    true
}

fn add_text(list: ListState, text: JsString) {
    if is_long(&text) {
        return list.hold("Pasted list".to_owned(), &text, String::new());
    }
    let text = String::from(text);
    // Data without a text, such as a picture, must not replace the list.
    if !text.trim().is_empty() {
        list.append(&text);
    }
}

fn is_folder(data: &DataTransfer) -> bool {
    let entry = data.items().get(0);
    let entry = entry.and_then(|item| item.webkit_get_as_entry().ok().flatten());
    entry.is_some_and(|entry| entry.is_directory())
}

/// The text of the data, as the browser's own string: a million lines aren't copied here.
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

/// Whether a file is dragged. Browsers reveal which one only at the drop.
fn holds_file(data: &DataTransfer) -> bool {
    data.items()
        .get(0)
        .is_some_and(|item| item.kind() == "file")
}

/// Whether the event's target is the numbers field.
fn is_numbers_field(event: &Event) -> bool {
    text_field_id(event).as_deref() == Some("numbers")
}

/// The id of the event's target if it is a text field or a select; the id may be empty.
fn text_field_id(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let is_field = target.matches("textarea, input[type=text], select").ok()?;
    is_field.then(|| target.id())
}
