//! The list's other columns, which are written beside its rows.
//!
//! They stay on the machine that read the list. A server never gets them.

use std::borrow::Cow;
use std::collections::HashSet;

use contract::list::Row;
use contract::{Mask, mask_all, mask_short};
use lists::{Source, may_hold_ssns};
use serde::{Serialize, Serializer};

use crate::CSV_HEADER;

/// The name of the column with the text of INVALID rows.
const TYPED: &str = "typed";

/// The list's columns that are written beside its rows: all except the column of numbers.
///
/// The column of numbers is left out because each row has its number as `ssn`. If the list has INVALID
/// rows, the last column is `typed`, with the text that stands where their number should be.
pub struct JoinedColumns<'s> {
    source: &'s Source,
    /// The index of the column of numbers.
    ssn_column: usize,
    names: Vec<String>,
    masked: bool,
    /// For each other column, whether its header names SSNs, such as `Spouse SSN`.
    have_ssn_headers: Vec<bool>,
    has_typed: bool,
}

impl<'s> JoinedColumns<'s> {
    /// Returns the columns, or `None` if the list has no other column and no INVALID row.
    ///
    /// If `masked` is true, every cell is masked: the row's own number in any form, and any nine
    /// digits that may be a number. In a column whose header names SSNs, seven or eight digits are
    /// masked too. In the text of an INVALID row, all digits are masked except those among its last
    /// four letters and digits.
    pub fn new(source: &'s Source, masked: bool) -> Option<Self> {
        let table = source.table.as_ref();
        let ssn_column = table.map_or(0, |table| table.ssn_column);
        // A record may have more cells than the header. Empty ones at its end need no column.
        let width = table.map_or(0, |table| {
            let rows = 0..source.list.rows.len();
            let width = rows.map(|row| filled_width(&source.cells(row))).max();
            width.unwrap_or(0).max(table.column_count)
        });
        let headers = table.and_then(|table| table.headers.as_deref());
        let headers = headers.unwrap_or_default();
        let mut used: HashSet<String> = CSV_HEADER.iter().map(|name| name.to_lowercase()).collect();
        let (mut names, mut have_ssn_headers) = (Vec::new(), Vec::new());
        for column in (0..width).filter(|column| *column != ssn_column) {
            let header = headers.get(column);
            have_ssn_headers.push(header.is_some_and(|header| may_hold_ssns(header)));
            let name = match header {
                Some(name) if masked => mask_all(name).into_owned(),
                Some(name) => name.clone(),
                None => format!("column {}", column + 1),
            };
            names.push(unique_name(&mut used, name));
        }
        let has_typed = source.list.invalid > 0;
        if has_typed {
            names.push(unique_name(&mut used, TYPED.to_owned()));
        }
        (!names.is_empty()).then_some(Self {
            source,
            ssn_column,
            names,
            masked,
            have_ssn_headers,
            has_typed,
        })
    }

    /// Returns the columns' names in the list's order. They are distinct.
    ///
    /// A name that is in [`CSV_HEADER`] or occurs earlier gets a number, such as `line 2`. Case is
    /// ignored.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the row's cells, one for each name.
    ///
    /// `row` counts from 0. If the list has no such row, the cells are empty.
    pub fn cells(&self, row: usize) -> Vec<Cow<'s, str>> {
        let mut cells = self.source.cells(row);
        if self.ssn_column < cells.len() {
            cells.remove(self.ssn_column);
        }
        cells.resize(self.have_ssn_headers.len(), Cow::Borrowed(""));
        if self.masked {
            let mask = self.source.list.ssn(row).map(Mask::new);
            for (cell, has_ssn_header) in cells.iter_mut().zip(&self.have_ssn_headers) {
                mask_cell(cell, mask.as_ref(), *has_ssn_header);
            }
        }
        if self.has_typed {
            cells.push(self.typed(row));
        }
        cells
    }

    /// Returns the row's line in the list, or `None` if the list has no such row.
    pub(crate) fn line(&self, row: usize) -> Option<u64> {
        self.source.list.lines.get(row).map(u64::from)
    }

    /// Returns the text of an INVALID row, and an empty text for other rows.
    fn typed(&self, row: usize) -> Cow<'s, str> {
        match self.source.list.rows.get(row) {
            Some(Row::Invalid(_)) if self.masked => {
                Cow::Owned(mask_typed(&self.source.raw_value(row)))
            }
            Some(Row::Invalid(_)) => self.source.raw_value(row),
            _ => Cow::Borrowed(""),
        }
    }

    /// Returns the row's cells for a JSON object, with a string for each name.
    pub(crate) fn columns_object(&self, row: usize) -> ColumnsObject<'_> {
        ColumnsObject {
            names: &self.names,
            cells: self.cells(row),
        }
    }
}

/// The value of `columns` in a row's JSON object.
pub(crate) struct ColumnsObject<'a> {
    names: &'a [String],
    cells: Vec<Cow<'a, str>>,
}

impl Serialize for ColumnsObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(&self.cells))
    }
}

/// Returns the number of cells up to the last one that isn't blank.
fn filled_width(cells: &[Cow<'_, str>]) -> usize {
    let last = cells.iter().rposition(|cell| !cell.trim().is_empty());
    last.map_or(0, |last| last + 1)
}

fn mask_cell(cell: &mut Cow<'_, str>, mask: Option<&Mask>, has_ssn_header: bool) {
    if let Some(mask) = mask
        && let Cow::Owned(masked) = mask.mask_text(cell)
    {
        *cell = Cow::Owned(masked);
    }
    let mask_others = if has_ssn_header { mask_short } else { mask_all };
    if let Cow::Owned(masked) = mask_others(cell) {
        *cell = Cow::Owned(masked);
    }
}

/// Masks all digits before the last four digits or letters. It may be a number with a typing error.
fn mask_typed(text: &str) -> String {
    let places = text.chars().filter(|c| c.is_alphanumeric()).count();
    let mut hidden = places.saturating_sub(4);
    let mask = |c: char| {
        let is_hidden = hidden > 0 && c.is_numeric();
        hidden = hidden.saturating_sub(usize::from(c.is_alphanumeric()));
        if is_hidden { '*' } else { c }
    };
    text.chars().map(mask).collect()
}

/// Returns the name, with a number after it if it is in `used`, and adds it to `used`.
fn unique_name(used: &mut HashSet<String>, name: String) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    candidates
        .find(|name| used.insert(name.to_lowercase()))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::list::ReadOptions;
    use lists::{ColumnSelector, read_source};
    use proptest::prelude::*;

    fn source(text: &str) -> Source {
        read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
    }

    #[test]
    fn names_keep_their_order_and_are_distinct() {
        let list =
            source("Line,SSN,Name,name,Body\n1,123-45-6789,Ada,A.,x\n2,nonsense,\"B, b\",,,y\n");
        let columns = JoinedColumns::new(&list, false).unwrap();
        assert_eq!(
            columns.names(),
            ["Line 2", "Name", "name 2", "Body 2", "column 6", "typed"]
        );
        assert_eq!(columns.cells(0), ["1", "Ada", "A.", "x", "", ""]);
        // The row has more cells than the header, so its whole text is shown.
        let typed = "2,nonsense,\"B, b\",,,y";
        assert_eq!(columns.cells(1), ["2", "B, b", "", "", "y", typed]);
        assert_eq!(columns.cells(2), [""; 6]);
    }

    #[test]
    fn text_of_an_invalid_row_is_written_in_full_or_masked() {
        let list =
            source("123-45-6789\n123-45-678O\nXXX-XX-6789\n1234567890\n12-3\n12345678 pending\n");
        let typed = |masked, row| JoinedColumns::new(&list, masked).unwrap().cells(row);
        for (row, full, masked) in [
            (0, "", ""),
            (1, "123-45-678O", "***-**-678O"),
            (2, "XXX-XX-6789", "XXX-XX-6789"),
            (3, "1234567890", "******7890"),
            (4, "12-3", "12-3"),
            (5, "12345678 pending", "******** pending"),
        ] {
            assert_eq!(typed(false, row), [full]);
            assert_eq!(typed(true, row), [masked]);
        }
    }

    #[test]
    fn text_of_an_invalid_row_has_no_quotes_of_a_table() {
        for text in [
            r#"["900-70-1001", "a,b \"x\""]"#,
            "SSN,Name\n900-70-1001,Ann\n\"a,b \"\"x\"\"\",Bob\n",
        ] {
            let list = source(text);
            let columns = JoinedColumns::new(&list, false).unwrap();
            assert_eq!(columns.cells(1).last().unwrap(), "a,b \"x\"", "{text}");
        }
    }

    #[test]
    fn list_of_numbers_alone_has_no_other_columns() {
        assert!(JoinedColumns::new(&source("123-45-6789\n"), false).is_none());
        assert!(JoinedColumns::new(&source("SSN\n123-45-6789\n"), false).is_none());
    }

    #[test]
    fn empty_cells_at_the_end_of_records_make_no_column() {
        let text = "SSN\n900-70-1001,\n900-70-1002, \n";
        assert!(JoinedColumns::new(&source(text), false).is_none());
        let list = source(&format!("{text}x,\n"));
        let columns = JoinedColumns::new(&list, false).unwrap();
        assert_eq!(columns.names(), ["typed"]);
        assert_eq!(columns.cells(2), ["x"]);
    }

    #[test]
    fn columns_are_an_object_of_strings() {
        let list = source("SSN,a\"b,n\n123-45-6789,\"say \"\"x\"\"\",1\n");
        let columns = JoinedColumns::new(&list, false).unwrap();
        let name = &columns.names()[0];
        assert_eq!(
            serde_json::to_value(columns.columns_object(0)).unwrap(),
            serde_json::json!({name: "say \"x\"", "n": "1"})
        );
    }

    #[test]
    fn masked_column_of_ssns_hides_numbers_without_leading_zeros() {
        let column = ColumnSelector::Name("SSN".into());
        let text = "SSN,Spouse SSN,Phone\n123-45-6789,1234567,5551234\n";
        let list = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap();
        let cells = |masked| JoinedColumns::new(&list, masked).unwrap().cells(0);
        assert_eq!(cells(true), ["***-**-4567", "5551234"]);
        assert_eq!(cells(false), ["1234567", "5551234"]);
    }

    proptest! {
        /// Masked cells contain no number, whatever its separators and the text around it.
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
            let columns = JoinedColumns::new(&list, true).unwrap();
            for row in 0..numbers.len() {
                for cell in columns.cells(row) {
                    prop_assert!(cell.contains("***-**-"), "a number was masked");
                    for number in &written {
                        prop_assert!(!cell.contains(number.as_str()), "a full number is left");
                    }
                }
            }
        }
    }
}
