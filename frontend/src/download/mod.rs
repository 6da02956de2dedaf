//! Files of a run's rows. The state and its strip belong to every page, the dialog to a run's.

mod columns;
pub(crate) mod dialog;
mod file_name;
pub(crate) mod state;
pub(crate) mod strip;
