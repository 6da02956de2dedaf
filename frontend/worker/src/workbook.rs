//! Extracts sheets of workbooks, by a program that is loaded with the first one.

use js_sys::{Array, Promise, Reflect, Uint8Array, Uint32Array};
use lists::{Sheet, SheetProperties, WorkbookError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::browser::scope;

/// Why a sheet wasn't extracted.
#[derive(Clone, Debug)]
pub(crate) enum ExtractError {
    /// The program couldn't be loaded; a retry may help.
    NotLoaded,
    /// The program stopped: the workbook is damaged, or the browser has too little memory.
    Stopped,
    /// The program refused the workbook.
    Refused(WorkbookError),
}

/// Extracts the sheet at this position, from 0, or the only one with cells.
///
/// The program runs in a worker of its own, which ends with this call. So its memory is freed, and it
/// may stop without an effect on other calls.
pub(crate) async fn extract(bytes: &[u8], sheet: Option<usize>) -> Result<Sheet, ExtractError> {
    let worker = start().map_err(|_| ExtractError::NotLoaded)?;
    let mut listen = |resolve, reject| {
        worker.0.set_onmessage(Some(&resolve));
        worker.0.set_onerror(Some(&reject));
        // A message that can't be copied. Adding a listener can't fail.
        let _ = worker
            .0
            .add_event_listener_with_callback("messageerror", &reject);
    };
    let response = Promise::new(&mut listen);
    let bytes = Uint8Array::from(bytes);
    let message = Array::of2(&bytes, &sheet.into());
    let transfer = Array::of1(&bytes.buffer());
    worker
        .0
        .post_message_with_transfer(&message, &transfer)
        .map_err(|_| ExtractError::Stopped)?;
    let event = JsFuture::from(response).await;
    let event =
        event.map_err(
            |event| match event.unchecked_into::<Event>().type_() == "error" {
                // An `error` event means that boot.js wasn't loaded. boot.js catches errors of the
                // program itself.
                true => ExtractError::NotLoaded,
                false => ExtractError::Stopped,
            },
        )?;
    parse(&event.unchecked_into::<MessageEvent>().data())
}

/// A worker that ends when this is dropped.
struct Running(Worker);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

fn start() -> Result<Running, JsValue> {
    // `boot.js` sets it.
    let script = Reflect::get(&scope(), &"workbookScript".into())?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let script = script.as_string().unwrap_or_default();
    Ok(Running(Worker::new_with_options(&script, &options)?))
}

/// Parses the program's message, or the name of what happened to it.
fn parse(message: &JsValue) -> Result<Sheet, ExtractError> {
    if let Some(failure) = message.as_string() {
        return Err(match &*failure {
            "not loaded" => ExtractError::NotLoaded,
            _ => ExtractError::Stopped,
        });
    }
    let [properties, text, rows] = [0, 1, 2].map(|index| Array::from(message).get(index));
    let properties = properties.as_string().unwrap_or_default();
    let properties: Result<SheetProperties, WorkbookError> =
        serde_json::from_str(&properties).map_err(|_| ExtractError::Stopped)?;
    let properties = properties.map_err(ExtractError::Refused)?;
    let text = text.as_string().unwrap_or_default();
    let rows = Uint32Array::new(&rows).to_vec();
    Ok(Sheet::from_parts(properties, text, rows))
}
