//! `/history`: the caller's runs.

pub(crate) mod page;
mod runs;
