//! Columns of a table, and the errors of choosing one.

use std::convert::Infallible;
use std::str::FromStr;

use contract::text::{group_digits, pluralize};

use crate::FileKind;

/// Selects the column that holds the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnSelector {
    /// By index, from 0.
    Index(usize),
    /// By its header, or by `column N` (from 1) if it has none; case is ignored.
    Name(String),
}

/// Parses a command-line argument: a positive number is a column from 1, anything else a name.
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

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Index from 0, as in [`ColumnSelector::Index`].
    pub index: usize,
    /// The header, or `column N` (from 1) if there is none or it may contain an SSN.
    ///
    /// In an error, columns of the same name also have their number and a masked cell in it.
    pub name: String,
}

/// Why a column is the one with the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnBasis {
    /// The caller selected it.
    Selected,
    /// Its header names SSNs, and its cells don't contradict that.
    Header,
    /// Its cells are SSNs with dashes, and those of the other columns aren't.
    Content,
    /// No other column has a name or a value. Empty cells, `n/a` and notes in parentheses are no values.
    OnlyColumn,
}

impl ColumnBasis {
    /// Returns the basis as text for people: `its header names SSNs`.
    pub fn message(self) -> &'static str {
        match self {
            Self::Selected => "it was selected",
            Self::Header => "its header names SSNs",
            Self::Content => "its cells are written as 123-45-6789",
            Self::OnlyColumn => "no other column has a name or a value",
        }
    }
}

/// The layout of a list that is a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLayout {
    /// The [`Column::name`] of every column, if a record is the header and so isn't a row.
    pub headers: Option<Vec<String>>,
    /// Number of columns.
    pub column_count: usize,
    /// Index of the column that holds the numbers, from 0.
    pub ssn_column: usize,
    /// The delimiter between fields: a comma, a semicolon, a tab or a pipe.
    pub delimiter: u8,
    /// Why the column of numbers is certain.
    pub basis: ColumnBasis,
}

/// Why a list can't be read.
///
/// A line that isn't a number is not an error: it becomes an INVALID row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It isn't certain which column holds the numbers, so the caller must select one.
    #[error(
        "it is not certain which column holds the numbers: {}{}",
        names(candidates),
        if *has_header { "" } else { "; if a line has several numbers, write one number per line" }
    )]
    AmbiguousColumn {
        /// The columns that could hold the numbers. If only one could, all columns.
        candidates: Vec<Column>,
        /// Whether the table has a header. Without one, a line may be several numbers.
        has_header: bool,
    },
    /// No column looks like SSNs, so the caller must select one.
    #[error(
        "no column of the list looks like Social Security Numbers. Its columns: {}",
        names(columns)
    )]
    NoColumn {
        /// All columns.
        columns: Vec<Column>,
    },
    /// The selected column doesn't exist.
    #[error("the list has no such column. Its columns: {}", names(columns))]
    UnknownColumn {
        /// All columns.
        columns: Vec<Column>,
    },
    /// The list has too many rows.
    #[error(
        "the list has {}, but the maximum is {}: split it",
        pluralize(*rows as u64, "row"),
        group_digits(*limit as u64)
    )]
    TooManyRows {
        /// Number of rows in this list.
        rows: usize,
        /// Maximum number of rows.
        limit: usize,
    },
    /// Numbers are below a heading that names other numbers than SSNs.
    #[error(
        "line {line} names other numbers than Social Security Numbers: remove it and the numbers below it, \
         or write each Social Security Number as 123-45-6789"
    )]
    OtherNumbers {
        /// Line of the heading, from 1.
        line: u32,
    },
    /// The text begins like JSON, but isn't valid.
    #[error(
        "line {line}: the list begins like JSON, but {}; correct it, or write one number per line",
        mistake.message()
    )]
    Json {
        /// Line of the first mistake, from 1.
        line: u32,
        /// What is wrong there.
        mistake: JsonMistake,
    },
    /// A JSON object contains several arrays, or an SSN beside one, so the list isn't certain.
    #[error(
        "the JSON has several arrays, or a number beside one, and it isn't certain which is the list: \
         use a file with one of them"
    )]
    JsonArrays,
    /// The objects in a JSON text have too many different members, in total or for their size.
    #[error(
        "the objects in the JSON have too many different members, of which {limit} may be columns: use \
         a file with one array of records"
    )]
    TooManyColumns {
        /// Maximum number of columns.
        limit: usize,
    },
    /// The file isn't text.
    #[error("this is {0}, not a list of text. {advice}", advice = .0.advice())]
    NotText(FileKind),
}

/// Why a text isn't valid JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonMistake {
    /// The text ends too early.
    CutOff,
    /// A number has hyphens or a leading zero, but no quotes.
    NumberWithoutQuotes,
    /// Anything else.
    Other,
}

impl JsonMistake {
    fn message(self) -> &'static str {
        match self {
            Self::CutOff => "ends before it is complete",
            Self::NumberWithoutQuotes => {
                "a number with hyphens or a leading zero must be in quotes here"
            }
            Self::Other => "isn't valid JSON here",
        }
    }
}

fn names(columns: &[Column]) -> String {
    join_names(columns.iter().map(|column| format!("“{}”", column.name)))
}

/// Maximum number of columns or sheets that an error names. A file that isn't a table may have
/// thousands of columns.
const MAX_NAMES: usize = 20;

/// Joins the first names, and says how many more there are: `“SSN”, “Name” and 3 more`.
pub(crate) fn join_names(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(MAX_NAMES);
    let shown = names.take(MAX_NAMES).collect::<Vec<_>>().join(", ");
    match more {
        0 => shown,
        _ => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_number_is_parsed_from_one() {
        let column = |text: &str| text.parse::<ColumnSelector>().unwrap();
        assert_eq!(column("1"), ColumnSelector::Index(0));
        assert_eq!(column("SSN"), ColumnSelector::Name("SSN".into()));
        assert_eq!(column("0"), ColumnSelector::Name("0".into()));
    }

    #[test]
    fn an_error_names_the_columns() {
        let choice = |index, name: &str| Column {
            index,
            name: name.into(),
        };
        let error = ReadError::AmbiguousColumn {
            candidates: vec![choice(0, "SSN"), choice(2, "column 3")],
            has_header: true,
        };
        assert_eq!(
            error.to_string(),
            "it is not certain which column holds the numbers: “SSN”, “column 3”"
        );
        let unknown = |count| {
            let columns = (0..count).map(|index| choice(index, "x")).collect();
            ReadError::UnknownColumn { columns }.to_string()
        };
        assert_eq!(
            unknown(2),
            "the list has no such column. Its columns: “x”, “x”"
        );
        assert!(unknown(20).ends_with("“x”, “x”"));
        assert!(unknown(21).ends_with("“x” and 1 more"));
        assert!(unknown(1_000).ends_with("“x” and 980 more"));
    }
}
