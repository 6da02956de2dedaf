//! Counts what the cells of each column are, record by record.

use std::ops::Range;

use crate::classify::classify;
use crate::evidence::{Evidence, Verdict, weigh};
use crate::preamble::repeats_header;
use crate::records::is_shifted;

/// The evidence of each column below the header, in the records that were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The cells of the header, if there is one.
    header: Option<Vec<String>>,
    /// Number of records up to the header that still follow.
    above: usize,
    max_fields: usize,
    pub(crate) columns: Vec<Evidence>,
}

impl Tally {
    /// Begins at the first record of a text. `header` is a record's index and cells.
    pub(crate) fn new(header: Option<(usize, &[&str])>, max_fields: usize, columns: usize) -> Self {
        Self {
            header: header.map(|(_, cells)| cells.iter().map(|cell| (*cell).to_owned()).collect()),
            above: header.map_or(0, |(index, _)| index + 1),
            max_fields,
            columns: vec![Evidence::default(); columns],
        }
    }

    /// Counts the cells of the next record. Shifted records and the header's names don't count.
    pub(crate) fn add(&mut self, text: &str, fields: &[Range<usize>]) {
        if self.above > 0 {
            self.above -= 1;
            return;
        }
        if is_shifted(text, fields, self.max_fields) {
            return;
        }
        let names = self.header.as_deref().unwrap_or_default();
        for (at, (column, field)) in self.columns.iter_mut().zip(fields).enumerate() {
            let cell = &text[field.clone()];
            if !names.get(at).is_some_and(|name| repeats_header(name, cell)) {
                column.add(classify(cell));
            }
        }
    }

    /// Weighs the columns.
    pub(crate) fn verdict(&self) -> Verdict {
        let names = self.header.as_ref();
        let names = names.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        weigh(names.as_deref(), &self.columns)
    }
}
