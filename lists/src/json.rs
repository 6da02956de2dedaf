//! Reads JSON as a table: an array of texts or numbers, an array of objects, or one object per line.

use std::borrow::Cow;
use std::collections::HashMap;

use contract::limits;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::ReadError;
use crate::cell::count_digits;
use crate::classify::{CellKind, classify};
use crate::header::{HeaderKind, header_kind, may_hold_ssns};
use crate::lines::{Lines, Start, break_length};
use crate::table_text::TableText;
use crate::value::parse_number;

mod element;

use element::{Element, Elements, Kind, flatten};

/// Maximum number of columns. An object with more members is a map, not a record.
const MAX_COLUMNS: usize = 500;
/// Maximum size of the table, compared with the JSON text. Small objects may have hundreds of columns.
const MAX_GROWTH: usize = 8;
/// Size of a table that is never too large, in bytes.
const SMALL_TABLE: usize = 1_000_000;

/// Returns the records of a JSON text, or `None` if the text isn't JSON.
///
/// The members of objects become columns, and the elements of arrays become records. A value inside a
/// record that is an array stays JSON text. An object that contains one array is read as that array,
/// such as `{"ssnList": […]}`.
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
    let error = match Elements::of_text(start) {
        Ok(values) => match &values.kept[..] {
            [value] => return table(text, &elements(value)?).map(Some),
            _ if !values.has_scalar => return table(text, &values).map(Some),
            // A list of another format may begin with something that is JSON, such as `[1]`.
            _ => return Ok(None),
        },
        Err(error) => error,
    };
    if let Some(records) = records_of_lines(start) {
        return table(text, &records).map(Some);
    }
    if !begins_like_json(start) {
        return Ok(None);
    }
    let before = count_breaks(&text.as_bytes()[..text.len() - start.len()]);
    Err(ReadError::Json {
        line: before.saturating_add(u32::try_from(error.line()).unwrap_or(u32::MAX)),
        is_cut_off: error.is_eof(),
    })
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
        let record = serde_json::from_str(line).map_or(Element::broken(line), Element::new);
        // An array over several lines begins with a line that isn't valid.
        if records.count == 0 && !matches!(record.kind, Kind::Object | Kind::Array) {
            return None;
        }
        records.push(record);
    }
    (records.count > 0).then_some(records)
}

/// Returns the elements of the list in a JSON value.
///
/// A list of SSNs beside another SSN is an error, because only one of the two would be read.
fn elements<'t>(value: &Element<'t>) -> Result<Elements<'t>, ReadError> {
    if value.kind == Kind::Array {
        return Ok(Elements::of_array(value.json));
    }
    let (mut first_array, mut arrays) = (None, 0_usize);
    let (mut is_list_of_ssns, mut has_ssn_member, mut has_ssn) = (false, false, false);
    let read = flatten(value.json, &mut |path, member| {
        let name = path.rsplit('.').next().unwrap_or_default();
        if member.kind == Kind::Array {
            first_array.get_or_insert(member);
            arrays += 1;
            is_list_of_ssns |= holds_ssns(name, &member);
        } else {
            has_ssn_member |= is_ssn_member(name, &member);
            has_ssn |= is_ssn(name, &member);
        }
    });
    match first_array.filter(|_| read.is_ok()) {
        Some(_) if has_ssn && is_list_of_ssns => Err(ReadError::JsonArrays),
        Some(array) if is_list_of_ssns || !has_ssn_member => match arrays {
            1 => Ok(Elements::of_array(array.json)),
            _ => Err(ReadError::JsonArrays),
        },
        _ => Ok(Elements::of_one(*value)),
    }
}

/// Whether a member is one of a person: its name or its value is that of an SSN.
fn is_ssn_member(name: &str, member: &Element<'_>) -> bool {
    may_hold_ssns(name) || classify(&member.text()) == CellKind::Dashed
}

/// Whether a member has a value that must be read as an SSN.
fn is_ssn(name: &str, member: &Element<'_>) -> bool {
    let text = member.text();
    match header_kind(name) {
        _ if classify(&text) == CellKind::Dashed => true,
        // Not a count or a boolean, such as `"ssnCount": 2`.
        HeaderKind::Ssn | HeaderKind::MaybeSsn => {
            !text.trim().is_empty() && (member.json.starts_with('"') || count_digits(&text) > 4)
        }
        HeaderKind::TaxId => parse_number(&text).is_ok(),
        _ => false,
    }
}

/// Whether an array is a list of SSNs by its name, its values, or the members of its objects.
fn holds_ssns(name: &str, array: &Element<'_>) -> bool {
    let is_dashed = |element: &Element<'_>| classify(&element.text()) == CellKind::Dashed;
    let elements = Elements::of_array(array.json).kept;
    !elements.is_empty() && may_hold_ssns(name)
        || elements.iter().any(|element| match element.kind {
            Kind::Object => {
                let mut has_ssn = false;
                let _ = flatten(element.json, &mut |path, member| {
                    let name = path.rsplit('.').next().unwrap_or_default();
                    has_ssn |= is_ssn_member(name, &member);
                });
                has_ssn
            }
            Kind::Array => {
                let cells = Elements::of_array(element.json).kept;
                cells.iter().any(is_dashed)
            }
            _ => is_dashed(element),
        })
}

/// Makes a table of elements, which are parts of the text.
fn table(text: &str, elements: &Elements<'_>) -> Result<TableText, ReadError> {
    let limit = limits::MAX_LIST_ROWS;
    let (rows, elements) = (elements.count, &elements.kept);
    if rows > limit {
        return Err(ReadError::TooManyRows { rows, limit });
    }
    let mut table = TableText::default();
    let mut columns = Columns::default();
    let kinds = elements.iter().map(|element| element.kind);
    let kind = kinds
        .clone()
        .find(|kind| !matches!(kind, Kind::Null | Kind::Broken));
    let kind = kind.unwrap_or(Kind::Scalar);
    if kind == Kind::Object {
        for element in elements.iter().filter(|element| element.kind == kind) {
            columns.add(element.json);
        }
        if columns.names.len() > MAX_COLUMNS {
            return Err(ReadError::TooManyColumns { limit: MAX_COLUMNS });
        }
        table.has_header = true;
        // The header is no row, so its line is never shown.
        table.push(1, columns.names.iter().map(String::as_str));
    }
    let mut lines = LineCursor::new(text);
    for element in elements {
        let line = lines.line_at(element.json.as_ptr() as usize - text.as_ptr() as usize);
        let cells = match element.kind {
            Kind::Null => Vec::new(),
            found if found != kind => {
                // It has one field more than the header, so it is an INVALID row.
                let mut cells = vec![Cow::Borrowed(""); columns.names.len()];
                cells.push(Cow::Borrowed(element.json));
                cells
            }
            Kind::Object => columns.cells(element.json),
            Kind::Array => Elements::of_array(element.json)
                .kept
                .iter()
                .map(Element::text)
                .collect(),
            _ => vec![element.text()],
        };
        match cells.is_empty() {
            true => table.push(line, [""]),
            false => table.push(line, cells.iter().map(|cell| &**cell)),
        }
        if table.text.len() > SMALL_TABLE + MAX_GROWTH * text.len() {
            return Err(ReadError::TooManyColumns { limit: MAX_COLUMNS });
        }
    }
    Ok(table)
}

/// The columns of objects, in the order in which they first occur.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    /// The column of each path, and of each further occurrence of it in one object.
    indices: HashMap<(String, usize), usize, FxBuildHasher>,
}

impl Columns {
    /// Adds the columns of an object.
    fn add(&mut self, object: &str) {
        let mut seen = FxHashMap::<String, usize>::default();
        // A name that isn't valid text ends the object.
        let _ = flatten(object, &mut |path, _| {
            if self.names.len() > MAX_COLUMNS {
                return;
            }
            let occurrence = count(&mut seen, path);
            if !self.indices.contains_key(&(path.to_owned(), occurrence)) {
                self.indices
                    .insert((path.to_owned(), occurrence), self.names.len());
                self.names.push(path.to_owned());
            }
        });
    }

    /// Returns the cells of an object, up to its last column.
    fn cells<'v>(&self, object: &'v str) -> Vec<Cow<'v, str>> {
        let mut seen = FxHashMap::<String, usize>::default();
        let mut cells = vec![Cow::Borrowed("")];
        let _ = flatten(object, &mut |path, value| {
            let occurrence = count(&mut seen, path);
            if let Some(column) = self.indices.get(&(path.to_owned(), occurrence)) {
                cells.resize(cells.len().max(column + 1), Cow::Borrowed(""));
                cells[*column] = value.text();
            }
        });
        cells
    }
}

fn count(seen: &mut FxHashMap<String, usize>, path: &str) -> usize {
    let occurrences = seen.entry(path.to_owned()).or_default();
    *occurrences += 1;
    *occurrences
}

/// Counts lines up to positions that only grow.
struct LineCursor<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> LineCursor<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    fn line_at(&mut self, position: usize) -> u32 {
        self.line += count_breaks(&self.text.as_bytes()[self.at..position]);
        self.at = position;
        self.line
    }
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
