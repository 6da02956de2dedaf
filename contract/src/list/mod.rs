//! A list of numbers after it was read, and what a server gets of it.
//!
//! A list has one [`Row`] for each number and each INVALID line, and one item for each distinct valid
//! number.

mod invalid;
mod lines;
mod options;
mod parts;
mod rows;

pub use invalid::InvalidReason;
pub use lines::{LineNumbers, LineNumbersError};
pub use options::{ReadOptions, Validation};
pub use parts::Part;
pub use rows::{List, ListBuilder, ParsedSsn, Row};
