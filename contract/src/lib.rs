//! What crosses a wire: a Social Security Number, how a list of them is read, and the requests,
//! results and problems of the API. No I/O; builds for wasm, so that page, API and command line
//! read a list by the same code.

pub mod limits;
pub mod list;
mod mask;
mod ssn;
pub mod text;
pub mod wire;

pub use list::InvalidReason;
pub use mask::{Mask, mask_all, mask_short};
pub use ssn::{Ssn, Warning};
