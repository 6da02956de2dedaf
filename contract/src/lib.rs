//! The types that the page, the API and the command line share.
//!
//! It holds the Social Security Number, the rows of a list, and the requests, responses and problem
//! documents of the API. The crate does no I/O and builds for wasm. The crate `lists` reads a list.

pub mod limits;
pub mod list;
mod mask;
mod ssn;
pub mod text;
pub mod wire;

pub use list::InvalidReason;
pub use mask::{Mask, mask_all, mask_short};
pub use ssn::{Ssn, Warning};
