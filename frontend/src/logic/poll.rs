//! When the page asks again how a run stands.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// How long to wait before the next poll. Young runs are watched closely; the wait grows with the
/// time the page has followed, to 5 s after 50 s. After an error it doubles from 1 s to 5 s.
pub fn delay(followed: Duration, failures_in_a_row: u32) -> Duration {
    if failures_in_a_row > 0 {
        let doubled = Duration::from_secs(1 << (failures_in_a_row - 1).min(8));
        return doubled.min(LONGEST);
    }
    (followed / 10).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_the_run_and_has_an_end() {
        let waits = [0, 4, 20, 50, 3_600].map(|s| delay(Duration::from_secs(s), 0).as_millis());
        assert_eq!(waits, [500, 500, 2_000, 5_000, 5_000]);
    }

    #[test]
    fn errors_are_asked_after_more_and_more_seldom() {
        let waits = [1, 2, 3, 4, 1_000].map(|n| delay(Duration::ZERO, n).as_secs());
        assert_eq!(waits, [1, 2, 4, 5, 5]);
    }
}
