//! Forty numbers through Step Functions in the emulator, from POST to the last row read, beside the
//! embedded engine. `cargo xtask test --bench forty` runs it.

use std::time::{Duration, Instant};

use serde_json::json;
use support::app::{EngineKind, TestApp};
use support::numbers;
use support::upstream::{Reply, Upstream};

#[path = "../tests/support/mod.rs"]
#[expect(
    dead_code,
    reason = "shared by the test programs, of which this is one more"
)]
mod support;

const UPSTREAM: Duration = Duration::from_millis(200);
const RUNS: usize = 7;

#[tokio::main]
async fn main() {
    println!(
        "40 numbers, each answered after {UPSTREAM:?}; from POST to the last row read, first run first:"
    );
    for kind in [
        EngineKind::Memory,
        EngineKind::Disk,
        EngineKind::StepFunctions,
    ] {
        let upstream =
            Upstream::start(|_, _| Reply::After(UPSTREAM, Box::new(Reply::Status(200)))).await;
        let app = TestApp::new(kind, &upstream).await;
        let mut taken = Vec::new();
        for _ in 0..RUNS {
            let began = Instant::now();
            let id = app.start(json!({"ssnList": numbers(40)})).await;
            app.wait_for_end(&id).await;
            assert_eq!(app.rows(&id).await.len(), 40);
            taken.push(format!("{:.2} s", began.elapsed().as_secs_f64()));
        }
        println!("{kind:?}: {}", taken.join(", "));
    }
}
