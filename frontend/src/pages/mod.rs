//! One page for each address.

pub(crate) mod compose;
pub(crate) mod history;
pub(crate) mod run;
