//! What the page decides, without a browser: plain values, tested natively.

pub mod as_of;
pub mod choice;
pub mod file_name;
pub mod history;
pub mod json_text;
pub mod pace;
pub mod poll;
pub mod report;
pub mod row_store;
pub mod row_view;
pub mod run_form;
pub mod telling;
pub mod upstream;
pub mod window;
pub mod words;
