//! When and for how long a failed call is retried.

use std::time::Duration;

use crate::ClientError;

/// The first pause. Each failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause, even if `Retry-After` asks for a longer one.
const MAX_PAUSE: Duration = Duration::from_secs(8);

/// When and for how long failed calls are retried.
///
/// A time limit counts from the call's first failure, but from its start while the server has never
/// responded. No retry starts after it, but a request that
/// is in flight may finish. Without a limit (`None`), a call is retried until it succeeds, fails
/// with an error that isn't transient, or its future is dropped. A limit of zero means no retries.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The limit while the server has never responded: its address may be wrong.
    pub until_first_response: Option<Duration>,
    /// The limit once the server has responded: it may be restarting.
    pub after_first_response: Option<Duration>,
    /// Whether a call that failed with 401 is retried, since the user may sign in elsewhere.
    pub unauthorized: bool,
    /// Returns a random number from 0 to 1, which shortens a pause by up to half.
    ///
    /// Several clients of one server then don't retry at the same time.
    pub random: fn() -> f64,
}

impl Retry {
    /// No retries: each request is sent once.
    pub const NEVER: Self = Self {
        until_first_response: Some(Duration::ZERO),
        after_first_response: Some(Duration::ZERO),
        unauthorized: false,
        random: || 0.0,
    };

    /// Returns the time limit for a call that starts now.
    pub(crate) fn limit(&self, has_responded: bool) -> Option<Duration> {
        match has_responded {
            true => self.after_first_response,
            false => self.until_first_response,
        }
    }

    /// Whether a call that failed with this error is retried.
    pub(crate) fn allows(&self, error: &ClientError) -> bool {
        error.is_transient() || (self.unauthorized && error.is_unauthorized())
    }

    /// Returns the pause after this many failures. The first failure is 1.
    pub(crate) fn pause(&self, failures: u32, retry_after: Duration) -> Duration {
        let doubled = FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(16));
        let half = doubled.min(MAX_PAUSE).as_millis() as u64 / 2;
        let reduction = ((self.random)() * half as f64) as u64;
        let pause = Duration::from_millis(2 * half - reduction.min(half));
        pause.max(retry_after.min(MAX_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_maximum() {
        let pauses = [1, 2, 3, 6, 7, 1_000].map(|failures| {
            let pause = Retry::NEVER.pause(failures, Duration::ZERO);
            pause.as_millis()
        });
        assert_eq!(pauses, [250, 500, 1_000, 8_000, 8_000, 8_000]);
    }

    #[test]
    fn a_random_number_shortens_a_pause_by_up_to_half() {
        let retry = Retry {
            random: || 1.0,
            ..Retry::NEVER
        };
        assert_eq!(retry.pause(1, Duration::ZERO).as_millis(), 125);
    }

    #[test]
    fn a_pause_is_as_long_as_retry_after_up_to_the_maximum() {
        let pause = |seconds| Retry::NEVER.pause(1, Duration::from_secs(seconds));
        assert_eq!(pause(2).as_secs(), 2);
        assert_eq!(pause(1_000), MAX_PAUSE);
    }
}
