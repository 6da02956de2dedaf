//! A list together with the text that it was read from.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use contract::InvalidReason;
use contract::list::{List, Row};

use crate::cell::is_blank;
use crate::classify::{CellKind, classify};
use crate::quotes::unquoted;
use crate::records::Records;
use crate::{Encoding, TableLayout};

/// A list and the text that it was read from.
///
/// The text stays in the browser or in the process that read the file. It is never sent.
pub struct Source {
    /// The rows and items.
    pub list: List,
    /// The layout of the text, if it is a table or has a header.
    pub table: Option<TableLayout>,
    pub(crate) text: String,
    pub(crate) encoding: Encoding,
    pub(crate) origin: Origin,
    pub(crate) places: Vec<Place>,
    /// The CSV reader, if the text is a table. It is kept because creating one takes longer than
    /// reading a record.
    pub(crate) records: Option<Mutex<Records>>,
    pub(crate) zeros_lost: usize,
    pub(crate) warnings: usize,
}

/// What a list is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Text, with lines or with records.
    Text,
    /// JSON.
    Json,
    /// A sheet of a workbook.
    Sheet,
}

/// The position of a row in the text.
#[derive(Clone)]
pub(crate) struct Place {
    /// Start of its line or record.
    pub(crate) start: usize,
    pub(crate) value: Range<usize>,
    pub(crate) line: u32,
}

impl Source {
    /// Returns the line on which a row starts, from 1, or 0 if the row doesn't exist.
    pub fn line_number(&self, row: usize) -> u32 {
        self.places.get(row).map_or(0, |place| place.line)
    }

    /// Returns the text of a row's value, or an empty string if the row doesn't exist.
    ///
    /// The value of a table is unquoted. That of a shifted record is the whole record, with its quotes.
    ///
    /// The text is a secret, valid or not. Use it only to show an INVALID line to its author.
    pub fn raw_value(&self, row: usize) -> Cow<'_, str> {
        let Some(place) = self.places.get(row) else {
            return Cow::Borrowed("");
        };
        let text = &self.text[place.value.clone()];
        let is_shifted = self.list.rows.get(row) == Some(&Row::Invalid(InvalidReason::Shifted));
        let value = match &self.records {
            Some(_) if !is_shifted => unquoted(text),
            _ => Cow::Borrowed(text),
        };
        match value {
            Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
            Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
        }
    }

    /// Returns all cells of a row, unquoted, including the number; empty if the row doesn't exist.
    ///
    /// If the list isn't a table, the line is the only cell. The cells are a secret like
    /// [`Self::raw_value`]. Use them only to join the other columns to the results.
    pub fn cells(&self, row: usize) -> Vec<Cow<'_, str>> {
        match (self.places.get(row), &self.records) {
            (None, _) => Vec::new(),
            (Some(_), None) => vec![self.raw_value(row)],
            (Some(place), Some(records)) => {
                let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
                records.read_at(&self.text, place.start);
                let fields = records.fields().iter();
                fields.map(|f| unquoted(&self.text[f.clone()])).collect()
            }
        }
    }

    /// Returns the encoding of the text that it was read from. That of a sheet is always UTF-8.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Returns what the list was read from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether an INVALID row has a number as 123-45-6789 among other text, such as a name.
    ///
    /// It looks at each value, so call it only to explain why a list has no number.
    pub fn has_embedded_number(&self) -> bool {
        let is_text = |row: &Row| *row == Row::Invalid(InvalidReason::OtherCharacters);
        let rows = self.list.rows.iter().enumerate();
        let mut texts = rows.filter(|(_, row)| is_text(row));
        texts.any(|(index, _)| classify(&self.raw_value(index)) == CellKind::Embedded)
    }

    /// Whether a row has a value of its own, so that [`Self::replace_value`] can replace it.
    ///
    /// A total or a shifted record has none, and the rows of JSON can't be replaced.
    pub fn is_replaceable(&self, row: usize) -> bool {
        let has_value = |row: &Row| match row {
            Row::Item { .. } => true,
            Row::Invalid(reason) => !matches!(
                reason,
                InvalidReason::Preamble
                    | InvalidReason::RepeatedHeader
                    | InvalidReason::ControlRecord
                    | InvalidReason::Shifted
            ),
        };
        self.origin != Origin::Json && self.list.rows.get(row).is_some_and(has_value)
    }

    /// Returns the list's text with another value in place of a row's, to be read again.
    ///
    /// The text of a sheet has its [records](crate::Sheet::from_parts).
    ///
    /// Returns `None` unless the row [is replaceable](Self::is_replaceable). The text is a secret like
    /// [`Self::raw_value`].
    pub fn replace_value(&self, row: usize, value: &str) -> Option<String> {
        let place = self.places.get(row).filter(|_| self.is_replaceable(row))?;
        let (mut span, mut value) = (place.value.clone(), Cow::Borrowed(value));
        if let (Some(table), Some(records)) = (&self.table, &self.records) {
            let delimiter = char::from(table.delimiter);
            // The reader skips blank lines. In a sheet, that would shift the row numbers of all later
            // records, so quote the empty value.
            let is_lost = self.origin == Origin::Sheet && is_blank(&value);
            if is_lost || value.contains([delimiter, '"', '\n', '\r']) {
                value = Cow::Owned(format!("\"{}\"", value.replace('"', "\"\"")));
            }
            let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
            records.read_at(&self.text, place.start);
            let fields = records.fields();
            // The record may end before the column.
            let missing = (table.ssn_column + 1).saturating_sub(fields.len());
            if let (Some(last), 1..) = (fields.last(), missing) {
                span = last.end..last.end;
                let delimiters = delimiter.to_string().repeat(missing);
                value = Cow::Owned(delimiters + &value);
            }
        }
        Some([&self.text[..span.start], &value, &self.text[span.end..]].concat())
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

#[cfg(test)]
mod tests;
