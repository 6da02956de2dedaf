//! One item, one GET; one batch, all its GETs at once; the end of a run.
//!
//! The same code runs as a Lambda and under the embedded engine: it reads its slice of the items
//! from the store, writes what it learns there, and answers only how much is pending.

mod address;
mod attempt;
mod client;
mod client_pool;
mod connections;
mod direct;
mod dispatch;
mod dns;
mod environment;
mod error;
mod event;
mod failure;
mod fetcher;
mod item;
#[cfg(feature = "lambda")]
pub mod lambda;
mod lane;
mod limiter;
mod retry;
mod segment_writer;
mod settings;
mod upstream;

pub use address::is_loopback;
pub use direct::DirectResponse;
pub use error::{FetcherError, SettingsError};
pub use event::{BatchResponse, Event, FinishResponse, Response};
pub use fetcher::Fetcher;
pub use lane::{LaneOptions, Signal};
pub use limiter::{Limiter, Permit};
pub use settings::UpstreamSettings;
