//! `/executions/{id}`: a run and its rows.

pub(crate) mod actions;
pub(crate) mod advice;
pub(crate) mod as_of;
pub(crate) mod bar;
pub(crate) mod body_text;
pub(crate) mod chips;
pub(crate) mod choice;
pub(crate) mod follow;
pub(crate) mod pace;
pub(crate) mod pace_view;
pub(crate) mod page;
pub(crate) mod receipt;
pub(crate) mod redrive_button;
pub(crate) mod reveal;
pub(crate) mod row;
pub(crate) mod row_panel;
pub(crate) mod row_store;
pub(crate) mod rows;
pub(crate) mod scroller;
pub(crate) mod table;
pub(crate) mod table_rows;
pub(crate) mod window;
