//! The page's worker. A list is read, kept, sent and joined to its results here, off the page's
//! main thread. The page holds no list, only what it is told of one. `protocol` is all that the
//! page uses of this crate.

mod desk;
pub mod protocol;
mod save;
mod serve;
mod sign_in;
mod start;
mod summary;
mod transport;

pub use serve::serve;
