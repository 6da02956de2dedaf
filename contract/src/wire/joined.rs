//! A list's other columns beside its results, where the list came from: they are never sent.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::list::{Row, Source};
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
}

impl<'s> Joined<'s> {
    /// The other columns of this list; none where it has no other. `masked` leaves no number in
    /// them: neither the row's own, in any form, nor any nine digits that could be another's.
    pub fn of(source: &'s Source, masked: bool) -> Option<Self> {
        let table = source.table.as_ref()?;
        // A record may be longer than the first ones; what it holds is kept all the same.
        let rows = 0..source.list.rows.len();
        let width = rows.map(|row| source.cells(row).len()).max();
        let width = width.unwrap_or(0).max(table.columns);
        let headers = table.headers.as_deref().unwrap_or_default();
        let mut taken: HashSet<String> =
            CSV_HEADER.iter().map(|name| name.to_lowercase()).collect();
        let names: Vec<String> = (0..width)
            .filter(|column| *column != table.column)
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
            number: table.column,
            names,
            masked,
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
                    .map(Mask::of),
                _ => None,
            };
            for cell in &mut cells {
                mask_cell(cell, mask.as_ref());
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

fn mask_cell(cell: &mut Cow<'_, str>, mask: Option<&Mask>) {
    if let Some(mask) = mask
        && let Cow::Owned(masked) = mask.text(cell)
    {
        *cell = Cow::Owned(masked);
    }
    if let Cow::Owned(masked) = mask_all(cell) {
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

    proptest! {
        /// Wherever and however numbers stand beside the one of a row, masked there is none left.
        #[test]
        fn masked_columns_hold_no_number_of_the_list(
            numbers in prop::collection::vec(1_u32..999_999_999, 1..6),
            forms in prop::collection::vec((0_usize..4, 0_usize..6, "[a-z #;é.]{0,6}"), 12),
        ) {
            let mut text = "SSN,note,more\n".to_owned();
            let mut written = Vec::new();
            for (row, number) in numbers.iter().enumerate() {
                text.push_str(&format!("{number:09}"));
                for column in 0..2 {
                    let (form, other, around) = &forms[(row * 2 + column) % forms.len()];
                    let digits = format!("{:09}", numbers[other % numbers.len()]);
                    let between = ["", "-", " ", "."][*form];
                    let number = [&digits[..3], &digits[3..5], &digits[5..]].join(between);
                    text.push_str(&format!(",{around} {number} {around}"));
                    written.push(number);
                }
                text.push('\n');
            }
            let column = crate::list::Column::Name("SSN".into());
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
