//! Counts what the cells of each column are, record by record.

use std::ops::Range;

use crate::classify::{CellKind, classify};
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
    /// Number of records below the header, including those that are shifted.
    pub(crate) records: usize,
    pub(crate) columns: Vec<Evidence>,
    /// The columns whose texts are all counted as filled cells, without looking for `n/a` and the like.
    skimmed: Vec<bool>,
    /// Whether a skimmed column has evidence, so that its filled cells must be known.
    is_inexact: bool,
}

impl Tally {
    /// Begins at the first record of a text. `header` is a record's index and cells.
    pub(crate) fn new(header: Option<(usize, &[&str])>, max_fields: usize, columns: usize) -> Self {
        Self {
            header: header.map(|(_, cells)| cells.iter().map(|cell| (*cell).to_owned()).collect()),
            above: header.map_or(0, |(index, _)| index + 1),
            max_fields,
            records: 0,
            columns: vec![Evidence::default(); columns],
            skimmed: vec![false; columns],
            is_inexact: false,
        }
    }

    /// Skims the columns without evidence in a sample, which takes a fraction of the time.
    ///
    /// Of a column without evidence, it hardly matters how many cells say that there is no number.
    pub(crate) fn skim(mut self, sample: &[Evidence]) -> Self {
        self.skimmed = sample.iter().map(|column| !column.has_any()).collect();
        self
    }

    /// Counts the cells of the next record. Shifted records and the header's names don't count.
    pub(crate) fn add(&mut self, text: &str, fields: &[Range<usize>]) {
        if self.above > 0 {
            self.above -= 1;
            return;
        }
        self.records += 1;
        if is_shifted(text, fields, self.max_fields) {
            return;
        }
        let names = self.header.as_deref().unwrap_or_default();
        for (at, (column, field)) in self.columns.iter_mut().zip(fields).enumerate() {
            let cell = &text[field.clone()];
            if self.skimmed[at] {
                match is_plain(cell) {
                    true => column.add(CellKind::Other),
                    false => column.add(classify(cell)),
                }
                self.is_inexact |= column.has_any();
                continue;
            }
            let kind = classify(cell);
            let is_number = matches!(kind, CellKind::Dashed | CellKind::Bare);
            if is_number || !names.get(at).is_some_and(|name| repeats_header(name, cell)) {
                column.add(kind);
            }
        }
    }

    /// Whether the columns give this verdict. A skimmed tally may say no although they do.
    pub(crate) fn confirms(&self, verdict: &Verdict) -> bool {
        !self.is_inexact && self.verdict() == *verdict
    }

    /// Weighs the columns.
    pub(crate) fn verdict(&self) -> Verdict {
        let names = self.header.as_ref();
        let names = names.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        weigh(names.as_deref(), &self.columns)
    }
}

/// Whether a cell is surely no number in any form: it has no digits and nothing that masks them.
fn is_plain(cell: &str) -> bool {
    let is_plain = |byte: u8| {
        byte.is_ascii() && !byte.is_ascii_digit() && !matches!(byte, b'*' | b'#' | b'x' | b'X')
    };
    cell.bytes().all(is_plain) && cell.bytes().any(|byte| byte.is_ascii_graphic())
}
