//! `/history`: the caller's runs.

pub(crate) mod page;
pub(crate) mod runs;
