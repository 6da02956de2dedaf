//! The program as a child process: its commands, settings, signals and output.

#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;

mod columns;
mod fetch;
mod formats;
mod help;
mod kills;
mod proxy;
mod remote;
mod resume;
mod serve;
mod server;
mod settings;
mod settings_refused;
mod settings_units;
mod target;
mod terminal;
mod workbooks;
