//! The page: a list goes in, a run is followed, its rows are read. `logic` decides and is tested
//! natively; the rest is what the browser shows.

#![expect(
    unreachable_pub,
    reason = "Leptos's component macro makes what it writes for a private component public"
)]

mod api;
mod app;
mod bring;
mod browser;
mod components;
mod deeds;
mod downloads;
mod draft;
mod follow;
pub mod logic;
mod one_type;
mod pages;
mod poller;
mod router;
mod rows;
mod server;
mod sign_in;
mod start;
mod work;

/// Fills the document's body with the page.
pub fn mount() {
    browser::tell_of_panics();
    leptos::mount::mount_to_body(app::App);
}
