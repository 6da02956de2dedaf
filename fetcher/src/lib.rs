//! One item, one GET; one batch, all its GETs at once; the end of a run.
//!
//! The same code runs as a Lambda and under the embedded engine: it reads its slice of the items
//! from the store, writes what it learns there, and answers only how much is pending.

mod address;
mod answer;
mod attempt;
mod client;
mod clients;
mod connect;
mod direct;
mod dispatch;
mod dns;
mod environment;
mod error;
mod event;
mod failure;
mod fetcher;
mod flush;
mod item;
#[cfg(feature = "lambda")]
pub mod lambda;
mod lane;
mod limiter;
mod retry;
mod settings;

pub use address::is_loopback;
pub use direct::DirectResponse;
pub use error::{FetcherError, SettingsError};
pub use event::{BatchResponse, Event, FinishResponse, Response};
pub use fetcher::Fetcher;
pub use lane::{LaneOptions, Signal};
pub use limiter::{Limiter, Permit};
pub use settings::UpstreamSettings;
