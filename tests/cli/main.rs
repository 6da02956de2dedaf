//! The program as it is run: served, killed, asked to end, and without a page.

#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;

mod fetch;
mod kills;
mod serve;
mod server;
