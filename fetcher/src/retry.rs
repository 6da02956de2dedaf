//! Whether and when to retry.

use std::time::{Duration, SystemTime};

use http::HeaderValue;

use crate::UpstreamSettings;

/// Whether another attempt may return a different status than this one.
///
/// These are the statuses for a request that timed out, was sent too early or too often, or that the
/// server failed to handle (RFC 9110, 15; RFC 8470; RFC 6585).
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Returns how long to wait after this many attempts, with full jitter.
///
/// The backoff doubles with each attempt, up to its cap. The wait is a random fraction of the backoff:
/// `random_fraction` is a random number from 0 to 1.
pub(crate) fn backoff(
    settings: &UpstreamSettings,
    attempts: u32,
    random_fraction: f64,
) -> Duration {
    let doubled = settings
        .backoff
        .saturating_mul(1 << attempts.saturating_sub(1).min(20));
    doubled.min(settings.backoff_cap).mul_f64(random_fraction)
}

/// Parses a `Retry-After` in either of its forms (RFC 9110, 10.2.3), and limits it to `cap`.
pub(crate) fn retry_after(
    value: Option<&HeaderValue>,
    cap: Duration,
    now: SystemTime,
) -> Option<Duration> {
    let value = value?.to_str().ok()?.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value)
            .ok()?
            .duration_since(now)
            .unwrap_or(Duration::ZERO),
    };
    Some(wait.min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_cap_with_full_jitter() {
        let settings = UpstreamSettings::new("https://a.example/");
        let longest: Vec<u128> = (1..=9)
            .map(|attempts| backoff(&settings, attempts, 1.0).as_millis())
            .collect();
        assert_eq!(
            longest,
            [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000]
        );
        assert_eq!(backoff(&settings, 3, 0.5).as_millis(), 400);
        assert_eq!(backoff(&settings, 3, 0.0), Duration::ZERO);
    }

    #[test]
    fn retry_after_is_parsed_in_both_forms_and_capped() {
        let cap = Duration::from_secs(300);
        let now = httpdate::parse_http_date("Wed, 21 Oct 2015 07:28:00 GMT").unwrap();
        let read = |text: &str| retry_after(Some(&HeaderValue::from_str(text).unwrap()), cap, now);
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read(" 86400 "), Some(cap));
        assert_eq!(
            read("Wed, 21 Oct 2015 07:28:09 GMT"),
            Some(Duration::from_secs(9))
        );
        assert_eq!(read("Wed, 21 Oct 2015 07:27:00 GMT"), Some(Duration::ZERO));
        for bad in ["soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(retry_after(None, cap, now), None);
    }
}
