//! Rollcall on one machine: page, API, fetcher and an embedded engine in one binary.
//!
//! It needs no account, no Docker, and no network except the upstream's. The fetcher is the same as in
//! the cloud. `rollcall fetch` looks up a list without the page.

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
