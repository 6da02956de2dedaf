//! Polls for conditions.

use std::time::{Duration, Instant};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(20);
/// A condition that isn't met by then counts as one that never will be.
pub const LIMIT: Duration = Duration::from_secs(180);

/// Calls `look` until it returns a value; panics with `what` after [`LIMIT`].
pub async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        if let Some(value) = look().await {
            return value;
        }
        assert!(began.elapsed() < LIMIT, "{what} never came");
    }
}
