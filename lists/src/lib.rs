//! Reads a list of Social Security Numbers from a text or a table.
//!
//! The page's worker, `rollcall fetch` and the API read with this crate, so that equal bytes and
//! equal options give equal rows everywhere. The crate does no I/O and builds for wasm. What is sent
//! of a list, such as its rows and the reasons why lines are INVALID, is in [`contract::list`].
//!
//! - [`read_source`] reads a file or pasted text. It finds out whether that is a table, and which
//!   column holds the numbers. A [`ColumnSelector`] selects the column instead.
//! - [`read_sheet`] reads a [`Sheet`] of a workbook, which `extract_sheet` makes of the file. That
//!   function is in the feature `workbook`.
//! - [`Source`] is the result: the [`List`](contract::list::List), the [`TableLayout`] if there is
//!   one, and each row's line number, original value and other cells.
//! - [`ReadError`] says why a list can't be read, and names each [`Column`] that may be selected.
//! - [`preview_table`] and [`preview_sheet`] describe a table whose column of numbers isn't certain,
//!   so that a person can select it.
//! - [`read_lines`] reads one value per line, without a table or a header: an uploaded part.
//! - [`read_value`] reads one value: an element of the API's `ssnList`.
//! - [`may_hold_ssns`] recognizes a header that names SSNs or tax numbers, whose column must be masked
//!   more strictly.
//!
//! # What the crate promises
//!
//! - Any bytes are read without a panic. What isn't a number becomes an INVALID row, not an error.
//! - Each line or record that isn't blank has one row, in order. Only a header has none, a first
//!   line such as `sep=;`, and the rule below the header of a Markdown table. Lines before the
//!   header are INVALID rows.
//! - The number of a row is in its line or record. Nothing is joined or computed, but leading zeros
//!   are restored if [`ReadOptions`](contract::list::ReadOptions) say so.
//! - If it is uncertain which column holds the numbers, the caller must select one.
//! - A line that [`List::write_line`](contract::list::List::write_line) wrote is read as the same row.
//! - Errors and `Debug` output contain no text of a list, except the names of columns and sheets. A
//!   name that may contain an SSN is replaced. Columns of the same name also have a masked number.
//!
//! # How a list is read
//!
//! `signature` refuses files that are no text. `decode` makes text of the bytes. `json` makes a
//! table of JSON; `table_text` holds it, and also the records of a sheet, as text with the original
//! line numbers. `plan` decides from a sample whether the text is a table: it compares one `guess`
//! for each delimiter. `preamble` finds the header by the names that `header` and `words` know.
//! `evidence` has the rules that make a column certain; `tally` counts the kinds of cells that
//! `classify` knows, over the whole text. `choice` finds the column that the caller selected.
//! `numbers` finds the numbers of a line, `label` and `sql` know what may stand before them,
//! `line_counts` decides whether lines with several are a list, and `sections` whether a heading
//! names other numbers. `rows` reads the rows: `lines` or `records` with `quotes` split the text, `cell` cleans a
//! cell, `value` parses it, and `reason` finds out why one is INVALID. `preview` describes the table
//! of a guess.

mod cell;
mod choice;
mod classify;
mod column;
mod decode;
mod evidence;
mod guess;
mod header;
mod json;
mod label;
mod line_counts;
mod lines;
mod numbers;
mod plan;
mod preamble;
mod preview;
mod quotes;
mod read;
mod reason;
mod records;
mod rows;
mod sections;
mod sheet;
mod signature;
mod source;
mod sql;
mod table_text;
mod tally;
mod value;
mod words;
#[cfg(feature = "workbook")]
mod workbook;

pub use column::{Column, ColumnBasis, ColumnSelector, JsonMistake, ReadError, TableLayout};
pub use decode::Encoding;
pub use header::may_hold_ssns;
pub use preview::{PreviewColumn, PreviewRecord, TablePreview, preview_sheet, preview_table};
pub use read::{read_lines, read_sheet, read_source};
pub use sheet::{Sheet, SheetName, SheetProperties, SheetSelector, WorkbookError};
pub use signature::{FileKind, file_kind};
pub use source::{Origin, Source};
pub use value::read_value;
#[cfg(feature = "workbook")]
pub use workbook::extract_sheet;
