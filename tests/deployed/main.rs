//! What is deployed to the cloud, in the emulator that `cargo xtask test` starts: the state
//! machines, the Lambdas they invoke and the engine that starts them.

mod definitions;
mod direct;
#[path = "../support/emulator.rs"]
mod emulator;
mod http_api;
mod passes;
#[path = "../support/patience.rs"]
mod patience;
mod sign_in;
#[path = "../support/stack.rs"]
mod stack;
mod template;
mod upstream;
