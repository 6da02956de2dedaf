//! The page: people check and start a list, follow its run and read its rows. A folder for each page
//! and each thing that pages share. A test holds which folder may use which.

#![expect(
    unreachable_pub,
    reason = "Leptos's component macro makes what it writes for a private component public"
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
