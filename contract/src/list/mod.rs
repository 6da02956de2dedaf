//! Reads a list of numbers from a text or a table.
//!
//! A list has one [`Row`] for each line, and one item for each distinct valid number.

mod choice;
mod column;
mod decode;
mod guess;
mod header;
mod invalid;
mod lines;
mod options;
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
pub use options::{ReadOptions, Validation};
pub use parts::Part;
pub use rows::{List, ListBuilder, ParsedSsn, Row};
pub use source::{Source, read_lines, read_source};
pub use value::read_value;
