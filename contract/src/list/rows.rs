//! Rows and items: a row for each number and each INVALID line, an item for each distinct number.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::Ssn;
use crate::list::{InvalidReason, LineNumbers};

/// A number that was parsed from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedSsn {
    /// The number.
    pub ssn: Ssn,
    /// Whether leading zeros were restored.
    pub restored: bool,
}

/// One row of the list, as a valid number or the reason why it isn't one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A valid number.
    Item {
        /// Index of its item in [`List::items`].
        index: u32,
        /// Whether leading zeros were restored.
        restored: bool,
    },
    /// Not a valid number.
    Invalid(InvalidReason),
}

/// A list that has been read: its rows and its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// The line of each row.
    pub lines: LineNumbers,
    /// The distinct valid numbers, in the order of their first rows.
    pub items: Vec<Ssn>,
    /// Number of rows that are [`Row::Invalid`].
    pub invalid: usize,
}

impl List {
    /// Returns the number of rows that repeat the number of an earlier row.
    pub fn duplicates(&self) -> usize {
        self.rows.len() - self.items.len() - self.invalid
    }

    /// Returns the number of a row, or `None` if it is INVALID or doesn't exist.
    pub fn ssn(&self, row: usize) -> Option<Ssn> {
        match self.rows.get(row)? {
            Row::Item { index, .. } => self.items.get(*index as usize).copied(),
            Row::Invalid(_) => None,
        }
    }

    /// Appends a row to `out` as a line that can be sent to a server.
    ///
    /// `lists::read_lines` reads the same row from the line, if it uses the options that this list was
    /// read with. An INVALID row is written as its reason's placeholder, without
    /// any of the original text. If the row doesn't exist, nothing is appended.
    pub fn write_line(&self, row: usize, out: &mut String) {
        match self.rows.get(row) {
            Some(Row::Item { index, restored }) => {
                let digits = self.items[*index as usize].expose_digits();
                // Leaving out the first zero makes the reader restore it again.
                let digits = &digits[usize::from(*restored)..];
                out.extend(digits.iter().map(|digit| char::from(*digit)));
            }
            Some(Row::Invalid(reason)) => out.push_str(reason.placeholder()),
            None => return,
        }
        out.push('\n');
    }
}

/// Builds a [`List`] value by value.
#[derive(Default)]
pub struct ListBuilder {
    list: List,
    index_of: HashMap<Ssn, u32, FxBuildHasher>,
}

impl ListBuilder {
    /// Creates a builder with capacity for `rows` rows.
    ///
    /// The table of numbers isn't as large from the start: in WebAssembly, a million numbers took a third
    /// longer if it was, since all of them went to places that no cache had.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            list: List {
                rows: Vec::with_capacity(rows),
                lines: LineNumbers::default(),
                items: Vec::with_capacity(rows),
                invalid: 0,
            },
            index_of: HashMap::default(),
        }
    }

    /// Adds a row that is on this line, from 1.
    pub fn push(&mut self, value: Result<ParsedSsn, InvalidReason>, line: u32) -> Row {
        let row = match value {
            Ok(ParsedSsn { ssn, restored }) => {
                let items = &mut self.list.items;
                let index = *self.index_of.entry(ssn).or_insert_with(|| {
                    items.push(ssn);
                    (items.len() - 1) as u32
                });
                Row::Item { index, restored }
            }
            Err(reason) => {
                self.list.invalid += 1;
                Row::Invalid(reason)
            }
        };
        self.list.rows.push(row);
        self.list.lines.push(line);
        row
    }

    /// Returns the list.
    pub fn finish(self) -> List {
        self.list
    }
}

/// Each value is on a line of its own.
impl FromIterator<Result<ParsedSsn, InvalidReason>> for List {
    fn from_iter<I: IntoIterator<Item = Result<ParsedSsn, InvalidReason>>>(values: I) -> Self {
        let values = values.into_iter();
        let mut builder = ListBuilder::with_capacity(values.size_hint().0);
        for (value, line) in values.zip(1..) {
            builder.push(value, line);
        }
        builder.finish()
    }
}
