//! The page's web worker: reads, holds and sends lists, makes files of results, and signs in.
//!
//! It runs beside the page's main thread, which long lists would block. The page holds no list, only
//! the worker's summary of it, and uses [`protocol`] and nothing else of this crate.

mod browser;
mod input;
mod lists;
pub mod protocol;
mod refusal;
mod save;
mod serve;
mod sign_in;
mod start;
mod summary;
mod table;
mod transport;
mod workbook;

pub use serve::serve;
