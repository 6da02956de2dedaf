//! Measures runs of 40 numbers on each engine, from the POST to the last row read.
//!
//! The engines are the embedded engine, in memory and on disk, and Step Functions in the emulator.
//! `cargo xtask test --bench forty` runs the measurement.

use std::time::{Duration, Instant};

use serde_json::json;
use support::app::{EngineKind, TestApp};
use support::numbers;
use support::upstream::{Reply, Upstream};

#[path = "../tests/support/mod.rs"]
#[expect(
    dead_code,
    reason = "the test programs share this module, and this bench uses only a part of it"
)]
mod support;

/// The time until the upstream responds.
const UPSTREAM_DELAY: Duration = Duration::from_millis(200);
/// Runs on each engine.
const RUNS: usize = 7;

#[tokio::main]
async fn main() {
    println!(
        "40 numbers, upstream delay {UPSTREAM_DELAY:?}: time from the POST to the last row, of each run"
    );
    for kind in [
        EngineKind::Memory,
        EngineKind::Disk,
        EngineKind::StepFunctions,
    ] {
        let upstream =
            Upstream::start(|_, _| Reply::After(UPSTREAM_DELAY, Box::new(Reply::Status(200))))
                .await;
        let app = TestApp::new(kind, &upstream).await;
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let start = Instant::now();
            let id = app.start(json!({"ssnList": numbers(40)})).await;
            app.wait_for_end(&id).await;
            assert_eq!(app.rows(&id).await.len(), 40);
            times.push(format!("{:.2} s", start.elapsed().as_secs_f64()));
        }
        println!("{kind:?}: {}", times.join(", "));
    }
}
