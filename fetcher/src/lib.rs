//! The fetcher: sends one GET for each item of a batch, all in parallel, and finishes a run.
//!
//! The same code runs as a Lambda and in the embedded engine. It reads the items of a batch from the
//! store, writes their results to the store, and returns only how many items are pending.

mod address;
mod attempt;
mod client;
mod client_pool;
mod connection_layer;
mod direct;
mod dispatch;
mod dns;
mod error;
mod event;
mod failure;
mod fetcher;
mod item;
#[cfg(feature = "lambda")]
pub mod lambda;
mod lane;
mod lane_state;
mod limiter;
mod retry;
mod segment_writer;
pub mod settings;
mod upstream;

pub use address::is_loopback;
pub use direct::DirectResponse;
pub use error::{FetcherError, SettingsError};
pub use event::{BatchResponse, Event, FinishResponse, Response};
pub use fetcher::Fetcher;
pub use lane::LaneOptions;
pub use lane_state::Signal;
pub use limiter::{Limiter, Permit};
pub use settings::UpstreamSettings;
