//! The page in a headless Chromium, over both engines: embedded, and Step Functions in the
//! emulator.

#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by several test programs, each of which uses a part"
)]
mod support;

/// Makes a test of each function for both engines.
macro_rules! on_both_engines {
    ($($behaviour:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::app::EngineKind::Disk).await;
            })*
        }
        mod on_step_functions {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(crate::support::app::EngineKind::StepFunctions).await;
            })*
        }
    };
}

mod access;
mod deletion;
mod downloaded_files;
mod downloads;
mod failures;
mod fetched;
mod first_paint;
mod history;
mod issuer;
mod layouts;
mod list_column;
mod list_input;
mod list_lines;
mod list_report;
mod long_downloads;
mod long_lists;
mod parts;
mod phone;
mod program;
mod progress;
mod reveal;
mod server_restart;
mod sign_in;
mod sign_in_end;
mod sign_in_site;
mod sign_in_visit;
mod site;
mod stop;
mod visit;
mod workbooks;
