//! Reads a list from bytes.

use std::sync::Mutex;

use contract::list::{ParsedSsn, ReadOptions};
use contract::{InvalidReason, limits};

use crate::decode::{Encoding, decode};
use crate::json::read_json;
use crate::lines::{Lines, Start};
use crate::plan::{Input, Plan, plan};
use crate::rows::Rows;
use crate::sheet::Sheet;
use crate::signature::{FileKind, file_kind, is_html};
use crate::source::{Origin, Source};
use crate::{ColumnSelector, ReadError, read_value};

/// Reads a list from the bytes of a file or of pasted text.
///
/// The list has one value per line, or is a table with the numbers in one column. `column` selects
/// that column if it isn't certain. A header isn't a row. A list without rows isn't an error.
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

/// Reads a list from a sheet of a workbook, like [`read_source`].
///
/// Each row's line number is its row in the sheet. The source takes the sheet's text. If there is an
/// error, the sheet is unchanged, so that it can be read again with a column selected.
///
/// # Errors
///
/// Returns a [`ReadError`] if the list can't be read.
pub fn read_sheet(
    sheet: &mut Sheet,
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<Source, ReadError> {
    let limit = limits::MAX_LIST_ROWS;
    let table = std::mem::take(&mut sheet.table);
    match read_input(&Input::of_table(&table), limit, options, column) {
        Ok(read) => Ok(read.into_source(table.text, Encoding::Utf8, Origin::Sheet)),
        Err(error) => {
            sheet.table = table;
            Err(error)
        }
    }
}

/// Reads a text with one value per line, such as an uploaded part of a list.
///
/// It decodes the text like [`read_source`], but expects neither a table nor a header. Blank lines
/// aren't rows.
pub fn read_lines(
    bytes: &[u8],
    options: &ReadOptions,
) -> impl Iterator<Item = Result<ParsedSsn, InvalidReason>> {
    let (text, _) = decode(bytes);
    let options = *options;
    let mut lines = Lines::new(Start::default());
    std::iter::from_fn(move || {
        let line = lines.next_row(&text)?;
        Some(read_value(&text[line.span], &options))
    })
}

/// Reads a list of at most `limit` rows.
pub(crate) fn read_up_to(
    limit: usize,
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<Source, ReadError> {
    if let Some(kind) = file_kind(bytes) {
        return Err(ReadError::NotText(kind));
    }
    let (text, encoding) = decode(bytes);
    let text = text.into_owned();
    if is_html(&text) {
        return Err(ReadError::NotText(FileKind::Html));
    }
    match read_json(&text)? {
        Some(table) => {
            let read = read_input(&Input::of_table(&table), limit, options, column)?;
            Ok(read.into_source(table.text, encoding, Origin::Json))
        }
        None => {
            let read = read_input(&Input::new(&text), limit, options, column)?;
            Ok(read.into_source(text, encoding, Origin::Text))
        }
    }
}

/// Reads the rows of an input, and decides again how to read it if its cells contradict the plan.
fn read_input(
    input: &Input<'_>,
    limit: usize,
    options: &ReadOptions,
    column: Option<&ColumnSelector>,
) -> Result<ReadInput, ReadError> {
    let mut plan = plan(input, column, true)?;
    let mut rows = Rows::read(input, &plan, limit, options)?;
    if !rows.confirm(&plan) {
        plan = self::plan(input, column, false)?;
        rows = Rows::read(input, &plan, limit, options)?;
    }
    Ok(ReadInput { plan, rows })
}

/// The rows of an input and how they were read.
struct ReadInput {
    plan: Plan,
    rows: Rows,
}

impl ReadInput {
    fn into_source(self, text: String, encoding: Encoding, origin: Origin) -> Source {
        let Self { plan, rows } = self;
        Source {
            list: rows.list.finish(),
            table: plan.table,
            places: rows.places,
            records: rows.records.map(Mutex::new),
            zeros_lost: rows.zeros_lost,
            warnings: rows.warnings,
            text,
            encoding,
            origin,
        }
    }
}
