//! The page in a headless Chromium, over the API on both engines: embedded, and Step Functions in
//! the emulator.

#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;

/// Makes a test on both engines of each behaviour.
macro_rules! on_both_engines {
    ($($behaviour:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::world::Kind::Disk).await;
            })*
        }
        mod on_step_functions {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::world::Kind::StepFunctions).await;
            })*
        }
    };
}

mod bringing;
mod composing;
mod deleting;
mod door;
mod downloading;
mod downloading_long;
mod failing;
mod fetched;
mod following;
mod guarded;
mod issuer;
mod long_lists;
mod opening;
mod parts;
mod phone;
mod program;
mod restarting;
mod returning;
mod revealing;
mod signing_in;
mod signing_in_again;
mod site;
mod states;
mod stopping;
mod visit;
