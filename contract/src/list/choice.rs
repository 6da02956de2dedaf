//! Columns by name, and the one that is asked for.

use crate::list::header::digits;
use crate::list::value::is_dropped;
use crate::list::{Column, ColumnSelector, ReadError};

/// The columns that a header names, `column N` counted from 1 where it names none.
pub(super) fn choices(header: Option<&[&str]>, columns: usize) -> Vec<Column> {
    (0..columns)
        .map(|index| {
            let cell = header.and_then(|header| header.get(index)).unwrap_or(&"");
            let cell = cell.trim_matches(is_dropped);
            // Whatever could be a number is no name: names go into errors and onto the page.
            let name = match cell.is_empty() || digits(cell) > 4 {
                true => format!("column {}", index + 1),
                false => cell.split_whitespace().collect::<Vec<_>>().join(" "),
            };
            Column { index, name }
        })
        .collect()
}

/// Whether a record has the name that is asked for, so is a header.
pub(super) fn is_asked(column: &ColumnSelector, record: &[&str]) -> bool {
    let ColumnSelector::Name(name) = column else {
        return false;
    };
    let named = choices(Some(record), record.len());
    let unnamed = choices(None, record.len());
    named
        .iter()
        .zip(&unnamed)
        .any(|(named, unnamed)| named != unnamed && is_named(named, name))
}

fn is_named(choice: &Column, name: &str) -> bool {
    choice.name.to_lowercase() == name.trim().to_lowercase()
}

/// The column that was asked for.
pub(super) fn find(column: &ColumnSelector, columns: &[Column]) -> Result<usize, ReadError> {
    let fits = |choice: &&Column| match column {
        ColumnSelector::Index(index) => choice.index == *index,
        ColumnSelector::Name(name) => is_named(choice, name),
    };
    let candidates: Vec<Column> = columns.iter().filter(fits).cloned().collect();
    match &candidates[..] {
        [] => Err(ReadError::UnknownColumn {
            columns: columns.to_vec(),
        }),
        [choice] => Ok(choice.index),
        _ => Err(ReadError::AmbiguousColumn { candidates }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_no_number() {
        let choices = choices(Some(&["SSN\r\nfull", "Bob 123-45-6789", ""]), 4);
        let names: Vec<_> = choices.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["SSN full", "column 2", "column 3", "column 4"]);
    }
}
