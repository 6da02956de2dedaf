//! The types that the page, the API and the command line share.
//!
//! It holds the Social Security Number, the parser for lists of them, and the requests, responses
//! and problem documents of the API. The crate does no I/O and builds for wasm, so the browser and
//! the server read a list with the same code.

pub mod limits;
pub mod list;
mod mask;
mod ssn;
pub mod text;
pub mod wire;

pub use list::InvalidReason;
pub use mask::{Mask, mask_all, mask_short};
pub use ssn::{Ssn, Warning};
