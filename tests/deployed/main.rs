//! The deployment to AWS, in the emulator that `cargo xtask test` starts.

#[path = "../support/browser.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the page, which use more of it"
)]
mod browser;
mod definitions;
mod deploy_command;
mod direct;
mod fetcher_crashes;
mod http_api;
mod page;
mod passes;
mod secrecy;
mod sign_in;
#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;
mod template;
