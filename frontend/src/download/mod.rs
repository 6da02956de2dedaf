//! Downloads a run's rows as a file. The dialog is on the run's page, the progress on every page.

mod columns;
pub(crate) mod dialog;
mod file_name;
pub(crate) mod state;
pub(crate) mod strip;
