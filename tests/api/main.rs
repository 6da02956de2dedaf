//! The API on every engine and store.
//!
//! They are: embedded on disk, embedded in memory, and Step Functions in the emulator.

#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;

/// Makes a test of each function for every engine.
macro_rules! on_every_engine {
    ($($behaviour:ident),* $(,)?) => {
        mod on_disk {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::app::EngineKind::Disk).await;
            })*
        }
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::app::EngineKind::Memory).await;
            })*
        }
        #[cfg(feature = "e2e")]
        mod on_step_functions {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::app::EngineKind::StepFunctions).await;
            })*
        }
    };
}

mod concurrent_writers;
mod crashes;
mod description;
mod engines;
mod erasures;
mod failures;
mod idempotency;
mod inputs;
mod lists;
mod outcomes;
mod redrives;
mod results;
mod starts;
mod stops;
