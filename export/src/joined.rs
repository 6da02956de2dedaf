//! The other columns of a list beside its results, where the list was read. They are never sent.

use std::borrow::Cow;
use std::collections::HashSet;

use contract::list::{Source, may_hold_ssns};
use contract::{Mask, mask_all, mask_short};
use serde::{Serialize, Serializer};

use crate::CSV_HEADER;

/// The columns of a list beside its results: all except the column of numbers.
///
/// A result has its number as `ssn` already.
pub struct Joined<'s> {
    source: &'s Source,
    /// Index of the column of numbers.
    number: usize,
    names: Vec<String>,
    masked: bool,
    /// For each of the others, whether its header names SSNs too.
    of_ssns: Vec<bool>,
}

impl<'s> Joined<'s> {
    /// The other columns of this list; `None` if it has no others.
    ///
    /// If `masked`, no cell shows a number: neither the row's own in any form, nor other nine digits
    /// that may be a number, nor seven or eight digits in a column whose header names SSNs.
    pub fn new(source: &'s Source, masked: bool) -> Option<Self> {
        let table = source.table.as_ref()?;
        // A record may be longer than the header; its further cells are kept.
        let rows = 0..source.list.rows.len();
        let width = rows.map(|row| source.cells(row).len()).max();
        let width = width.unwrap_or(0).max(table.column_count);
        let headers = table.headers.as_deref().unwrap_or_default();
        let mut taken: HashSet<String> =
            CSV_HEADER.iter().map(|name| name.to_lowercase()).collect();
        let (mut names, mut of_ssns) = (Vec::new(), Vec::new());
        for column in (0..width).filter(|column| *column != table.ssn_column) {
            let header = headers.get(column);
            of_ssns.push(header.is_some_and(|header| may_hold_ssns(header)));
            let name = match header {
                Some(name) if masked => mask_all(name).into_owned(),
                Some(name) => name.clone(),
                None => format!("column {}", column + 1),
            };
            names.push(unique(&mut taken, name));
        }
        (!names.is_empty()).then_some(Self {
            source,
            number: table.ssn_column,
            names,
            masked,
            of_ssns,
        })
    }

    /// The columns' names, in the list's order: distinct, and none is in [`CSV_HEADER`].
    ///
    /// A name that is taken gets a number, such as `row 2`. Case is ignored.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The row's cells, one for each name. `row` counts from 0; a missing row has empty cells.
    pub fn cells(&self, row: usize) -> Vec<Cow<'s, str>> {
        let mut cells = self.source.cells(row);
        if self.number < cells.len() {
            cells.remove(self.number);
        }
        cells.resize(self.names.len(), Cow::Borrowed(""));
        if self.masked {
            let mask = self.source.list.ssn(row).map(Mask::new);
            for (cell, of_ssns) in cells.iter_mut().zip(&self.of_ssns) {
                mask_cell(cell, mask.as_ref(), *of_ssns);
            }
        }
        cells
    }

    /// The row's cells as a JSON object: a string for each name.
    pub(crate) fn columns(&self, row: usize) -> Columns<'_> {
        Columns {
            names: &self.names,
            cells: self.cells(row),
        }
    }
}

/// One row's `columns` in JSON.
pub(crate) struct Columns<'a> {
    names: &'a [String],
    cells: Vec<Cow<'a, str>>,
}

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(&self.cells))
    }
}

fn mask_cell(cell: &mut Cow<'_, str>, mask: Option<&Mask>, of_ssns: bool) {
    if let Some(mask) = mask
        && let Cow::Owned(masked) = mask.mask_text(cell)
    {
        *cell = Cow::Owned(masked);
    }
    let others = if of_ssns { mask_short } else { mask_all };
    if let Cow::Owned(masked) = others(cell) {
        *cell = Cow::Owned(masked);
    }
}

/// The name, with a number after it if it is taken; marks it as taken. Case is ignored.
fn unique(taken: &mut HashSet<String>, name: String) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    candidates
        .find(|name| taken.insert(name.to_lowercase()))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::list::{ColumnSelector, ReadOptions, read_source};
    use proptest::prelude::*;

    fn source(text: &str) -> Source {
        read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
    }

    #[test]
    fn names_keep_their_order_and_are_distinct() {
        let list =
            source("Row,SSN,Name,name,Body\n1,123-45-6789,Ada,A.,x,y\n2,nonsense,\"B, b\"\n");
        let joined = Joined::new(&list, false).unwrap();
        assert_eq!(
            joined.names(),
            ["Row 2", "Name", "name 2", "Body 2", "column 6"]
        );
        assert_eq!(joined.cells(0), ["1", "Ada", "A.", "x", "y"]);
        assert_eq!(joined.cells(1), ["2", "B, b", "", "", ""]);
        assert_eq!(joined.cells(2), [""; 5]);
    }

    #[test]
    fn list_of_numbers_alone_has_no_other_columns() {
        assert!(Joined::new(&source("123-45-6789\n"), false).is_none());
        assert!(Joined::new(&source("SSN\n123-45-6789\n"), false).is_none());
    }

    #[test]
    fn columns_are_an_object_of_strings() {
        let list = source("SSN,a\"b,n\n123-45-6789,\"say \"\"x\"\"\",1\n");
        let joined = Joined::new(&list, false).unwrap();
        let name = &joined.names()[0];
        assert_eq!(
            serde_json::to_value(joined.columns(0)).unwrap(),
            serde_json::json!({name: "say \"x\"", "n": "1"})
        );
    }

    #[test]
    fn masked_column_of_ssns_hides_numbers_without_zeros() {
        let column = ColumnSelector::Name("SSN".into());
        let text = "SSN,Spouse SSN,Phone\n123-45-6789,1234567,5551234\n";
        let list = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap();
        let cells = |masked| Joined::new(&list, masked).unwrap().cells(0);
        assert_eq!(cells(true), ["***-**-4567", "5551234"]);
        assert_eq!(cells(false), ["1234567", "5551234"]);
    }

    proptest! {
        /// Masked cells hold no number, in whatever form and place it was written.
        #[test]
        fn masked_cells_hold_no_number(
            numbers in prop::collection::vec(1_u32..999_999_999, 1..6),
            forms in prop::collection::vec((0_usize..6, 0_usize..6, "[a-z #;é.]{0,6}"), 12),
        ) {
            let mut text = "SSN,note,more\n".to_owned();
            let mut written = Vec::new();
            for (row, number) in numbers.iter().enumerate() {
                text.push_str(&format!("{number:09}"));
                for column in 0..2 {
                    let (form, other, around) = &forms[(row * 2 + column) % forms.len()];
                    let digits = format!("{:09}", numbers[other % numbers.len()]);
                    let between = ["", "-", " ", ".", " - ", "--"][*form];
                    let number = [&digits[..3], &digits[3..5], &digits[5..]].join(between);
                    text.push_str(&format!(",{around} {number} {around}"));
                    written.push(number);
                }
                text.push('\n');
            }
            let column = ColumnSelector::Name("SSN".into());
            let list = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap();
            let joined = Joined::new(&list, true).unwrap();
            for row in 0..numbers.len() {
                for cell in joined.cells(row) {
                    prop_assert!(cell.contains("***-**-"), "a number was masked");
                    for number in &written {
                        prop_assert!(!cell.contains(number.as_str()), "a full number is left");
                    }
                }
            }
        }
    }
}
