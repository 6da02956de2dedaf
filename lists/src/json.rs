//! Reads JSON as a table: an array of texts or numbers, an array of objects, or one object per line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::ReadError;
use crate::classify::{CellKind, classify};
use crate::header::may_hold_ssns;
use crate::lines::{Lines, Start, break_length};
use crate::table_text::TableText;

/// Maximum depth of objects whose members become columns: `address.state` has depth 2.
const MAX_DEPTH: usize = 4;
/// Maximum number of columns. An object with more members is a map, not a record.
const MAX_COLUMNS: usize = 500;

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
    let error = match values(start) {
        Ok(values) => match &values[..] {
            [value] => return table(text, &elements(value)?).map(Some),
            _ if values.iter().all(|value| value.kind != Kind::Scalar) => {
                return table(text, &values).map(Some);
            }
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

/// Returns the values of a text that is valid JSON: one, or several behind each other.
fn values(text: &str) -> Result<Vec<Element<'_>>, serde_json::Error> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.map(|value| value.map(Element::new)).collect()
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
fn records_of_lines(text: &str) -> Option<Vec<Element<'_>>> {
    let mut lines = Lines::new(Start::default());
    let lines = std::iter::from_fn(|| lines.next_row(text));
    let records: Vec<Element<'_>> = lines
        .map(|line| {
            let line = text[line.span].trim();
            serde_json::from_str(line).map_or(Element::broken(line), Element::new)
        })
        .collect();
    // An array over several lines begins with a line that isn't valid.
    let is_valid = |first: &Element<'_>| matches!(first.kind, Kind::Object | Kind::Array);
    records.first().is_some_and(is_valid).then_some(records)
}

/// Returns the elements of the list in a JSON value.
fn elements<'t>(value: &Element<'t>) -> Result<Vec<Element<'t>>, ReadError> {
    if value.kind == Kind::Array {
        return Ok(elements_of(value.json));
    }
    let (mut arrays, mut has_ssn) = (Vec::new(), false);
    flatten(value.json, "", 1, &mut |path, member| match member.kind {
        Kind::Array => arrays.push(member),
        _ => {
            let name = path.rsplit('.').next().unwrap_or_default();
            has_ssn |= may_hold_ssns(name) || classify(&member.text()) == CellKind::Dashed;
        }
    });
    match arrays[..] {
        _ if has_ssn => Ok(vec![*value]),
        [] => Ok(vec![*value]),
        [array] => Ok(elements_of(array.json)),
        _ => Err(ReadError::JsonArrays),
    }
}

fn elements_of(array: &str) -> Vec<Element<'_>> {
    let elements: Vec<&RawValue> = serde_json::from_str(array).unwrap_or_default();
    elements.into_iter().map(Element::new).collect()
}

/// Makes a table of elements, which are parts of the text.
fn table(text: &str, elements: &[Element<'_>]) -> Result<TableText, ReadError> {
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
            Kind::Array => elements_of(element.json)
                .iter()
                .map(Element::text)
                .collect(),
            _ => vec![element.text()],
        };
        match cells.is_empty() {
            true => table.push(line, [""]),
            false => table.push(line, cells.iter().map(|cell| &**cell)),
        }
    }
    Ok(table)
}

/// A JSON value in the text.
#[derive(Clone, Copy)]
struct Element<'t> {
    json: &'t str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    Array,
    /// A text, a number or a boolean.
    Scalar,
    Null,
    /// A line that isn't valid.
    Broken,
}

impl<'t> Element<'t> {
    fn new(value: &'t RawValue) -> Self {
        let json = value.get();
        let kind = match json.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            _ if json == "null" => Kind::Null,
            _ => Kind::Scalar,
        };
        Self { json, kind }
    }

    fn broken(json: &'t str) -> Self {
        Self {
            json,
            kind: Kind::Broken,
        }
    }

    /// Returns the text of a scalar. `null` is empty, and an array or object is its JSON.
    fn text(&self) -> Cow<'t, str> {
        match self.json.strip_prefix('"') {
            Some(_) => serde_json::from_str(self.json).map_or(Cow::Borrowed(self.json), Cow::Owned),
            None if self.kind == Kind::Null => Cow::Borrowed(""),
            None => Cow::Borrowed(self.json),
        }
    }
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
        flatten(object, "", 1, &mut |path, _| {
            let occurrence = count(&mut seen, path);
            if self.names.len() <= MAX_COLUMNS
                && !self.indices.contains_key(&(path.to_owned(), occurrence))
            {
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
        flatten(object, "", 1, &mut |path, value| {
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

/// Calls `visit` with the path and value of each member that isn't an object.
fn flatten<'v>(
    object: &'v str,
    path: &str,
    depth: usize,
    visit: &mut dyn FnMut(&str, Element<'v>),
) {
    let Ok(Members(members)) = serde_json::from_str(object) else {
        return;
    };
    for (name, member) in members {
        let path = match path {
            "" => name,
            path => format!("{path}.{name}"),
        };
        let member = Element::new(member);
        match member.kind {
            Kind::Object if depth < MAX_DEPTH => flatten(member.json, &path, depth + 1, visit),
            _ => visit(&path, member),
        }
    }
}

/// The members of an object in their order. A map would keep one of two members with the same name.
struct Members<'v>(Vec<(String, &'v RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
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
