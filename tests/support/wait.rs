//! Polls for conditions.

use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

/// Time between two polls.
const INTERVAL: Duration = Duration::from_millis(20);
/// Time limit for every condition that a test waits for.
pub const LIMIT: Duration = Duration::from_secs(300);

/// Calls `poll` until it returns a value; panics with `what` after [`LIMIT`].
pub async fn wait_for<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    let mut polls = tokio::time::interval(INTERVAL);
    // After a slow poll, waits a whole interval instead of catching up on the missed polls.
    polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        polls.tick().await;
        if let Some(value) = poll().await {
            return value;
        }
        assert!(began.elapsed() < LIMIT, "timed out waiting for {what}");
    }
}
