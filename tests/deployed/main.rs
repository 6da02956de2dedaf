//! What is deployed to the cloud, in the emulator that `cargo xtask test` starts: the state
//! machines, the Lambdas they invoke and the engine that starts them.

#[path = "../support/browser.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the page, which use more of it"
)]
mod browser;
mod definitions;
mod direct;
#[path = "../support/emulator.rs"]
mod emulator;
mod http_api;
mod page;
mod passes;
#[path = "../support/patience.rs"]
mod patience;
mod sign_in;
#[path = "../support/stack.rs"]
mod stack;
mod template;
mod upstream;
