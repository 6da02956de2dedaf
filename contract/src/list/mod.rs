//! How a list is read: one value, a text, a table; then rows and items.

mod invalid;
mod rows;
mod value;

pub use invalid::InvalidReason;
pub use rows::{List, ListBuilder, Row};
pub use value::{Number, ReadOptions, Validation, read_value};
