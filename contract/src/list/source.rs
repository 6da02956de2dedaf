//! A list where it came from: its rows, and what stood in the text for each.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::limits;
use crate::list::decode::decode;
use crate::list::lines::Lines;
use crate::list::plan::{Plan, plan};
use crate::list::records::{Records, unquoted};
use crate::list::value::{number_in, taken};
use crate::list::{
    ColumnSelector, InvalidReason, List, ListBuilder, ParsedSsn, ReadError, ReadOptions,
    TableLayout, read_value,
};

/// A list that was read from a text or a table, with the text itself: what was typed stays here,
/// in the browser or in the process that read the file, and is never sent.
pub struct Source {
    /// The rows and items.
    pub list: List,
    /// How the text was understood, where it is a table or has a header.
    pub table: Option<TableLayout>,
    text: String,
    places: Vec<Place>,
    /// Where the text was read as records. Kept, since making a reader takes longer than reading
    /// a record.
    records: Option<Mutex<Records>>,
    zeros_lost: usize,
    warnings: usize,
}

/// Where a row stands in the text.
struct Place {
    /// Where its line or record begins.
    start: usize,
    value: Range<usize>,
    line: u32,
}

impl Source {
    /// The line of the source on which a row stands, or begins, from 1. 0 for a row that isn't there.
    pub fn line_number(&self, row: usize) -> u32 {
        self.places.get(row).map_or(0, |place| place.line)
    }

    /// What was typed for this row. It is a secret, valid or not: only for showing an INVALID line
    /// to the one who typed it. Empty for a row that isn't there.
    pub fn raw_value(&self, row: usize) -> &str {
        self.places
            .get(row)
            .map_or("", |place| self.text[place.value.clone()].trim())
    }

    /// All that stood in this row of a table, its number too, one for each field as its writer
    /// meant it; of a text of lines what was typed. None for a row that isn't there. A secret like
    /// [`Self::raw_value`]: for joining the other columns to the results, where the list came from.
    pub fn cells(&self, row: usize) -> Vec<Cow<'_, str>> {
        match (self.places.get(row), &self.records) {
            (None, _) => Vec::new(),
            (Some(_), None) => vec![Cow::Borrowed(self.raw_value(row))],
            (Some(place), Some(records)) => {
                let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
                records.read_at(&self.text, place.start);
                let fields = records.fields().iter();
                fields.map(|f| unquoted(&self.text[f.clone()])).collect()
            }
        }
    }

    /// Bytes of memory that it takes, about.
    pub fn memory_bytes(&self) -> usize {
        self.text.len()
            + size_of_val(self.places.as_slice())
            + size_of_val(self.list.rows.as_slice())
            + size_of_val(self.list.items.as_slice())
    }

    /// Rows of seven or eight bare digits, restored or not.
    pub fn zeros_lost(&self) -> usize {
        self.zeros_lost
    }

    /// Rows with a number that SSA never issued, taken with a warning.
    pub fn warnings(&self) -> usize {
        self.warnings
    }
}

/// Shows how many rows there are, nothing of what was typed.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("rows", &self.list.rows.len())
            .field("items", &self.list.items.len())
            .field("invalid", &self.list.invalid)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}

/// Reads a list from the bytes of a file or of what was pasted: one value a line, or a table of
/// which one column holds the numbers. `column` says which, where the reader can't tell. A first
/// line that names the column is no row.
///
/// # Errors
/// See [`ReadError`]. A line that is no number is no error but an INVALID row.
pub fn read_source(
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<Source, ReadError> {
    read_up_to(limits::MAX_LIST_ROWS, bytes, options, column)
}

/// Reads a text of one value a line, such as an uploaded part: no table, no header, blank lines
/// are no rows; decoded as [`read_source`] decodes.
pub fn read_lines(
    bytes: &[u8],
    options: &ReadOptions,
) -> impl Iterator<Item = Result<ParsedSsn, InvalidReason>> {
    let text = decode(bytes);
    let options = *options;
    let mut lines = Lines::new();
    std::iter::from_fn(move || {
        let line = lines.next_row(&text)?;
        Some(read_value(&text[line.span], &options))
    })
}

fn read_up_to(
    limit: usize,
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<Source, ReadError> {
    if is_workbook(bytes) {
        return Err(ReadError::Workbook);
    }
    let text = decode(bytes).into_owned();
    let (table, mut records) = match plan(&text, column)? {
        Plan::Lines(table) => (table, None),
        Plan::Records(table) => (Some(table.clone()), Some(Records::new(table.delimiter))),
    };
    let index = table.as_ref().map_or(0, |table| table.ssn_column);
    let header = table.as_ref().is_some_and(|table| table.headers.is_some());

    let mut lines = Lines::new();
    let next = || match &mut records {
        None => lines.next_row(&text).map(|line| Place {
            start: line.span.start,
            value: line.span,
            line: line.number,
        }),
        Some(records) => records.next(&text).map(|record| Place {
            start: record.start,
            // A record that ends before the column has an empty value.
            value: records.fields().get(index).cloned().unwrap_or_default(),
            line: record.line,
        }),
    };
    let mut source = Building::default();
    let mut rows = 0;
    for place in std::iter::from_fn(next).skip(usize::from(header)) {
        rows += 1;
        if rows <= limit {
            source.push(place, &text, options);
        }
    }
    if rows > limit {
        return Err(ReadError::TooManyRows { rows, limit });
    }
    Ok(Source {
        list: source.list.finish(),
        table,
        text,
        places: source.places,
        records: records.map(Mutex::new),
        zeros_lost: source.zeros_lost,
        warnings: source.warnings,
    })
}

#[derive(Default)]
struct Building {
    list: ListBuilder,
    places: Vec<Place>,
    zeros_lost: usize,
    warnings: usize,
}

impl Building {
    fn push(&mut self, place: Place, text: &str, options: &ReadOptions) {
        let number = number_in(&text[place.value.clone()]);
        self.zeros_lost += usize::from(number.is_ok_and(|n| n.restored));
        let value = number.and_then(|n| taken(n, options));
        self.warnings += usize::from(value.is_ok_and(|n| n.ssn.warning().is_some()));
        self.list.push(value);
        self.places.push(place);
    }
}

/// The first bytes of an .xlsx, which is a ZIP archive, or of an .xls, an OLE compound file.
fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

#[cfg(test)]
mod tests;
