//! The client of Rollcall's API, shared by `rollcall fetch --api`, the page and the page's worker.
//!
//! It does no I/O: it builds each [`Request`] and parses its [`Response`]. A [`Transport`] sends
//! the requests. The calls:
//!
//! ```text
//! Client::new(transport, retry)
//!     .settings()                                 GET    /api/settings
//!     .executions(cursor)                         GET    /api/executions
//!     .start(request, key)                        POST   /api/executions
//!     .upload(list, options, part_bytes, on_sent) POST   /api/lists, then PUT each part
//!     .start_uploaded(state, request, upload)     upload and start; repeatable with the same state
//!     .execution(id, tag)                         GET    /api/executions/{id}
//!     .follow(execution, on_change)               the same, until the run has ended
//!     .failures(id)                               GET    /api/executions/{id}/failures
//!     .results(id, query)                         GET    /api/executions/{id}/results
//!     .all_results(id, rows, reveal)              the same, for all rows, with pages fetched ahead
//!     .filtered_results(id, filter, reveal)       the same, for the rows that match a filter
//!     .stop(id), .redrive(id, request)            POST   /api/executions/{id}/stop, …/redrive
//!     .delete(id)                                 DELETE /api/executions/{id}
//! ```
//!
//! - **Every call can be repeated.** The client retries after a transient error
//!   ([`ClientError::is_transient`]), for as long as [`Retry`] allows. Pauses double from 250 ms to
//!   8 s. If `Retry-After` asks for a longer pause, the client waits that long, up to 8 s.
//! - **A repeated start starts one run.** [`StartState`] keeps the idempotency key and the id of
//!   the uploaded list. A caller that gave up can use it to start again later.
//! - **Rows never end early without an error.** [`Client::all_results`] yields the rows in order,
//!   and fails if the server returns fewer rows than the run has.
//! - **Dropping a future cancels its call**, since the client spawns no task. Futures needn't be
//!   `Send`.
//! - **No error and no URL contains a number of a list.**

#[cfg(feature = "browser")]
pub mod browser;
mod call;
mod calls;
mod error;
mod follow;
mod request;
mod results;
mod retry;
mod start;
mod transport;

pub use call::Client;
pub use error::ClientError;
pub use follow::TaggedExecution;
pub use request::{Request, Response};
pub use results::{ResultsFilter, ResultsQuery, ResultsStart};
pub use retry::Retry;
pub use start::StartState;
pub use transport::{Retrying, Transport};

#[cfg(test)]
mod script;
