//! How a list is read: one value, a text, a table; then rows and items.

mod choice;
mod column;
mod decode;
mod guess;
mod header;
mod invalid;
mod lines;
mod parts;
mod plan;
mod reason;
mod records;
mod rows;
mod source;
mod value;

pub use column::{Column, ColumnSelector, ReadError, TableLayout};
pub use header::may_hold_ssns;
pub use invalid::InvalidReason;
pub use parts::Part;
pub use rows::{List, ListBuilder, Row};
pub use source::{Source, read_lines, read_source};
pub use value::{ParsedSsn, ReadOptions, Validation, read_value};
