//! The client of Rollcall's API, shared by `rollcall fetch --api`, the page and the page's worker.
//!
//! It does no I/O. It builds each [`Request`] and parses its [`Response`], and a [`Transport`] sends
//! them:
//!
//! ```text
//! Client::new(transport, retry)
//!     .settings()                                 GET    /api/settings
//!     .executions(cursor)                         GET    /api/executions
//!     .start(request, key)                        POST   /api/executions
//!     .upload(list, options, part_bytes, sent)    POST   /api/lists, then PUT each part
//!     .start_uploaded(start, request, upload)     upload and start, or replay an earlier start
//!     .execution(id, tag)                         GET    /api/executions/{id}
//!     .follow(execution, news)                    the same, until the run has ended
//!     .failures(id)                               GET    /api/executions/{id}/failures
//!     .results(id, query)                         GET    /api/executions/{id}/results
//!     .all_results(id, rows, reveal)              the same, page after page, read ahead
//!     .stop(id), .redrive(id, request)            POST   /api/executions/{id}/stop, …/redrive
//!     .delete(id)                                 DELETE /api/executions/{id}
//! ```
//!
//! - **Every call can be sent twice.** A call that fails transiently ([`ClientError::is_transient`])
//!   is sent again, after growing pauses and never before the server's `Retry-After`, for as long as
//!   the caller's [`Retry`] says.
//! - **A start starts one run**, however often it is sent: [`StartState`] keeps its idempotency key
//!   and its uploaded list, also for a caller that gives up and starts again later.
//! - **A listing is whole or an error.** [`Client::all_results`] yields the rows in order, and fails
//!   where the server returned fewer than the run has.
//! - Nothing is spawned and no future has to be `Send`: dropping a future ends its call.
//! - No error and no URL holds a number of a list.

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
pub use follow::Tagged;
pub use request::{Request, Response};
pub use results::{ResultsFilter, ResultsQuery, ResultsStart};
pub use retry::Retry;
pub use start::StartState;
pub use transport::{Retrying, Transport};

#[cfg(test)]
mod script;
