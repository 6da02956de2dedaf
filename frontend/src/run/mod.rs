//! `/executions/{id}`: a run and its rows. Loaded when a run is opened or is about to start.

mod actions;
mod bar;
mod body_text;
mod chips;
mod failures_due;
mod follow;
mod pace;
mod pace_view;
pub(crate) mod page;
mod receipt;
mod redrive;
mod redrive_button;
mod reveal;
mod row;
mod row_panel;
mod row_store;
mod rows;
mod scroller;
mod summary;
mod table;
mod table_row;
mod upstream_advice;
mod upstream_notice;
mod window;
