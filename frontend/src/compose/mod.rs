//! `/`: a list is read, checked and started.

pub(crate) mod draft;
pub(crate) mod drop_paste;
pub(crate) mod form;
pub(crate) mod input;
pub(crate) mod invalid_lines;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod preview;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod start_bar;
