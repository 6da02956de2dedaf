//! Names a table's columns and finds the one that the caller selected.

use std::collections::HashMap;

use crate::cell::{count_digits, is_ignored};
use crate::quotes::unquoted;
use crate::{Column, ColumnSelector, ReadError};

/// Returns the columns with their names.
///
/// The name is the header cell, or `column N` (from 1) if there is none or it may contain an SSN.
pub(crate) fn name_columns(header: Option<&[&str]>, columns: usize) -> Vec<Column> {
    (0..columns)
        .map(|index| {
            let cell = header.and_then(|header| header.get(index)).unwrap_or(&"");
            let cell = unquoted(cell);
            let name = trim_name(&cell);
            // A cell that could be an SSN must not be a name: names appear in errors and on the page.
            let name = match name.is_empty() || count_digits(name) > 4 {
                true => format!("column {}", index + 1),
                false => collapse_spaces(name),
            };
            Column { index, name }
        })
        .collect()
}

/// Whether the record is a header because one of its cells is the selected name.
///
/// A name such as `column 2`, which [`name_columns`] made up, doesn't make it a header.
pub(crate) fn has_selected_name(selector: &ColumnSelector, record: &[&str]) -> bool {
    let ColumnSelector::Name(name) = selector else {
        return false;
    };
    let named = name_columns(Some(record), record.len());
    let unnamed = name_columns(None, record.len());
    named
        .iter()
        .zip(&unnamed)
        .any(|(named, unnamed)| named != unnamed && is_named(named, name))
}

/// Whether a column has this name. Case is ignored, and so are quotes around the name.
fn is_named(column: &Column, name: &str) -> bool {
    let normalize = |name: &str| collapse_spaces(name.trim_matches(is_ignored)).to_lowercase();
    normalize(&column.name) == normalize(name)
}

/// Removes white space and quotes around a name, but not double quotes if others are inside it.
fn trim_name(cell: &str) -> &str {
    let name = cell.trim_matches(is_ignored);
    match name.contains('"') {
        true => cell.trim_matches(|c| c != '"' && is_ignored(c)),
        false => name,
    }
}

fn collapse_spaces(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds the number and a masked cell to names that several of the columns have.
///
/// `sample` returns a masked cell of a column.
pub(crate) fn tell_apart(
    mut columns: Vec<Column>,
    sample: impl Fn(usize) -> Option<String>,
) -> Vec<Column> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for column in &columns {
        *seen.entry(column.name.to_lowercase()).or_default() += 1;
    }
    for column in &mut columns {
        if seen
            .get(&column.name.to_lowercase())
            .is_some_and(|n| *n > 1)
        {
            let sample = sample(column.index).map_or_else(String::new, |cell| format!(", {cell}"));
            column.name = format!("{} (column {}{sample})", column.name, column.index + 1);
        }
    }
    columns
}

/// Returns the index of the selected column: by its index, its header, or its name in an error.
pub(crate) fn find_selected(
    selector: &ColumnSelector,
    columns: &[Column],
    sample: impl Fn(usize) -> Option<String>,
) -> Result<usize, ReadError> {
    let is_selected = |column: &&Column| match selector {
        ColumnSelector::Index(index) => column.index == *index,
        ColumnSelector::Name(name) => is_named(column, name),
    };
    let candidates: Vec<Column> = columns.iter().filter(is_selected).cloned().collect();
    match &candidates[..] {
        [] => {
            let columns = tell_apart(columns.to_vec(), sample);
            match columns.iter().find(is_selected) {
                Some(column) => Ok(column.index),
                None => Err(ReadError::UnknownColumn { columns }),
            }
        }
        [column] => Ok(column.index),
        _ => Err(ReadError::AmbiguousColumn {
            candidates: tell_apart(candidates, sample),
            has_header: true,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_name_never_contains_an_ssn() {
        let columns = name_columns(Some(&["SSN\r\nfull", "Bob 123-45-6789", ""]), 4);
        let names: Vec<_> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["SSN full", "column 2", "column 3", "column 4"]);
    }

    #[test]
    fn a_name_is_found_as_it_stands_in_the_file() {
        let columns = name_columns(Some(&["Name", "Other  SSN"]), 2);
        for name in ["Other  SSN", "other ssn", " OTHER   SSN "] {
            let selector = ColumnSelector::Name(name.into());
            assert_eq!(
                find_selected(&selector, &columns, |_| None),
                Ok(1),
                "{name}"
            );
        }
    }

    #[test]
    fn a_name_keeps_the_quotes_inside_it() {
        for (cell, name) in [
            (r#""Size ""L"" x""#, r#"Size "L" x"#),
            (r#""Tax ""X"" ID""#, r#"Tax "X" ID"#),
            (r#" "Size ""L""" "#, r#"Size "L""#),
            (r#"Size "L""#, r#"Size "L""#),
            (r#""'SSN'""#, "SSN"),
            (r#""SSN"#, "SSN"),
            (r#""""SSN""""#, "SSN"),
        ] {
            let columns = name_columns(Some(&["Name", cell]), 2);
            assert_eq!(columns[1].name, name, "{cell}");
            for name in [name.to_owned(), format!("\"{name}\"")] {
                let selector = ColumnSelector::Name(name);
                let found = find_selected(&selector, &columns, |_| None);
                assert_eq!(found, Ok(1), "{cell}");
            }
        }
    }

    #[test]
    fn a_column_is_selected_by_its_name_in_an_error() {
        let columns = name_columns(Some(&["SSN", "Name", "SSN"]), 3);
        let find = |name: &str| {
            let selector = ColumnSelector::Name(name.into());
            find_selected(&selector, &columns, |index| {
                Some(format!("***-**-000{index}"))
            })
        };
        assert_eq!(find("ssn (column 3, ***-**-0002)"), Ok(2));
        for name in ["SSN", "x"] {
            let message = find(name).unwrap_err().to_string();
            assert!(
                message.contains("“SSN (column 1, ***-**-0000)”"),
                "{message}"
            );
        }
    }

    #[test]
    fn columns_of_one_name_are_told_apart() {
        let columns = name_columns(Some(&["SSN", "Name", "ssn", "SSN"]), 4);
        let sample = |index| (index < 3).then(|| format!("***-**-000{index}"));
        let distinct = tell_apart(columns, sample);
        let names: Vec<_> = distinct.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "SSN (column 1, ***-**-0000)",
                "Name",
                "ssn (column 3, ***-**-0002)",
                "SSN (column 4)"
            ]
        );
    }
}
