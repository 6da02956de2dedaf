//! Reads a list from bytes.

use std::ops::Range;
use std::sync::Mutex;

use contract::list::{ListBuilder, ParsedSsn, ReadOptions};
use contract::{InvalidReason, limits};

use crate::cell::clean;
use crate::classify::{CellKind, classify};
use crate::decode::decode;
use crate::evidence::Evidence;
use crate::lines::{Lines, Start};
use crate::plan::{Input, Plan, plan};
use crate::preamble::repeats_header;
use crate::records::Records;
use crate::signature::{FileKind, file_kind, is_html};
use crate::source::{Place, Source};
use crate::value::{accept, parse_number};
use crate::words::is_control;
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
    let text = decode(bytes).into_owned();
    if is_html(&text) {
        return Err(ReadError::NotText(FileKind::Html));
    }
    let input = Input::new(&text);
    let mut plan = plan(&input, column, true)?;
    let mut rows = Rows::read(&input, &plan, limit, options)?;
    if plan.is_provisional && !rows.places.is_empty() && !rows.evidence.confirms_header() {
        plan = self::plan(&input, column, false)?;
        rows = Rows::read(&input, &plan, limit, options)?;
    }
    Ok(Source {
        list: rows.list.finish(),
        table: plan.table,
        places: rows.places,
        records: rows.records.map(Mutex::new),
        zeros_lost: rows.zeros_lost,
        warnings: rows.warnings,
        text,
    })
}

/// The rows of a text, and what was counted while they were read.
#[derive(Default)]
struct Rows {
    list: ListBuilder,
    places: Vec<Place>,
    records: Option<Records>,
    zeros_lost: usize,
    warnings: usize,
    /// What the cells of the column are. Only filled if the plan is provisional.
    evidence: Evidence,
}

impl Rows {
    fn read(
        input: &Input<'_>,
        plan: &Plan,
        limit: usize,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let text = input.text;
        let table = plan.table.as_ref().filter(|_| plan.has_records);
        let column = table.map_or(0, |table| table.ssn_column);
        let mut records = table.map(|table| Records::new(table.delimiter, input.start));
        let mut lines = Lines::new(input.start);
        let mut next = |records: &mut Option<Records>| match records {
            None => lines.next_row(text).map(|line| Place {
                start: line.span.start,
                value: line.span,
                line: line.number,
            }),
            Some(records) => records.next(text).map(|record| Place {
                start: record.start,
                // The value is empty if the record ends before the column.
                value: records.fields().get(column).cloned().unwrap_or_default(),
                line: record.line,
            }),
        };
        let mut read = Self::default();
        let (mut index, mut rows) = (0, 0);
        while let Some(place) = next(&mut records) {
            let is_before_header = plan.header.is_some_and(|header| index < header);
            let is_header = plan.header == Some(index);
            index += 1;
            if is_header {
                continue;
            }
            rows += 1;
            if rows > limit {
                continue;
            }
            let value = match is_before_header {
                true => Err(InvalidReason::Preamble),
                false => {
                    let fields = records.as_ref().map_or(&[][..], Records::fields);
                    read.value(&text[place.value.clone()], plan, options, || {
                        is_control_record(text, fields, column)
                    })
                }
            };
            read.list.push(value);
            read.places.push(place);
        }
        if rows > limit {
            return Err(ReadError::TooManyRows { rows, limit });
        }
        read.records = records;
        Ok(read)
    }

    /// Reads the value of a row below the header.
    fn value(
        &mut self,
        cell: &str,
        plan: &Plan,
        options: &ReadOptions,
        is_control: impl FnOnce() -> bool,
    ) -> Result<ParsedSsn, InvalidReason> {
        let number = parse_number(cell);
        let header = plan.header_cell.as_deref().unwrap_or_default();
        if number.is_err() && repeats_header(header, cell) {
            return Err(InvalidReason::RepeatedHeader);
        }
        if plan.is_provisional {
            self.evidence.add(match number {
                Ok(number) if !number.restored => CellKind::Bare,
                _ => classify(cell),
            });
        }
        let number = number?;
        // A count or a sum. A number with dashes is one of a person, whatever is beside it.
        if is_control() && classify(cell) != CellKind::Dashed {
            return Err(InvalidReason::ControlRecord);
        }
        self.zeros_lost += usize::from(number.restored);
        let value = accept(number, options);
        self.warnings += usize::from(value.is_ok_and(|n| n.ssn.warning().is_some()));
        value
    }
}

/// Whether the first other cell with text says that the record is a total, a header or a trailer.
fn is_control_record(text: &str, fields: &[Range<usize>], column: usize) -> bool {
    let others = fields.iter().enumerate().filter(|(at, _)| *at != column);
    let mut cells = others.map(|(_, field)| clean(&text[field.clone()]));
    cells.find(|cell| !cell.is_empty()).is_some_and(is_control)
}
