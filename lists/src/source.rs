//! A list together with the text that it was read from.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use contract::list::{List, ListBuilder, ParsedSsn, ReadOptions};
use contract::{InvalidReason, limits};

use crate::decode::decode;
use crate::lines::Lines;
use crate::plan::{Plan, plan};
use crate::records::{Records, unquoted};
use crate::signature::{FileKind, file_kind, is_html};
use crate::value::{accept, parse_number};
use crate::{ColumnSelector, ReadError, TableLayout, read_value};

/// A list and the text that it was read from.
///
/// The text stays in the browser or in the process that read the file. It is never sent.
pub struct Source {
    /// The rows and items.
    pub list: List,
    /// The layout of the text, if it is a table or has a header.
    pub table: Option<TableLayout>,
    text: String,
    places: Vec<Place>,
    /// The CSV reader, if the text is a table. It is kept because creating one takes longer than
    /// reading a record.
    records: Option<Mutex<Records>>,
    zeros_lost: usize,
    warnings: usize,
}

/// The position of a row in the text.
struct Place {
    /// Start of its line or record.
    start: usize,
    value: Range<usize>,
    line: u32,
}

impl Source {
    /// Returns the line on which a row starts, from 1, or 0 if the row doesn't exist.
    pub fn line_number(&self, row: usize) -> u32 {
        self.places.get(row).map_or(0, |place| place.line)
    }

    /// Returns the text of a row's value, or an empty string if the row doesn't exist.
    ///
    /// The text is a secret, valid or not. Use it only to show an INVALID line to its author.
    pub fn raw_value(&self, row: usize) -> &str {
        self.places
            .get(row)
            .map_or("", |place| self.text[place.value.clone()].trim())
    }

    /// Returns all cells of a row, unquoted, including the number; empty if the row doesn't exist.
    ///
    /// If the list isn't a table, the line is the only cell. The cells are a secret like
    /// [`Self::raw_value`]. Use them only to join the other columns to the results.
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

    /// Returns the approximate memory that it uses, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.text.len()
            + size_of_val(self.places.as_slice())
            + size_of_val(self.list.rows.as_slice())
            + size_of_val(self.list.items.as_slice())
    }

    /// Returns the number of rows with seven or eight digits, restored or not.
    pub fn zeros_lost(&self) -> usize {
        self.zeros_lost
    }

    /// Returns the number of valid rows whose number the SSA never issued.
    pub fn warnings(&self) -> usize {
        self.warnings
    }
}

/// Shows counts only: the text may hold SSNs.
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

/// Reads a list from the bytes of a file or of pasted text.
///
/// The list has one value per line, or is a table with the numbers in one column. `column` selects
/// that column if the reader can't find it. A header isn't a row.
///
/// # Errors
///
/// Returns a [`ReadError`] if the list can't be read. A line that isn't a number is an INVALID row
/// instead.
pub fn read_source(
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<Source, ReadError> {
    read_up_to(limits::MAX_LIST_ROWS, bytes, options, column)
}

/// Reads a text with one value per line, such as an uploaded part of a list.
///
/// It decodes the text like [`read_source`], but expects neither a table nor a header. Blank lines
/// aren't rows.
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
    if let Some(kind) = file_kind(bytes) {
        return Err(ReadError::NotText(kind));
    }
    let text = decode(bytes).into_owned();
    if is_html(&text) {
        return Err(ReadError::NotText(FileKind::Html));
    }
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
            // The value is empty if the record ends before the column.
            value: records.fields().get(index).cloned().unwrap_or_default(),
            line: record.line,
        }),
    };
    let mut source = SourceBuilder::default();
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
struct SourceBuilder {
    list: ListBuilder,
    places: Vec<Place>,
    zeros_lost: usize,
    warnings: usize,
}

impl SourceBuilder {
    fn push(&mut self, place: Place, text: &str, options: &ReadOptions) {
        let number = parse_number(&text[place.value.clone()]);
        self.zeros_lost += usize::from(number.is_ok_and(|n| n.restored));
        let value = number.and_then(|n| accept(n, options));
        self.warnings += usize::from(value.is_ok_and(|n| n.ssn.warning().is_some()));
        self.list.push(value);
        self.places.push(place);
    }
}

#[cfg(test)]
mod tests;
