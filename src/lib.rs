//! Rollcall on one machine: the page and the API in one binary, the same fetcher as in the cloud
//! under an embedded engine, and the same headless. No account, no Docker, no network but the
//! upstream's.

mod cli;
mod data;
mod descriptors;
mod embedded;
mod exit;
mod fetch;
mod logging;
mod page;
mod program;
pub mod serve;
pub mod upstream;

pub use embedded::Embedded;
pub use exit::Exit;
pub use program::main;
