//! What the page gets to know of a list.

pub use lists::SheetName;
use serde::{Deserialize, Serialize};

/// The summary of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSummary {
    /// The list's id.
    pub list: u32,
    /// The number of lines.
    pub rows: u64,
    /// Distinct valid numbers.
    pub items: u64,
    /// Lines whose number is in an earlier line too.
    pub duplicates: u64,
    /// Invalid lines, without those of `zeros`.
    pub invalid: u64,
    /// Lines whose number is valid, but was never issued by the SSA.
    pub warnings: u64,
    /// Lines with seven or eight digits whose zeros were restored.
    pub zeros_restored: u64,
    /// The invalid lines with seven or eight digits, if there are any.
    pub zeros: Option<LostZeros>,
    /// How it was read: `read as Windows-1252, semicolons`, `read from sheet 1 of 2, “Staff”`.
    pub read_as: String,
    /// Why the list has no valid number, as a sentence. Empty if it has one, or if it is empty.
    pub no_number_message: String,
    /// The names of a table's columns; empty if there is only one column.
    pub columns: Vec<String>,
    /// The index of the column with the numbers.
    pub column: usize,
    /// The first lines, with masked numbers.
    pub preview: Vec<Line>,
    /// The first invalid lines.
    pub invalid_lines: Vec<Line>,
}

/// The numbers whose leading zeros a spreadsheet has removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostZeros {
    /// How many lines they are on.
    pub lines: u64,
    /// The first of them, masked: `•••4567`.
    pub from: String,
    /// The same with its zeros, masked: `00•-••-4567`.
    pub to: String,
}

/// A line of the list as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    /// Its index among the list's lines, from 0.
    pub row: usize,
    /// The line number in the source, from 1.
    pub number: u64,
    /// The text of another column, by which people recognize the line; may be empty.
    pub label: String,
    /// The masked number, or an invalid line's text, which is cut if it is long. Complete numbers in it
    /// are masked too.
    pub text: String,
    /// The text to correct an invalid line from; empty if its own text is long or has a number. None if
    /// the line can't be corrected by [`Request::Correct`](super::Request::Correct).
    pub draft: Option<String>,
    /// Why the line is invalid; none if it is valid.
    pub reason: Option<String>,
}

/// Why a text or file can't be read as a list, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListError {
    /// The list's id, with which it can be read again.
    pub list: u32,
    /// What is wrong.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// The table whose column of numbers people choose; none if a choice would not help.
    pub table: Option<ListTable>,
    /// The sheets of a workbook of which people choose one; empty if there is no such choice.
    pub sheets: Vec<SheetName>,
}

/// The columns and first lines of a table. All numbers in it are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTable {
    /// How many lines it has, and how it was read: `1,203 lines, read as UTF-8, commas`.
    pub read_as: String,
    /// The columns. Of a very wide table, some are left out.
    pub columns: Vec<TableColumn>,
    /// The first lines below the header.
    pub lines: Vec<TableLine>,
}

/// A column of a [`ListTable`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableColumn {
    /// Its index from 0, as in [`ListOptions::column`](super::ListOptions::column).
    pub index: usize,
    /// Its header, or `column N` (from 1) if there is none or it may contain an SSN.
    pub name: String,
    /// How many of its cells are numbers: `1,203 of 1,203 have nine digits`.
    pub note: String,
    /// Whether it may be the column of numbers.
    pub is_candidate: bool,
    /// Whether it is most likely the column of numbers.
    pub is_likely: bool,
}

/// A line of a [`ListTable`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    /// The line number in the source, from 1.
    pub number: u64,
    /// A cell for each of the table's columns.
    pub cells: Vec<String>,
}
