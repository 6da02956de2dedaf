//! A list's other columns beside its results, where the list came from: they are never sent.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::list::{Row, Source, may_hold_ssns};
use crate::mask::mask_short;
use crate::wire::CSV_HEADER;
use crate::{Mask, mask_all};

/// The columns of a list that go along with its results: all but the one with the numbers, which
/// every result has as `ssn`.
pub struct Joined<'s> {
    source: &'s Source,
    /// The column that holds the numbers.
    number: usize,
    names: Vec<String>,
    masked: bool,
    /// Which of the others are columns of numbers too, by their headers.
    of_numbers: Vec<bool>,
}

impl<'s> Joined<'s> {
    /// The other columns of this list; none where it has no other. `masked` leaves no number in
    /// them: neither the row's own, in any form, nor any nine digits that could be another's, nor
    /// seven or eight in a column whose header names it one of SSNs.
    pub fn of(source: &'s Source, masked: bool) -> Option<Self> {
        let table = source.table.as_ref()?;
        // A record may be longer than the first ones; what it holds is kept all the same.
        let rows = 0..source.list.rows.len();
        let width = rows.map(|row| source.cells(row).len()).max();
        let width = width.unwrap_or(0).max(table.column_count);
        let headers = table.headers.as_deref().unwrap_or_default();
        let mut taken: HashSet<String> =
            CSV_HEADER.iter().map(|name| name.to_lowercase()).collect();
        let others = (0..width).filter(|column| *column != table.ssn_column);
        let of_numbers = others.clone().map(|column| {
            let header = headers.get(column);
            header.is_some_and(|header| may_hold_ssns(header))
        });
        let of_numbers = of_numbers.collect();
        let names: Vec<String> = others
            .map(|column| {
                let name = match headers.get(column) {
                    Some(name) if masked => mask_all(name).into_owned(),
                    Some(name) => name.clone(),
                    None => format!("column {}", column + 1),
                };
                unlike(&mut taken, name)
            })
            .collect();
        (!names.is_empty()).then_some(Self {
            source,
            number: table.ssn_column,
            names,
            masked,
            of_numbers,
        })
    }

    /// Their names, in the list's order: none stands twice, and none is a name of [`CSV_HEADER`].
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands in them in this row, one for each name; empty for a row that isn't there.
    pub fn cells(&self, row: usize) -> Vec<Cow<'s, str>> {
        let mut cells = self.source.cells(row);
        if self.number < cells.len() {
            cells.remove(self.number);
        }
        cells.resize(self.names.len(), Cow::Borrowed(""));
        if self.masked {
            let mask = match self.source.list.rows.get(row) {
                Some(Row::Item { index, .. }) => self
                    .source
                    .list
                    .items
                    .get(*index as usize)
                    .copied()
                    .map(Mask::new),
                _ => None,
            };
            for (cell, of_numbers) in cells.iter_mut().zip(&self.of_numbers) {
                mask_cell(cell, mask.as_ref(), *of_numbers);
            }
        }
        cells
    }

    /// Adds this row's `"columns": {…}` to its result, the JSON object with which `json` ends.
    /// Nothing is done where it ends with none.
    pub fn add_to_object(&self, row: usize, json: &mut Vec<u8>) {
        if json.pop_if(|last| *last == b'}').is_none() {
            return;
        }
        json.extend(b",\"columns\":");
        for (place, (name, cell)) in self.names.iter().zip(self.cells(row)).enumerate() {
            json.push(if place == 0 { b'{' } else { b',' });
            // A text always is JSON.
            let _ = serde_json::to_writer(&mut *json, name);
            json.push(b':');
            let _ = serde_json::to_writer(&mut *json, &cell);
        }
        json.extend(b"}}");
    }
}

fn mask_cell(cell: &mut Cow<'_, str>, mask: Option<&Mask>, of_numbers: bool) {
    if let Some(mask) = mask
        && let Cow::Owned(masked) = mask.mask_text(cell)
    {
        *cell = Cow::Owned(masked);
    }
    let others = if of_numbers { mask_short } else { mask_all };
    if let Cow::Owned(masked) = others(cell) {
        *cell = Cow::Owned(masked);
    }
}

/// The name, or with a number where it is taken; upper and lower case are alike.
fn unlike(taken: &mut HashSet<String>, name: String) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let free = std::iter::once(name.clone()).chain(numbered);
    free.into_iter()
        .find(|name| taken.insert(name.to_lowercase()))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{ReadOptions, read_source};
    use proptest::prelude::*;

    fn source(text: &str) -> Source {
        read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
    }

    #[test]
    fn the_other_columns_keep_their_order_and_clash_with_nothing() {
        let list =
            source("Row,SSN,Name,name,Body\n1,123-45-6789,Ada,A.,x,y\n2,nonsense,\"B, b\"\n");
        let joined = Joined::of(&list, false).unwrap();
        assert_eq!(
            joined.names(),
            ["Row 2", "Name", "name 2", "Body 2", "column 6"]
        );
        assert_eq!(joined.cells(0), ["1", "Ada", "A.", "x", "y"]);
        assert_eq!(joined.cells(1), ["2", "B, b", "", "", ""]);
        assert_eq!(joined.cells(2), [""; 5]);
    }

    #[test]
    fn a_list_of_numbers_alone_has_nothing_to_join() {
        assert!(Joined::of(&source("123-45-6789\n"), false).is_none());
        assert!(Joined::of(&source("SSN\n123-45-6789\n"), false).is_none());
    }

    #[test]
    fn columns_stand_in_the_result_as_an_object() {
        let list = source("SSN,a\"b\n123-45-6789,\"say \"\"x\"\"\"\n");
        let joined = Joined::of(&list, false).unwrap();
        let mut json = b"[{\"row\":0}".to_vec();
        joined.add_to_object(0, &mut json);
        json.push(b']');
        let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let name = &joined.names()[0];
        assert_eq!(
            read,
            serde_json::json!([{"row": 0, "columns": {name: "say \"x\""}}])
        );
    }

    #[test]
    fn masked_a_column_of_numbers_shows_none_that_lost_its_zeros() {
        let column = crate::list::ColumnSelector::Name("SSN".into());
        let text = "SSN,Spouse SSN,Phone\n123-45-6789,1234567,5551234\n";
        let list = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap();
        let cells = |masked| Joined::of(&list, masked).unwrap().cells(0);
        assert_eq!(cells(true), ["***-**-4567", "5551234"]);
        assert_eq!(cells(false), ["1234567", "5551234"]);
    }

    proptest! {
        /// Wherever and however numbers stand beside the one of a row, masked there is none left.
        #[test]
        fn masked_columns_hold_no_number_of_the_list(
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
            let column = crate::list::ColumnSelector::Name("SSN".into());
            let list = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap();
            let joined = Joined::of(&list, true).unwrap();
            for row in 0..numbers.len() {
                for cell in joined.cells(row) {
                    prop_assert!(cell.contains("***-**-"), "a number was masked");
                    for number in &written {
                        prop_assert!(!cell.contains(number.as_str()), "a full number stands");
                    }
                }
            }
        }
    }
}
