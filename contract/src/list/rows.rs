//! Rows and items: a row is a line of the list, an item a distinct valid number.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::Ssn;
use crate::list::{InvalidReason, ParsedSsn};

/// What a line of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A number: the item at this index.
    Item {
        /// Index into [`List::items`].
        index: u32,
        /// Whether leading zeros were put back.
        restored: bool,
    },
    /// No number.
    Invalid(InvalidReason),
}

/// A list as it was read: every line has its row, every distinct number its item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// One for each line, in order.
    pub rows: Vec<Row>,
    /// Distinct numbers, in the order of their first row.
    pub items: Vec<Ssn>,
    /// Rows that are [`Row::Invalid`].
    pub invalid: usize,
}

impl List {
    /// Rows whose number stands in an earlier row.
    pub fn duplicates(&self) -> usize {
        self.rows.len() - self.items.len() - self.invalid
    }

    /// The number in this row; `None` for an INVALID row and one that isn't there.
    pub fn ssn(&self, row: usize) -> Option<Ssn> {
        match self.rows.get(row)? {
            Row::Item { index, .. } => self.items.get(*index as usize).copied(),
            Row::Invalid(_) => None,
        }
    }

    /// Appends a row as a line, for sending the list on: [`super::read_lines`] and
    /// [`super::read_value`] read the same row from it under the options by which this list was
    /// read. Of an INVALID row it has the reason's example and nothing that was typed. Nothing is
    /// appended for a row that isn't there.
    pub fn write_line(&self, row: usize, out: &mut String) {
        match self.rows.get(row) {
            Some(Row::Item { index, restored }) => {
                let digits = self.items[*index as usize].expose_digits();
                // Eight digits are read as restored again.
                let digits = &digits[usize::from(*restored)..];
                out.extend(digits.iter().map(|digit| char::from(*digit)));
            }
            Some(Row::Invalid(reason)) => out.push_str(reason.placeholder()),
            None => return,
        }
        out.push('\n');
    }
}

/// Makes a [`List`] from values as they come.
#[derive(Default)]
pub struct ListBuilder {
    list: List,
    index_of: HashMap<Ssn, u32, FxBuildHasher>,
}

impl ListBuilder {
    /// A builder with room for so many rows, so that nothing is moved while they come.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            list: List {
                rows: Vec::with_capacity(rows),
                items: Vec::with_capacity(rows),
                invalid: 0,
            },
            index_of: HashMap::with_capacity_and_hasher(rows, FxBuildHasher),
        }
    }

    /// Takes the next row.
    pub fn push(&mut self, value: Result<ParsedSsn, InvalidReason>) -> Row {
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
        row
    }

    /// The list of all that was pushed.
    pub fn finish(self) -> List {
        self.list
    }
}

impl FromIterator<Result<ParsedSsn, InvalidReason>> for List {
    fn from_iter<I: IntoIterator<Item = Result<ParsedSsn, InvalidReason>>>(values: I) -> Self {
        let values = values.into_iter();
        let mut builder = ListBuilder::with_capacity(values.size_hint().0);
        for value in values {
            builder.push(value);
        }
        builder.finish()
    }
}
