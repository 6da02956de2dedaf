//! Files of a run's rows.

pub(crate) mod columns;
pub(crate) mod dialog;
pub(crate) mod file_name;
pub(crate) mod state;
pub(crate) mod strip;
