//! The page: people check and start a list, follow its run and read its rows.
//!
//! Each page, and each part that pages share, has a file or folder of its own. `tests/layers.rs` checks
//! which of them may use which others.

#![expect(
    unreachable_pub,
    reason = "Leptos's component macro generates public items for a private component"
)]

mod api;
mod app;
mod browser;
mod compose;
mod delete;
mod download;
#[cfg(test)]
mod fixtures;
mod frame;
mod history;
mod polling;
mod router;
mod run;
mod server;
mod services;
mod session;
mod ui;
mod worker_client;

/// Fills the document's body with the page.
pub fn mount() {
    browser::report_panics();
    frame::replace(|| leptos::mount::mount_to_body(app::App));
}
