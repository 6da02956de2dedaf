//! When a failed call is tried again.

use std::time::Duration;

use crate::ClientError;

/// The first pause; it doubles with each failure.
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest pause, also where `Retry-After` asks for more.
const LONGEST: Duration = Duration::from_secs(8);

/// For how long failed calls are tried again.
///
/// A limit counts from the call's first failure. No try begins after it; one that is on its way is
/// waited for. Without a limit a call is tried until it succeeds or its future is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Limit while the server has never responded: its address may be mistyped.
    pub until_first_response: Option<Duration>,
    /// Limit once it has responded: it may be restarting.
    pub after_first_response: Option<Duration>,
    /// Whether a call refused for want of a sign-in is tried again: that may happen in another tab.
    pub unauthorized: bool,
    /// A random number from 0 to 1 that shortens a pause by up to half, so that several clients
    /// of one server don't return together.
    pub random: fn() -> f64,
}

impl Retry {
    /// Every call is tried once.
    pub const NEVER: Self = Self {
        until_first_response: Some(Duration::ZERO),
        after_first_response: Some(Duration::ZERO),
        unauthorized: false,
        random: || 0.0,
    };

    pub(crate) fn limit(&self, has_responded: bool) -> Option<Duration> {
        match has_responded {
            true => self.after_first_response,
            false => self.until_first_response,
        }
    }

    pub(crate) fn applies(&self, error: &ClientError) -> bool {
        error.is_transient() || (self.unauthorized && error.is_unauthorized())
    }

    /// The pause after so many failures, from 1.
    pub(crate) fn pause(&self, failures: u32, retry_after: Duration) -> Duration {
        let doubled = SHORTEST.saturating_mul(1 << (failures - 1).min(16));
        let half = doubled.min(LONGEST).as_millis() as u64 / 2;
        let less = ((self.random)() * half as f64) as u64;
        let pause = Duration::from_millis(2 * half - less.min(half));
        pause.max(retry_after.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses = [1, 2, 3, 6, 7, 1_000].map(|failures| {
            let pause = Retry::NEVER.pause(failures, Duration::ZERO);
            pause.as_millis()
        });
        assert_eq!(pauses, [250, 500, 1_000, 8_000, 8_000, 8_000]);
    }

    #[test]
    fn chance_shortens_a_pause_by_up_to_half() {
        let retry = Retry {
            random: || 1.0,
            ..Retry::NEVER
        };
        assert_eq!(retry.pause(1, Duration::ZERO).as_millis(), 125);
    }

    #[test]
    fn no_pause_is_shorter_than_retry_after_asks() {
        let pause = |seconds| Retry::NEVER.pause(1, Duration::from_secs(seconds));
        assert_eq!(pause(2).as_secs(), 2);
        assert_eq!(pause(1_000), LONGEST);
    }
}
