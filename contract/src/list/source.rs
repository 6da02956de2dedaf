//! A list where it came from: its rows, and what stood in the text for each.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::limits;
use crate::list::decode::decode;
use crate::list::lines::Lines;
use crate::list::value::{number_in, taken};
use crate::list::{
    Column, InvalidReason, List, ListBuilder, Number, ReadError, ReadOptions, Table, read_value,
};

/// A list that was read from a text or a table, with the text itself: what was typed stays here,
/// in the browser or in the process that read the file, and is never sent.
pub struct Source {
    /// The rows and items.
    pub list: List,
    /// How the text was understood, where it is a table or has a header.
    pub table: Option<Table>,
    text: String,
    places: Vec<Place>,
    zeros_lost: usize,
    warnings: usize,
}

/// Where a row stands in the text.
struct Place {
    value: Range<usize>,
    line: u32,
}

impl Source {
    /// The line of the source on which a row stands, or begins, from 1. 0 for a row that isn't there.
    pub fn line(&self, row: usize) -> u32 {
        self.places.get(row).map_or(0, |place| place.line)
    }

    /// What was typed for this row. It is a secret, valid or not: only for showing an INVALID line
    /// to the one who typed it. Empty for a row that isn't there.
    pub fn typed(&self, row: usize) -> &str {
        self.places
            .get(row)
            .map_or("", |place| self.text[place.value.clone()].trim())
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
/// which one column holds the numbers. `column` says which, where the reader can't tell.
///
/// # Errors
/// See [`ReadError`]. A line that is no number is no error but an INVALID row.
pub fn read_source(
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&Column>,
) -> Result<Source, ReadError> {
    let _ = column;
    let text = decode(bytes).into_owned();
    let mut list = ListBuilder::default();
    let (mut places, mut zeros_lost, mut warnings) = (Vec::new(), 0, 0);
    let mut lines = Lines::new();
    while let Some(line) = lines.next_row(&text) {
        let number = number_in(&text[line.span.clone()]);
        zeros_lost += usize::from(number.is_ok_and(|n| n.restored));
        let value = number.and_then(|n| taken(n, options));
        warnings += usize::from(value.is_ok_and(|n| n.ssn.warning().is_some()));
        list.push(value);
        places.push(Place {
            value: line.span,
            line: line.number,
        });
    }
    if places.len() > limits::MAX_LIST_ROWS {
        return Err(ReadError::TooManyRows {
            rows: places.len(),
            limit: limits::MAX_LIST_ROWS,
        });
    }
    Ok(Source {
        list: list.finish(),
        table: None,
        text,
        places,
        zeros_lost,
        warnings,
    })
}

/// Reads a text of one value a line, such as an uploaded part: no table, no header, blank lines
/// are no rows; decoded as [`read_source`] decodes.
pub fn read_lines(
    bytes: &[u8],
    options: &ReadOptions,
) -> impl Iterator<Item = Result<Number, InvalidReason>> {
    let text: Cow<'_, str> = decode(bytes);
    let options = *options;
    let mut lines = Lines::new();
    std::iter::from_fn(move || {
        let line = lines.next_row(&text)?;
        Some(read_value(&text[line.span], &options))
    })
}
