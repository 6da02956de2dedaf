//! Which column of a table holds the numbers: what one may ask for, and what may go wrong.

use std::convert::Infallible;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{group_digits, pluralize};

/// Which column holds the numbers, where somebody says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnSelector {
    /// By its place, from 0.
    Index(usize),
    /// By its header, upper or lower case, or by the name of a [`Column`].
    Name(String),
}

/// For a command line: a whole number counts columns from 1, anything else is a name.
impl FromStr for ColumnSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(
            match text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) {
                Some(index) => Self::Index(index),
                None => Self::Name(text.to_owned()),
            },
        )
    }
}

/// A column that could be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its place, from 0: [`ColumnSelector::Index`] takes it.
    pub index: usize,
    /// Its header, or `column N` counted from 1 where it has none. Never a number of the list.
    pub name: String,
}

/// How a list that is a table was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLayout {
    /// The first record, where it is a header; it is no row then. One name for each column, those
    /// of [`Column::name`].
    pub headers: Option<Vec<String>>,
    /// How many columns there are.
    pub column_count: usize,
    /// The column that holds the numbers, from 0.
    pub ssn_column: usize,
    /// What parts the fields: a comma, a semicolon or a tab.
    pub delimiter: u8,
}

/// A list could not be read as a whole. A single line that is no number is no such error: it is an
/// INVALID row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// More than one column could hold the numbers.
    #[error(
        "more than one column could hold the numbers: {}; say which",
        names(candidates)
    )]
    AmbiguousColumn {
        /// The columns that could.
        candidates: Vec<Column>,
    },
    /// No column looks like it.
    #[error(
        "no column looks like Social Security Numbers: there are {}; say which",
        names(columns)
    )]
    NoColumn {
        /// All columns.
        columns: Vec<Column>,
    },
    /// The column that was asked for isn't there.
    #[error("the list has no such column: there are {}", names(columns))]
    UnknownColumn {
        /// All columns.
        columns: Vec<Column>,
    },
    /// More rows than a list may have.
    #[error(
        "the list has {}; at most {} are taken: split it",
        pluralize(*rows as u64, "row"),
        group_digits(*limit as u64)
    )]
    TooManyRows {
        /// Rows of this list.
        rows: usize,
        /// Rows that a list may have.
        limit: usize,
    },
    /// The file is an Excel workbook.
    #[error("this is an Excel workbook, not text: save it as CSV and take that file")]
    Workbook,
}

/// Columns that an error names at most; noise may have thousands.
const SHOWN: usize = 20;

fn names(columns: &[Column]) -> String {
    let shown = columns.iter().take(SHOWN);
    let names: Vec<_> = shown.map(|c| format!("“{}”", c.name)).collect();
    let names = names.join(", ");
    match columns.len().checked_sub(SHOWN + 1) {
        Some(more) => format!("{names} and {} more", more + 1),
        None => names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_counts_columns_from_one() {
        let column = |text: &str| text.parse::<ColumnSelector>().unwrap();
        assert_eq!(column("1"), ColumnSelector::Index(0));
        assert_eq!(column("SSN"), ColumnSelector::Name("SSN".into()));
        assert_eq!(column("0"), ColumnSelector::Name("0".into()));
    }

    #[test]
    fn an_error_says_which_columns_there_are() {
        let choice = |index, name: &str| Column {
            index,
            name: name.into(),
        };
        let error = ReadError::AmbiguousColumn {
            candidates: vec![choice(0, "SSN"), choice(2, "column 3")],
        };
        assert_eq!(
            error.to_string(),
            "more than one column could hold the numbers: “SSN”, “column 3”; say which"
        );
        let columns = (0..1_000).map(|index| choice(index, "x")).collect();
        let shown = ReadError::NoColumn { columns }.to_string();
        assert!(shown.ends_with("“x” and 980 more; say which"), "{shown}");
    }
}
