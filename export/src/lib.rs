//! Result rows as a file: CSV, NDJSON or JSON.
//!
//! The page's worker, `rollcall fetch` and the API write rows with this crate, so that equal rows
//! and equal options give equal bytes everywhere. The crate does no I/O and builds for wasm.
//!
//! - [`Format`] names the three formats: name, media type, file extension.
//! - [`WriteOptions`] holds the format, and whether the file is for programs or spreadsheets.
//! - [`RowWriter`] streams rows to any [`std::io::Write`]: call [`RowWriter::begin`], then
//!   [`RowWriter::write`] for each row, then [`RowWriter::end`]. It keeps one row in memory. Until
//!   `end` has returned, the file is incomplete.
//! - [`JoinedColumns`] holds the list's other columns, which are written beside the rows, and the text
//!   of its INVALID rows.
//!
//! # What a file holds
//!
//! | | CSV | NDJSON | JSON |
//! | --- | --- | --- | --- |
//! | before the first row | names of joined columns, then [`CSV_HEADER`] | nothing | `[` |
//! | a row | a record, joined cells first | an object and a line feed | an object on its own line |
//! | joined columns | cells | the object's `columns` | the object's `columns` |
//! | place of a row | `line` | `row` (from 0) and `line` | `row` and `line` |
//! | null | an empty cell | `null` | `null` |
//! | a body that is a string | its text | a JSON string | a JSON string |
//! | any other body | its JSON, as the upstream sent it | the same | the same |
//! | after the last row | nothing | nothing | `]` |
//!
//! In CSV, each part of a cell that a spreadsheet would run as a formula is defused: an apostrophe is
//! added before it. NDJSON and JSON don't need that, and copy a body without parsing it. An NDJSON
//! row is still one line: line breaks in a body were replaced by spaces before it was stored.
//!
//! The caller decides whether numbers are masked. It reads the rows masked or in full, and passes
//! the same choice to [`JoinedColumns::new`] for the list's other columns. These are never sent to
//! a server.

mod cells;
mod columns;
mod defuse;
mod format;
mod writer;

pub use cells::CSV_HEADER;
pub use columns::JoinedColumns;
pub use format::{Format, UnknownFormatError};
pub use writer::{RowWriter, WriteOptions};
