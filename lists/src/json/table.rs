//! Makes a table of JSON values.

use std::borrow::Cow;
use std::collections::HashMap;

use contract::limits;
use memchr::memchr2;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::ReadError;
use crate::json::count_breaks;
use crate::json::element::{Element, Elements, Kind, flatten};
use crate::json::list::refuse_nested_lists;
use crate::table_text::TableText;

/// Maximum number of columns. An object with more members is a map, not a record.
const MAX_COLUMNS: usize = 500;
/// Maximum size of the table, compared with the JSON text. Small objects may have hundreds of columns.
const MAX_GROWTH: usize = 8;
/// Size of a table that is never too large, in bytes.
const SMALL_TABLE: usize = 1_000_000;

/// Makes a table of elements, which are parts of the text.
///
/// The first element that has a value decides the kind of all. An element of another kind is in no
/// column of a table: it is behind the last one, so that it is an INVALID row.
pub(super) fn table(text: &str, elements: &Elements<'_>) -> Result<TableText, ReadError> {
    let limit = limits::MAX_LIST_ROWS;
    let (rows, elements) = (elements.count, &elements.kept);
    if rows > limit {
        return Err(ReadError::TooManyRows { rows, limit });
    }
    let mut with_value = elements.iter().filter(|element| !element.is_empty());
    let kind = with_value.next().map_or(Kind::Scalar, |first| first.kind);
    let mut table = TableText::default();
    let mut columns = Columns::default();
    if kind == Kind::Object {
        columns = Columns::of_objects(elements)?;
        table.has_header = true;
        // The header is no row, so its line is never shown.
        table.push(1, columns.names.iter().map(String::as_str));
    }
    if columns.has_nested || (kind == Kind::Array && elements.iter().any(nests_values)) {
        refuse_nested_lists(elements, kind)?;
    }
    let width = match kind {
        Kind::Array => width_of_arrays(elements),
        _ => columns.names.len(),
    };
    let mut lines = LineCursor::new(text);
    for element in elements {
        let line = lines.line_at(element.json.as_ptr() as usize - text.as_ptr() as usize);
        let cells = match element.kind == kind {
            true => columns.cells(element),
            false => cells_of_other_kind(element, width),
        };
        table.push(line, cells.iter().map(|cell| &**cell));
        if table.text.len() > SMALL_TABLE + MAX_GROWTH * text.len() {
            return Err(ReadError::TooManyColumns { limit: MAX_COLUMNS });
        }
    }
    if width > 0 {
        table.columns = width;
    }
    Ok(table)
}

/// Returns the cells of an element that isn't of the same kind as the first one.
fn cells_of_other_kind<'t>(element: &Element<'t>, width: usize) -> Vec<Cow<'t, str>> {
    if element.kind == Kind::Null {
        return Vec::new();
    }
    let mut cells = vec![Cow::Borrowed(""); width];
    cells.push(Cow::Borrowed(element.json));
    cells
}

/// Whether an array contains arrays or objects, or brackets in its texts.
fn nests_values(array: &Element<'_>) -> bool {
    array.kind == Kind::Array && memchr2(b'[', b'{', &array.json.as_bytes()[1..]).is_some()
}

/// Returns the length of the longest array, if other values are beside arrays with several elements.
///
/// Otherwise returns 0: beside arrays with one element, it is certain where another value belongs.
fn width_of_arrays(elements: &[Element<'_>]) -> usize {
    if elements
        .iter()
        .all(|e| matches!(e.kind, Kind::Array | Kind::Null))
    {
        return 0;
    }
    let arrays = elements.iter().filter(|e| e.kind == Kind::Array);
    let lengths = arrays.map(|array| Elements::of_array(array.json).count);
    lengths.max().filter(|longest| *longest > 1).unwrap_or(0)
}

/// The columns of objects, in the order in which they first occur.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    /// The column of each path, and of each further occurrence of it in one object.
    indices: HashMap<(String, usize), usize, FxBuildHasher>,
    /// Whether a cell is an array or object that may hold numbers.
    has_nested: bool,
}

impl Columns {
    /// Returns the columns of all objects among the elements.
    fn of_objects(elements: &[Element<'_>]) -> Result<Self, ReadError> {
        let mut columns = Self::default();
        for element in elements.iter().filter(|e| e.kind == Kind::Object) {
            columns.add(element.json);
        }
        match columns.names.len() > MAX_COLUMNS {
            true => Err(ReadError::TooManyColumns { limit: MAX_COLUMNS }),
            false => Ok(columns),
        }
    }

    /// Adds the columns of an object.
    fn add(&mut self, object: &str) {
        let mut seen = FxHashMap::<String, usize>::default();
        // A name that isn't valid text ends the object.
        let _ = flatten(object, &mut |path, value| {
            self.has_nested |= value.may_nest_numbers();
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

    /// Returns the cells of an element.
    fn cells<'t>(&self, element: &Element<'t>) -> Vec<Cow<'t, str>> {
        match element.kind {
            Kind::Object => self.cells_of_object(element.json),
            Kind::Array => {
                let elements = Elements::of_array(element.json).kept;
                elements.iter().map(Element::text).collect()
            }
            _ => vec![element.text()],
        }
    }

    /// Returns the cells of an object, up to its last column.
    fn cells_of_object<'t>(&self, object: &'t str) -> Vec<Cow<'t, str>> {
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
