//! Forty numbers through Step Functions in the emulator, from POST to the last row read, beside the
//! embedded engine. `cargo xtask test --bench forty` runs it.

use std::time::{Duration, Instant};

use serde_json::json;
use support::numbers;
use support::upstream::{Reply, Upstream};
use support::world::{Kind, World};

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
    for kind in [Kind::Memory, Kind::Disk, Kind::StepFunctions] {
        let upstream =
            Upstream::start(|_, _| Reply::After(UPSTREAM, Box::new(Reply::Status(200)))).await;
        let world = World::new(kind, &upstream).await;
        let mut taken = Vec::new();
        for _ in 0..RUNS {
            let began = Instant::now();
            let id = world.start(json!({"ssnList": numbers(40)})).await;
            world.until_over(&id).await;
            assert_eq!(world.rows(&id).await.len(), 40);
            taken.push(format!("{:.2} s", began.elapsed().as_secs_f64()));
        }
        println!("{kind:?}: {}", taken.join(", "));
    }
}
