//! `/`: people add a list, check it and start its run. Part of the first load.

pub(crate) mod draft;
mod drop_paste;
mod form;
mod input;
mod invalid_lines;
mod list;
pub(crate) mod page;
mod preview;
mod report;
mod rules;
mod settings;
mod start;
mod start_bar;
