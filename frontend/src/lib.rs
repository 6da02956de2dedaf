//! The page: a list goes in, a run is followed, its rows are read. `logic` decides and is tested
//! natively; the rest is what the browser shows.

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
mod history;
mod polling;
mod router;
mod run;
mod server;
mod session;
mod ui;
mod worker_client;

/// Fills the document's body with the page.
pub fn mount() {
    browser::tell_of_panics();
    leptos::mount::mount_to_body(app::App);
}
