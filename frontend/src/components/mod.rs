//! The parts that pages are made of.

pub(crate) mod again;
pub(crate) mod ask;
pub(crate) mod bar;
pub(crate) mod chips;
pub(crate) mod columns;
pub(crate) mod delete;
pub(crate) mod download_strip;
pub(crate) mod downloads;
pub(crate) mod heading;
pub(crate) mod list_input;
pub(crate) mod list_preview;
pub(crate) mod list_report;
pub(crate) mod list_start;
pub(crate) mod list_state;
pub(crate) mod list_wrong;
pub(crate) mod mark;
pub(crate) mod notice;
pub(crate) mod pace_view;
pub(crate) mod receipt;
pub(crate) mod reveal;
pub(crate) mod row_panel;
pub(crate) mod run_settings;
pub(crate) mod scroller;
pub(crate) mod table;
pub(crate) mod table_rows;
pub(crate) mod toggle;
