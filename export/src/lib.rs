//! Result rows as a file: CSV, NDJSON or JSON.
//!
//! The page's worker, `rollcall fetch` and the API write rows through this crate, so that equal rows
//! and equal options give equal bytes everywhere. It does no I/O of its own and builds for
//! wasm.
//!
//! - [`Format`] names the three formats: name, media type, file extension.
//! - [`WriteOptions`] holds everything that changes a file's bytes beside the rows and columns.
//! - [`RowWriter`] streams rows to any [`std::io::Write`]: [`RowWriter::begin`], then
//!   [`RowWriter::write`] for each row, then [`RowWriter::end`]. It keeps one row in memory. A file
//!   without `end` is incomplete.
//! - [`Joined`] holds the other columns of the list that the rows belong to.
//!
//! # What a file holds
//!
//! | | CSV | NDJSON | JSON |
//! | --- | --- | --- | --- |
//! | before the first row | [`CSV_HEADER`], after the names of joined columns | nothing | `[` |
//! | a row | a record, joined cells first | an object and a line feed | an object on its own line |
//! | joined columns | cells | the object's `columns` | the object's `columns` |
//! | null | an empty cell | `null` | `null` |
//! | a body that is a string | its text | a JSON string | a JSON string |
//! | any other body | its JSON as the upstream sent it | the same | the same |
//! | after the last row | nothing | nothing | `]` |
//!
//! Cells that a spreadsheet would run as a formula are always [`defused`], in CSV only: nothing runs
//! JSON. Bodies are copied without being parsed; their line breaks were replaced by spaces when the
//! response was stored, so an NDJSON row is one line.
//!
//! Rows arrive masked or in full: the code that reads them decides that. [`Joined::new`] takes the same
//! choice for the other columns, which never leave the place where the list was read.

mod cells;
mod defuse;
mod format;
mod joined;
mod writer;

pub use cells::CSV_HEADER;
pub use defuse::defused;
pub use format::{Format, UnknownFormatError};
pub use joined::Joined;
pub use writer::{RowWriter, WriteOptions};
