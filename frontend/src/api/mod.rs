//! The page's client of the API. Every request of the page is here.

mod calls;
mod error;
mod filter;
mod transport;

pub(crate) use calls::ResultsQuery;
pub(crate) use error::ApiError;
pub(crate) use filter::RowFilter;
pub(crate) use transport::{Api, Authorizer};
