//! The form of a run's settings.

use contract::limits;
use contract::wire::DefaultSettings;

use crate::ui::words;

/// A text for each field: what was typed, or the field's error.
///
/// A typed text that is empty means the default; an error that is empty means that the field is valid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunForm {
    /// Requests in flight.
    pub(crate) max_concurrency: String,
    /// Requests per second.
    pub(crate) requests_per_second: String,
    /// Percent of the numbers that may fail.
    pub(crate) tolerated_failure_percentage: String,
}

/// The fields as numbers; none means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RunOptions {
    /// Requests in flight.
    pub(crate) max_concurrency: Option<u32>,
    /// Requests per second.
    pub(crate) requests_per_second: Option<f64>,
    /// Percent of the numbers that may fail.
    pub(crate) tolerated_failure_percentage: Option<f64>,
}

impl RunForm {
    /// Parses the fields. A run may have up to `limit` requests in flight.
    ///
    /// # Errors
    /// A form with the error of each field, empty for those that are valid.
    pub(crate) fn parse(&self, limit: u32) -> Result<RunOptions, Self> {
        const RATES: std::ops::RangeInclusive<f64> =
            limits::MIN_REQUESTS_PER_SECOND..=limits::MAX_REQUESTS_PER_SECOND;
        let concurrency = field(&self.max_concurrency, whole, |n| (1..=limit).contains(n));
        let rate = field(&self.requests_per_second, decimal, |n| RATES.contains(n));
        let tolerated = field(&self.tolerated_failure_percentage, decimal, |n| {
            (0.0..=100.0).contains(n)
        });
        if let (Ok(max_concurrency), Ok(requests_per_second), Ok(tolerated_failure_percentage)) =
            (concurrency, rate, tolerated)
        {
            return Ok(RunOptions {
                max_concurrency,
                requests_per_second,
                tolerated_failure_percentage,
            });
        }
        let mut errors = Self::default();
        if concurrency.is_err() {
            let limit = words::group_digits(limit.into());
            errors.max_concurrency = format!("A whole number from 1 to {limit}.");
        }
        if rate.is_err() {
            errors.requests_per_second = format!(
                "A number from {} to {}, or empty for no limit.",
                words::decimal(*RATES.start()),
                words::decimal(*RATES.end())
            );
        }
        if tolerated.is_err() {
            errors.tolerated_failure_percentage = "A percentage from 0 to 100.".to_owned();
        }
        Err(errors)
    }
}

/// Parses a field: none if it is empty, an error if it isn't a number or doesn't fit.
fn field<T>(
    typed: &str,
    parse: fn(&str) -> Option<T>,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, ()> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let number = ungrouped(typed).and_then(|number| parse(&number));
    number.filter(fits).map(Some).ok_or(())
}

/// Removes the commas between thousands: `1,000.5`. None if another comma is there, such as in `0,5`.
fn ungrouped(typed: &str) -> Option<String> {
    let plain = typed.replace(',', "");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let is_grouped = |whole| words::group_digits(whole) + fraction == typed;
    let is_number = plain == typed || whole.parse().is_ok_and(is_grouped);
    is_number.then_some(plain)
}

fn whole(typed: &str) -> Option<u32> {
    typed.parse().ok()
}

/// Parses digits with an optional point.
///
/// The standard library's parser for `f64` would add a table of 10 KB, which doesn't compress.
fn decimal(typed: &str) -> Option<f64> {
    let (whole, fraction) = typed.split_once('.').unwrap_or((typed, ""));
    let digits: u64 = [whole, fraction].concat().parse().ok()?;
    let divisor = (0..fraction.len()).fold(1.0, |divisor, _| divisor * 10.0);
    Some(digits as f64 / divisor)
}

/// The settings in a sentence: `Up to 1,000 requests at a time.`
pub(crate) fn sentence(options: &RunOptions, defaults: &DefaultSettings) -> String {
    let at_once = options.max_concurrency.unwrap_or(defaults.max_concurrency);
    let at_once = words::pluralize(at_once.into(), "request");
    let rate = match options.requests_per_second.or(defaults.requests_per_second) {
        Some(rate) => format!(", at most {} per second", words::decimal(rate)),
        None => String::new(),
    };
    let tolerated = options
        .tolerated_failure_percentage
        .unwrap_or(defaults.tolerated_failure_percentage);
    let stops = match tolerated < 100.0 {
        true => format!(
            " Stops early when more than {}% fail.",
            words::decimal(tolerated)
        ),
        false => String::new(),
    };
    format!("Up to {at_once} at a time{rate}.{stops}")
}

/// How long a run of this many numbers takes: `10,000 numbers at 50 per second: 3 min 20 s.`
pub(crate) fn estimate(options: &RunOptions, items: u64, defaults: &DefaultSettings) -> String {
    /// An assumed time for a response, since none was measured yet.
    const RESPONSE_MS: f64 = 200.0;
    let at_once = options.max_concurrency.unwrap_or(defaults.max_concurrency);
    let at_once = at_once.max(1);
    // The time without a limit per second.
    let unlimited_ms = (items as f64 / f64::from(at_once)).ceil() * RESPONSE_MS;
    let numbers = words::pluralize(items, "number");
    match options.requests_per_second.or(defaults.requests_per_second) {
        Some(rate) if items as f64 * 1_000.0 / rate >= unlimited_ms => {
            let ms = items as f64 * 1_000.0 / rate;
            let rate = words::decimal(rate);
            format!(
                "{numbers} at {rate} per second: {}.",
                words::duration(ms as u64)
            )
        }
        _ => format!(
            "{numbers}, {} at a time: {} if each request takes 200 ms.",
            words::group_digits(at_once.into()),
            about(unlimited_ms as u64)
        ),
    }
}

fn about(ms: u64) -> String {
    match ms {
        0..1_000 => "less than a second".to_owned(),
        1_000..60_000 => format!("about {}", words::pluralize(ms.div_ceil(1_000), "second")),
        _ => format!("about {}", words::duration(ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: DefaultSettings = DefaultSettings {
        max_concurrency: 1_000,
        requests_per_second: None,
        tolerated_failure_percentage: 100.0,
    };

    fn form(concurrency: &str, rate: &str, tolerated: &str) -> RunForm {
        RunForm {
            max_concurrency: concurrency.into(),
            requests_per_second: rate.into(),
            tolerated_failure_percentage: tolerated.into(),
        }
    }

    #[test]
    fn an_empty_field_means_the_default() {
        assert_eq!(form("", " ", "").parse(10_000), Ok(RunOptions::default()));
    }

    #[test]
    fn numbers_are_parsed_as_people_write_them() {
        let options = form("1,000", "12.5", "0").parse(10_000).unwrap();
        assert_eq!(options.max_concurrency, Some(1_000));
        assert_eq!(options.requests_per_second, Some(12.5));
        assert_eq!(options.tolerated_failure_percentage, Some(0.0));
        let options = form("", "0.01", ".5").parse(10_000).unwrap();
        assert_eq!(options.requests_per_second, Some(0.01));
        assert_eq!(options.tolerated_failure_percentage, Some(0.5));
        let options = form("10,000", "1,000,000.0", "").parse(10_000).unwrap();
        assert_eq!(options.max_concurrency, Some(10_000));
        assert_eq!(options.requests_per_second, Some(1_000_000.0));
    }

    #[test]
    fn a_field_out_of_range_has_an_error_with_the_range() {
        let concurrency = "A whole number from 1 to 10,000.";
        let rate = "A number from 0.01 to 1,000,000, or empty for no limit.";
        let tolerated = "A percentage from 0 to 100.";
        for (typed, errors) in [
            (form("0", "", ""), form(concurrency, "", "")),
            (form("10001", "1", ""), form(concurrency, "", "")),
            (form("many", "", "5"), form(concurrency, "", "")),
            (form("", "0", ""), form("", rate, "")),
            (form("", "0.001", ""), form("", rate, "")),
            (form("", "NaN", "101"), form("", rate, tolerated)),
            (form("", "inf", ""), form("", rate, "")),
            (form("", "", "-1"), form("", "", tolerated)),
            (form("", "1.2.3", "."), form("", rate, tolerated)),
            (form("1.5", "1e3", ""), form(concurrency, rate, "")),
        ] {
            assert_eq!(typed.parse(10_000), Err(errors));
        }
    }

    #[test]
    fn a_comma_that_does_not_group_thousands_is_an_error() {
        for typed in [
            "0,5",
            "0,500",
            "1,5",
            "12,5",
            "10,00",
            "1,0000",
            "1000,000",
            ",500",
            "1,",
            "1,,000",
            "1.5,000",
            "1,000.5,000",
            "1,00,000",
            "1,000,",
            ",",
        ] {
            let errors = form("", typed, "").parse(10_000).unwrap_err();
            assert!(!errors.requests_per_second.is_empty(), "{typed}");
        }
    }

    #[test]
    fn the_estimate_is_a_time_for_this_list() {
        let estimate = |form: RunForm, items| {
            let options = form.parse(10_000).unwrap();
            super::estimate(&options, items, &DEFAULTS)
        };
        assert_eq!(
            estimate(form("", "50", ""), 10_000),
            "10,000 numbers at 50 per second: 3 min 20 s."
        );
        assert_eq!(
            estimate(form("", "", ""), 9_981),
            "9,981 numbers, 1,000 at a time: about 2 seconds if each request takes 200 ms."
        );
        assert_eq!(
            estimate(form("", "", ""), 40),
            "40 numbers, 1,000 at a time: less than a second if each request takes 200 ms."
        );
        // One at a time is slower than the rate, so the rate isn't named.
        assert_eq!(
            estimate(form("1", "100", ""), 100),
            "100 numbers, 1 at a time: about 20 seconds if each request takes 200 ms."
        );
    }

    #[test]
    fn the_sentence_describes_the_settings() {
        let none = RunOptions::default();
        assert_eq!(
            sentence(&none, &DEFAULTS),
            "Up to 1,000 requests at a time."
        );
        let some = form("40", "10", "5").parse(10_000).unwrap();
        assert_eq!(
            sentence(&some, &DEFAULTS),
            "Up to 40 requests at a time, at most 10 per second. Stops early when more than 5% fail."
        );
    }
}
