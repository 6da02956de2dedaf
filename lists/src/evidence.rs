//! What the cells of a column are, and which column that makes certain.
//!
//! Cells that say that there is none (`n/a`, `pending`) are not filled. *Nearly numbers* are numbers, those
//! that a spreadsheet changed (`123456789.0`, `1.2E+08`, lost zeros) and masked ones (`***-**-6789`).
//! An SSN header names SSNs alone, or among other words: `Spouse SSN`. A column is *mostly dashed* if at
//! least half of its filled cells are dashed 3-2-4 or masked, and some of them dashed. It has *some dashed*
//! if more than a tenth of them are dashed, masked or a text with a dashed number.
//!
//! | # | columns | the column of numbers |
//! | --- | --- | --- |
//! | 1 | There is one column, or only one has filled cells and none of the others is named. | That one. |
//! | 2 | One filled column has a header for SSNs alone, and at least half of its filled cells are nearly numbers. | That one. |
//! | 3 | As 2, but none of its cells is a number, and another column is mostly dashed, or has numbers below an SSN header. | Not certain. |
//! | 4 | As 2, but a column without a name is mostly dashed, or most numbers of the first have no dashes and one without a name has numbers too, or one is mostly dashed whose header names neither SSNs nor other numbers. | Not certain. |
//! | 5 | No header is for SSNs alone. One column has an SSN header and nearly numbers in at least half of its filled cells, some of them numbers. No other column has some dashed, or nearly numbers in at least half of its filled cells below an SSN header or one for tax numbers. | That one. |
//! | 6 | No column has a header for SSNs alone, and none with another SSN header may have numbers. One column is mostly dashed, and its header doesn't name other numbers. No other column has some dashed. | That one. |
//! | 7 | Anything else, such as nine digits without dashes below `Tax ID`, `Account` or no header. | Not certain. |

use std::ops::Range;

use crate::ColumnBasis;
use crate::cell::clean;
use crate::classify::CellKind;
use crate::header::{HeaderKind, header_kind};

/// Counts of the cells in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
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

    /// Whether the cells confirm a header for SSNs without looking at the other columns.
    pub(crate) fn confirms_header(&self) -> bool {
        self.numbers() > 0 && self.is_nearly_numbers()
    }

    /// Whether the column is mostly dashed.
    pub(crate) fn is_mostly_dashed(&self) -> bool {
        self.dashed > 0 && (self.dashed + self.masked) * 2 >= self.filled
    }

    /// Whether the column has some dashed cells.
    fn has_some_dashed(&self) -> bool {
        (self.dashed + self.masked + self.embedded) * 10 > self.filled
    }

    /// Whether at least half of the numbers have dashes.
    pub(crate) fn has_dashed_numbers(&self) -> bool {
        self.dashed > 0 && self.dashed >= self.bare
    }

    /// Whether people may mean this column, if it has no header for SSNs.
    fn may_be_ssns(&self) -> bool {
        self.is_nearly_numbers() || self.has_some_dashed()
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

/// Returns the only column with a header for SSNs alone.
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
    let is_named = |column: usize| !clean(cell(column)).is_empty();
    let is_ssn = |column: usize| kinds[column].is_ssn();
    let ssn = select(&|column| kinds[column] == HeaderKind::Ssn && is_filled(column));

    // 1
    if columns.len() == 1 {
        return Verdict::Certain(0, ColumnBasis::OnlyColumn);
    }
    let used = select(&|column| is_filled(column) || is_named(column));
    if let [only] = used[..]
        && is_filled(only)
    {
        return Verdict::Certain(only, ColumnBasis::OnlyColumn);
    }
    // 2, 3 and 4
    if let [column] = ssn[..]
        && is_nearly(column)
    {
        let has_numbers = columns[column].numbers() > 0;
        let has_dashed_numbers = columns[column].has_dashed_numbers();
        let contradicts = |other: usize| {
            let (evidence, kind) = (&columns[other], kinds[other]);
            if other == column {
                false
            } else if !has_numbers {
                evidence.is_mostly_dashed() || (is_ssn(other) && evidence.numbers() > 0)
            } else if !is_named(other) {
                evidence.is_mostly_dashed() || (!has_dashed_numbers && evidence.confirms_header())
            } else {
                let names_numbers = is_ssn(other) || kind == HeaderKind::OtherNumber;
                !has_dashed_numbers && !names_numbers && evidence.is_mostly_dashed()
            }
        };
        if !all.clone().any(contradicts) {
            return Verdict::Certain(column, ColumnBasis::Header);
        }
    }
    // 5
    let has_kind = |kind| kinds.contains(&kind);
    let below = select(&|column| {
        kinds[column] == HeaderKind::MaybeSsn && columns[column].confirms_header()
    });
    let is_rival = |other: usize| {
        let may_be_ssn = is_ssn(other) || kinds[other] == HeaderKind::TaxId;
        columns[other].has_some_dashed() || may_be_ssn && is_nearly(other)
    };
    if let [column] = below[..]
        && !has_kind(HeaderKind::Ssn)
        && !all.clone().any(|other| other != column && is_rival(other))
    {
        return Verdict::Certain(column, ColumnBasis::Header);
    }
    // 6
    let may_have_numbers =
        |column: usize| is_ssn(column) && (is_nearly(column) || !is_filled(column));
    if !has_kind(HeaderKind::Ssn) && !all.clone().any(may_have_numbers) {
        let dashed = select(&|column| columns[column].has_some_dashed());
        if let [column] = dashed[..]
            && columns[column].is_mostly_dashed()
            && kinds[column] != HeaderKind::OtherNumber
        {
            return Verdict::Certain(column, ColumnBasis::Content);
        }
    }
    // 7
    Verdict::Uncertain(select(&|column| {
        is_ssn(column) || columns[column].may_be_ssns()
    }))
}

#[cfg(test)]
mod tests;
