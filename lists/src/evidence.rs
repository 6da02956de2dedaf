//! What the cells of a column are, and which column that makes certain.
//!
//! Cells that say that there is none (`n/a`, `pending`) are not filled. *Nearly numbers* are numbers, those
//! that a spreadsheet changed (`123456789.0`, `1.2E+08`, lost zeros) and masked ones (`***-**-6789`).
//! An SSN header names SSNs alone, or among other words: `Spouse SSN`.
//!
//! | # | columns | the column of numbers |
//! | --- | --- | --- |
//! | 1 | There is one column, or only one has filled cells and none of the others is named. | That one. |
//! | 2 | One filled column has a header for SSNs alone, and at least half of its filled cells are nearly numbers. | That one. |
//! | 3 | As 2, but none of its cells is a number, and another column has dashed numbers, or numbers below an SSN header. | Not certain. |
//! | 4 | No header is for SSNs alone. One column has an SSN header and nearly numbers in half of its filled cells, some of them numbers, and no other column is dashed. | That one. |
//! | 5 | No column has an SSN header. At least half of the filled cells of one column are dashed 3-2-4 or masked, some of them dashed, and its header doesn't name other numbers. In each other column, at most a tenth have such cells, or text with a dashed number. | That one. |
//! | 6 | Anything else, such as nine digits without dashes below `Tax ID`, `Account` or no header. | Not certain. |

use std::ops::Range;

use crate::ColumnBasis;
use crate::classify::CellKind;
use crate::header::{HeaderKind, header_kind};

/// Counts of the cells in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// All cells.
    pub(crate) cells: usize,
    /// Cells that are neither empty nor say that there is no number.
    filled: usize,
    /// Numbers as 3-2-4.
    pub(crate) dashed: usize,
    /// Numbers as nine digits.
    pub(crate) bare: usize,
    /// Numbers that a spreadsheet changed.
    pub(crate) changed: usize,
    /// Masked numbers.
    pub(crate) masked: usize,
    /// Texts that contain a dashed number.
    embedded: usize,
}

impl Evidence {
    /// Counts a cell.
    pub(crate) fn add(&mut self, kind: CellKind) {
        self.cells += 1;
        self.filled += usize::from(!matches!(kind, CellKind::Empty | CellKind::Missing));
        match kind {
            CellKind::Dashed => self.dashed += 1,
            CellKind::Bare => self.bare += 1,
            CellKind::Changed => self.changed += 1,
            CellKind::Masked => self.masked += 1,
            CellKind::Embedded => self.embedded += 1,
            CellKind::Empty | CellKind::Missing | CellKind::Other => {}
        }
    }

    pub(crate) fn numbers(&self) -> usize {
        self.dashed + self.bare
    }

    /// Whether a cell is a number in any form, or contains one.
    pub(crate) fn has_any(&self) -> bool {
        self.numbers() + self.changed + self.masked + self.embedded > 0
    }

    /// Whether at least half of the filled cells are nearly numbers.
    fn is_nearly_numbers(&self) -> bool {
        let nearly = self.numbers() + self.changed + self.masked;
        nearly > 0 && nearly * 2 >= self.filled
    }

    /// Whether the cells confirm a header for SSNs without looking at the other columns (rule 2).
    pub(crate) fn confirms_header(&self) -> bool {
        self.numbers() > 0 && self.is_nearly_numbers()
    }

    /// Whether the column is mostly dashed (rule 5).
    pub(crate) fn is_dashed(&self) -> bool {
        self.dashed > 0 && (self.dashed + self.masked) * 2 >= self.filled
    }

    /// Whether more than a tenth of the cells are dashed, masked or contain a dashed number.
    fn has_dashed(&self) -> bool {
        (self.dashed + self.masked + self.embedded) * 10 > self.filled
    }

    /// Whether people may mean this column, if it has no header for SSNs.
    fn may_be_ssns(&self) -> bool {
        self.is_nearly_numbers() || self.has_dashed()
    }
}

/// The column of numbers, if it is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is this column, for this reason.
    Certain(usize, ColumnBasis),
    /// It may be one of these columns. If there are none, no column looks like SSNs.
    Uncertain(Vec<usize>),
}

/// Returns the only column with a header for SSNs alone. It needs [`Evidence::confirms_header`] only.
pub(crate) fn single_ssn_header(header: &[&str]) -> Option<usize> {
    let mut found = header
        .iter()
        .enumerate()
        .filter(|(_, cell)| header_kind(cell) == HeaderKind::Ssn);
    match (found.next(), found.next()) {
        (Some((column, _)), None) => Some(column),
        _ => None,
    }
}

/// Weighs the columns by the rules of this module.
pub(crate) fn weigh(header: Option<&[&str]>, columns: &[Evidence]) -> Verdict {
    let cell = |column: usize| header.and_then(|header| header.get(column)).unwrap_or(&"");
    let kinds: Vec<HeaderKind> = (0..columns.len())
        .map(|column| header_kind(cell(column)))
        .collect();
    let all: Range<usize> = 0..columns.len();
    let select = |test: &dyn Fn(usize) -> bool| -> Vec<usize> {
        all.clone().filter(|column| test(*column)).collect()
    };
    let is_filled = |column: usize| columns[column].filled > 0;
    let is_nearly = |column: usize| columns[column].is_nearly_numbers();
    let with_kind = |kind| select(&|column| kinds[column] == kind);
    let ssn = select(&|column| kinds[column] == HeaderKind::Ssn && is_filled(column));
    let maybe = with_kind(HeaderKind::MaybeSsn);
    let is_ssn = |column: usize| kinds[column].is_ssn();

    // 1
    if columns.len() == 1 {
        return Verdict::Certain(0, ColumnBasis::OnlyColumn);
    }
    let used = select(&|column| is_filled(column) || !cell(column).trim().is_empty());
    if let [only] = used[..]
        && is_filled(only)
    {
        return Verdict::Certain(only, ColumnBasis::OnlyColumn);
    }
    // 2 and 3
    if let [column] = ssn[..]
        && is_nearly(column)
    {
        let contradicts = |other: usize| {
            let numbers = columns[other].numbers();
            other != column && (columns[other].is_dashed() || (is_ssn(other) && numbers > 0))
        };
        if columns[column].numbers() > 0 || !all.clone().any(contradicts) {
            return Verdict::Certain(column, ColumnBasis::Header);
        }
    }
    // 4
    let numbers_below: Vec<usize> = maybe
        .iter()
        .copied()
        .filter(|column| columns[*column].confirms_header())
        .collect();
    if let [column] = numbers_below[..]
        && with_kind(HeaderKind::Ssn).is_empty()
        && !all
            .clone()
            .any(|other| other != column && columns[other].has_dashed())
    {
        return Verdict::Certain(column, ColumnBasis::Header);
    }
    // 5
    if !all.clone().any(is_ssn) {
        let dashed = select(&|column| columns[column].has_dashed());
        if let [column] = dashed[..]
            && columns[column].is_dashed()
            && kinds[column] != HeaderKind::OtherNumber
        {
            return Verdict::Certain(column, ColumnBasis::Content);
        }
    }
    // 6
    Verdict::Uncertain(select(&|column| {
        is_ssn(column) || columns[column].may_be_ssns()
    }))
}

#[cfg(test)]
mod tests;
