//! Extracts a sheet of a workbook, in a web worker that the page's worker starts for each workbook.
//!
//! It is a program of its own because few people need it, and because its memory is free again when
//! its worker ends. `boot.js` calls it.

use js_sys::{Array, Uint32Array};
use lists::{SheetSelector, extract_sheet};
use wasm_bindgen::prelude::*;

fn main() {}

/// Extracts a sheet: that at position `sheet`, from 0, or the only one with cells.
///
/// Returns an array. It begins with JSON of a `Result` with the sheet's properties or a
/// [`lists::WorkbookError`]. The text and row numbers of the sheet follow, as
/// [`lists::Sheet::from_parts`] takes them. A damaged workbook may cause a trap, since calamine panics.
#[wasm_bindgen]
pub fn extract(bytes: &[u8], sheet: Option<usize>) -> Array {
    let selector = sheet.map(SheetSelector::Index);
    let extracted = extract_sheet(bytes, selector.as_ref());
    let properties = extracted.as_ref().map(|sheet| &sheet.properties);
    // Writing JSON can't fail here: there are no maps.
    let message = Array::of1(
        &serde_json::to_string(&properties)
            .unwrap_or_default()
            .into(),
    );
    if let Ok(sheet) = &extracted {
        message.push(&sheet.text().into());
        message.push(&Uint32Array::from(sheet.rows()));
    }
    message
}
