//! Waiting for a condition that can only be looked at.

use std::time::{Duration, Instant};

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(20);
/// A condition that hasn't come by then never will.
pub const LIMIT: Duration = Duration::from_secs(180);

/// Looks again and again until there is a value; fails with what was waited for.
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
