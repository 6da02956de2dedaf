//! `/`: people add a list, check it and start its run. The code that shows a list is loaded with the
//! first list. The rest is part of the page's main file.

pub(crate) mod draft;
mod drop_paste;
mod figures;
mod focus;
mod form;
mod input;
mod invalid_lines;
mod list;
pub(crate) mod page;
mod part;
mod preview;
mod question;
mod report;
mod rules;
mod settings;
mod start;
mod start_bar;
