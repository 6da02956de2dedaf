//! A sheet of a workbook.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::table_text::TableText;

/// A sheet of a workbook as records, which [`read_sheet`](crate::read_sheet) reads.
///
/// Each row of the sheet that isn't blank is one record, in order. The records are a secret: they stay
/// in the browser or in the process that read the file.
pub struct Sheet {
    /// Which sheet it is.
    pub name: SheetName,
    /// Number of sheets in the workbook, including those that are empty or hidden.
    pub sheet_count: usize,
    /// Number of records whose row is hidden, such as by a filter. They are read like the others.
    pub hidden_rows: usize,
    pub(crate) table: TableText,
}

impl Sheet {
    /// Makes a sheet of the parts that [`Self::text`] and [`Self::rows`] returned.
    ///
    /// That is how a sheet gets from one WebAssembly module to another.
    pub fn from_parts(name: SheetName, sheet_count: usize, text: String, rows: Vec<u32>) -> Self {
        let table = TableText::from_parts(text, rows);
        Self {
            name,
            sheet_count,
            hidden_rows: 0,
            table,
        }
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
            .field("name", &self.name)
            .field("sheet_count", &self.sheet_count)
            .field("records", &self.table.lines.len())
            .field("hidden_rows", &self.hidden_rows)
            .finish_non_exhaustive()
    }
}

/// The name of a sheet and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
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
