//! Polls for conditions.

use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

/// Time between two polls.
const INTERVAL: Duration = Duration::from_millis(20);
/// Time after which a condition counts as one that will never be met.
pub const LIMIT: Duration = Duration::from_secs(300);

/// Calls `poll` until it returns a value; panics with `what` after [`LIMIT`].
pub async fn wait_for<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    let mut polls = tokio::time::interval(INTERVAL);
    // A slow poll is followed by a pause, not by the polls that it has delayed.
    polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        polls.tick().await;
        if let Some(value) = poll().await {
            return value;
        }
        assert!(began.elapsed() < LIMIT, "timed out waiting for {what}");
    }
}
