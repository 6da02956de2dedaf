//! Reads JSON as a table: an array of texts or numbers, an array of objects, or one object per line.

use memchr::memchr_iter;

use crate::lines::{Lines, Start, break_length};
use crate::table_text::TableText;
use crate::{JsonMistake, ReadError};

mod commas;
mod element;
mod list;
mod table;

use commas::without_extra_commas;
use element::{Element, Elements, Kind};
use list::elements;
use table::table;

/// Returns the records of a JSON text, or `None` if the text isn't JSON.
///
/// The members of objects become columns, and the elements of arrays become records. A value inside a
/// record that is an array stays JSON text. An object that contains one array is read as that array,
/// such as `{"ssnList": […]}`. A comma behind the last element or member is ignored, and so are those
/// between objects that are in no array.
///
/// # Errors
///
/// Returns an error if the text begins like JSON but isn't valid, or if it isn't clear which of several
/// arrays is the list.
pub(crate) fn read_json(text: &str) -> Result<Option<TableText>, ReadError> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !start.starts_with(['[', '{']) {
        return Ok(None);
    }
    let mut error = match Elements::of_text(start) {
        Ok(values) => return table_of_values(text, &values),
        Err(error) => error,
    };
    let before = text.len() - start.len();
    let mended = without_extra_commas(text);
    match Elements::of_text(&mended[before..]) {
        Ok(values) if values.has_scalar => {}
        Ok(values) => return table_of_values(&mended, &values),
        Err(other) => error = other,
    }
    if let Some(records) = records_of_lines(start) {
        return table(text, &records).map(Some);
    }
    match begins_like_json(start) {
        true => Err(invalid(text, before, &error)),
        false => Ok(None),
    }
}

/// Makes a table of the values of a text: of one list, or of one record after another.
fn table_of_values(text: &str, values: &Elements<'_>) -> Result<Option<TableText>, ReadError> {
    match &values.kept[..] {
        [value] => table(text, &elements(value)?).map(Some),
        // A list of another format may begin with something that is JSON, such as `[1]`.
        _ if values.has_scalar => Ok(None),
        _ => table(text, values).map(Some),
    }
}

/// Returns what is wrong with a text whose JSON begins at `start`.
fn invalid(text: &str, start: usize, error: &serde_json::Error) -> ReadError {
    // The parser counts lines that end with LF only.
    let mut breaks = memchr_iter(b'\n', &text.as_bytes()[start..]);
    let line_start = match error.line().checked_sub(2) {
        Some(line) => breaks.nth(line).map_or(0, |at| at + 1),
        None => 0,
    };
    let end = (start + line_start + error.column()).min(text.len());
    let read = &text.as_bytes()[..end];
    let mistake = match read {
        _ if error.is_eof() => JsonMistake::CutOff,
        [.., b'0', b'0'..=b'9'] | [.., b'0'..=b'9', b'-'] => JsonMistake::NumberWithoutQuotes,
        _ => JsonMistake::Other,
    };
    ReadError::Json {
        line: count_breaks(read).saturating_add(1),
        mistake,
    }
}

/// Whether a text that isn't valid JSON was meant to be.
///
/// Other lists begin with a bracket too: `[123-45-6789]`.
fn begins_like_json(text: &str) -> bool {
    let is_bracket_or_space = |c: char| c == '[' || c.is_ascii_whitespace();
    let rest = text.trim_start_matches(is_bracket_or_space);
    rest.starts_with(['{', '"'])
}

/// Returns the lines if the first one is JSON by itself. Other lines may not be valid.
fn records_of_lines(text: &str) -> Option<Elements<'_>> {
    let mut lines = Lines::new(Start::default());
    let mut records = Elements::default();
    while let Some(line) = lines.next_row(text) {
        let line = text[line.span].trim();
        let object = line.strip_suffix(',').filter(|json| json.ends_with('}'));
        let json = object.unwrap_or(line);
        let record = serde_json::from_str(json).map_or(Element::broken(line), Element::new);
        // An array over several lines begins with a line that isn't valid.
        if records.count == 0 && !matches!(record.kind, Kind::Object | Kind::Array) {
            return None;
        }
        records.push(record);
    }
    (records.count > 0).then_some(records)
}

fn count_breaks(bytes: &[u8]) -> u32 {
    let (mut at, mut breaks) = (0, 0_u32);
    while at < bytes.len() {
        match break_length(&bytes[at..]) {
            0 => at += 1,
            length => {
                at += length;
                breaks = breaks.saturating_add(1);
            }
        }
    }
    breaks
}

#[cfg(test)]
mod tests;
