//! The page's client of the API.

mod error;
mod filter;
mod transport;

pub(crate) use error::{advice, is_retryable, title, unreachable, worker_lost};
pub(crate) use filter::RowFilter;
pub(crate) use transport::{Api, Authorizer};
pub(crate) use worker::protocol::SIGN_IN_ENDED;
