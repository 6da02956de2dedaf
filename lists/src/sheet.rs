//! A sheet of a workbook.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use contract::text::{group_digits, pluralize};
use serde::{Deserialize, Serialize};

use crate::column::join_names;
use crate::table_text::TableText;

/// A sheet of a workbook as records, which [`read_sheet`](crate::read_sheet) reads.
///
/// Each row of the sheet that isn't blank is one record, in order. The records are a secret: they stay
/// in the browser or in the process that read the file.
#[derive(Clone)]
pub struct Sheet {
    /// Which sheet it is.
    pub properties: SheetProperties,
    pub(crate) table: TableText,
}

impl Sheet {
    /// Makes a sheet of its properties and of what [`Self::text`] and [`Self::rows`] returned.
    ///
    /// That is how a sheet gets from one WebAssembly module to another. The text may be that of
    /// [`Source::replace_value`](crate::Source::replace_value), which has the same rows.
    pub fn from_parts(properties: SheetProperties, text: String, rows: Vec<u32>) -> Self {
        let table = TableText::from_parts(text, rows);
        Self { properties, table }
    }

    /// Returns the records: fields separated by commas and quoted as RFC 4180 describes.
    pub fn text(&self) -> &str {
        &self.table.text
    }

    /// Returns the number of each record's row in the sheet, from 1.
    pub fn rows(&self) -> &[u32] {
        &self.table.lines
    }
}

/// Shows counts only: the records may hold SSNs.
impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet")
            .field("properties", &self.properties)
            .field("records", &self.table.lines.len())
            .finish_non_exhaustive()
    }
}

/// Which sheet of a workbook it is, and how much of it is hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetProperties {
    /// Its name and position.
    pub name: SheetName,
    /// Number of sheets in the workbook, including those that are empty or hidden.
    pub sheet_count: usize,
    /// Number of records whose row is hidden, such as by a filter. They are read like the others.
    pub hidden_rows: usize,
}

/// Writes the sheet as text: `sheet 1 of 2, “Staff”, including 3 hidden rows`.
impl fmt::Display for SheetProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, name) = (self.name.index + 1, &self.name.name);
        write!(f, "sheet {number} of {}, “{name}”", self.sheet_count)?;
        match self.hidden_rows {
            0 => Ok(()),
            rows => write!(f, ", including {}", pluralize(rows as u64, "hidden row")),
        }
    }
}

/// The name of a sheet and its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetName {
    /// Position among all sheets of the workbook, from 0, as in [`SheetSelector::Index`].
    pub index: usize,
    /// The name on the sheet's tab, or `sheet N` (from 1) if that may contain an SSN.
    pub name: String,
    /// Whether the spreadsheet program doesn't show the sheet.
    pub is_hidden: bool,
}

/// Selects a sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetSelector {
    /// By position among all sheets, from 0.
    Index(usize),
    /// By its name; case is ignored. If no sheet has that name, a positive number is a position from 1.
    Name(String),
}

/// Parses a command-line argument, which is a name or a position from 1.
impl FromStr for SheetSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::Name(text.to_owned()))
    }
}

/// Why `extract_sheet` can't extract a sheet from a workbook.
///
/// No message contains the text of a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WorkbookError {
    /// Several sheets have cells, so the caller must select one.
    #[error("several sheets of the workbook have rows: {}", names(sheets))]
    AmbiguousSheet {
        /// The sheets with cells.
        sheets: Vec<SheetName>,
    },
    /// The selected sheet doesn't exist.
    #[error("the workbook has no such sheet. Its sheets: {}", names(sheets))]
    UnknownSheet {
        /// All sheets.
        sheets: Vec<SheetName>,
    },
    /// The workbook has no cell with a value.
    #[error("the workbook is empty: no cell has a value")]
    Empty,
    /// The selected sheet has no cell with a value.
    #[error("sheet {} “{}” is empty: no cell has a value", .sheet.index + 1, .sheet.name)]
    EmptySheet {
        /// The selected sheet.
        sheet: SheetName,
    },
    /// The workbook is encrypted.
    #[error(
        "this is a workbook with a password. Open it, save it without the password, and use that file"
    )]
    Encrypted,
    /// The workbook is larger than what can be read.
    #[error(
        "the workbook is too large: it has more than {limit_mb} MB of {content}. Open it, save the \
         sheet as CSV, and use that file"
    )]
    TooLarge {
        /// What is too large.
        content: Cow<'static, str>,
        /// The maximum in megabytes.
        limit_mb: u64,
    },
    /// A sheet has its first and last cells too far apart.
    #[error(
        "the workbook is too large: its cells, with the empty ones between them, are more than {}. \
         Open it, save the sheet as CSV, and use that file",
        group_digits(*limit as u64)
    )]
    TooManyCells {
        /// Maximum number of cells from the first to the last one, filled or not.
        limit: usize,
    },
    /// The file isn't a complete workbook, or has something that isn't known.
    #[error(
        "the workbook is damaged or incomplete. Open it in a spreadsheet program, save it again, and \
         use that file"
    )]
    Damaged,
}

fn names(sheets: &[SheetName]) -> String {
    join_names(sheets.iter().map(|sheet| {
        let hidden = if sheet.is_hidden { " (hidden)" } else { "" };
        format!("{} “{}”{hidden}", sheet.index + 1, sheet.name)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_sheets() {
        let sheet = |index, name: &str, is_hidden| SheetName {
            index,
            name: name.into(),
            is_hidden,
        };
        let sheets = vec![sheet(0, "Staff", false), sheet(2, "Old", true)];
        assert_eq!(
            WorkbookError::UnknownSheet { sheets }.to_string(),
            "the workbook has no such sheet. Its sheets: 1 “Staff”, 3 “Old” (hidden)"
        );
        let error = WorkbookError::EmptySheet {
            sheet: sheet(1, "New", false),
        };
        assert_eq!(
            error.to_string(),
            "sheet 2 “New” is empty: no cell has a value"
        );
    }
}
