//! The routes, a file for each group of addresses.

pub(crate) mod executions;
pub(crate) mod failures;
pub(crate) mod lists;
pub(crate) mod results;
pub(crate) mod server;
