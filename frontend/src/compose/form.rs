//! The settings of a run as they are typed.

use contract::limits;
use contract::wire::DefaultSettings;

use crate::ui::words;

/// The settings of a run as they are typed; an empty field means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunForm {
    /// GETs in flight.
    pub(crate) at_once: String,
    /// GETs started a second.
    pub(crate) per_second: String,
    /// Percent of the numbers that may fail.
    pub(crate) tolerated: String,
}

/// The settings of a run; none where the default is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Chosen {
    /// GETs in flight.
    pub(crate) max_concurrency: Option<u32>,
    /// GETs started a second.
    pub(crate) requests_per_second: Option<f64>,
    /// Percent of the numbers that may fail.
    pub(crate) tolerated_failure_percentage: Option<f64>,
}

/// What is wrong with each setting, in words; empty where it is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// GETs in flight.
    pub(crate) at_once: String,
    /// GETs started a second.
    pub(crate) per_second: String,
    /// Percent of the numbers that may fail.
    pub(crate) tolerated: String,
}

impl RunForm {
    /// What was typed, as numbers, where a run may have this many GETs in flight; else what is
    /// wrong.
    ///
    /// # Errors
    /// Any of the fields is no number that can be meant.
    pub(crate) fn chosen(&self, max_concurrency: u32) -> Result<Chosen, Wrong> {
        const RATES: std::ops::RangeInclusive<f64> =
            limits::MIN_REQUESTS_PER_SECOND..=limits::MAX_REQUESTS_PER_SECOND;
        let at_once = field(&self.at_once, whole, |n| (1..=max_concurrency).contains(n));
        let per_second = field(&self.per_second, decimal, |n| RATES.contains(n));
        let tolerated = field(&self.tolerated, decimal, |n| (0.0..=100.0).contains(n));
        match (at_once, per_second, tolerated) {
            (Ok(max_concurrency), Ok(requests_per_second), Ok(tolerated_failure_percentage)) => {
                Ok(Chosen {
                    max_concurrency,
                    requests_per_second,
                    tolerated_failure_percentage,
                })
            }
            (at_once, per_second, tolerated) => {
                let said = |is_wrong: bool, words: &dyn Fn() -> String| match is_wrong {
                    true => words(),
                    false => String::new(),
                };
                let most = || words::group_digits(max_concurrency.into());
                Err(Wrong {
                    at_once: said(at_once.is_err(), &|| {
                        format!("A whole number from 1 to {}.", most())
                    }),
                    per_second: said(per_second.is_err(), &|| {
                        format!(
                            "A number from {} to {}, or nothing for no limit.",
                            words::decimal(*RATES.start()),
                            words::decimal(*RATES.end())
                        )
                    }),
                    tolerated: said(tolerated.is_err(), &|| {
                        "A percentage from 0 to 100.".to_owned()
                    }),
                })
            }
        }
    }
}

/// Reads a field: none if it is empty, an error if it isn't a number that fits.
fn field<T>(
    typed: &str,
    parse: fn(&str) -> Option<T>,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, ()> {
    let typed = typed.trim().replace(',', "");
    if typed.is_empty() {
        return Ok(None);
    }
    parse(&typed).filter(fits).map(Some).ok_or(())
}

fn whole(typed: &str) -> Option<u32> {
    typed.parse().ok()
}

/// Parses digits with an optional point. The standard library's parser for `f64` brings a table of
/// 10 KB, which doesn't compress; the numbers here need none of it.
fn decimal(typed: &str) -> Option<f64> {
    let (whole, fraction) = typed.split_once('.').unwrap_or((typed, ""));
    let digits: u64 = [whole, fraction].concat().parse().ok()?;
    let divisor = (0..fraction.len()).fold(1.0, |divisor, _| divisor * 10.0);
    Some(digits as f64 / divisor)
}

/// The settings in a sentence, with these defaults: `1,000 at once, no limit a second.`
pub(crate) fn sentence(chosen: &Chosen, defaults: &DefaultSettings) -> String {
    let at_once = chosen.max_concurrency.unwrap_or(defaults.max_concurrency);
    let at_once = words::group_digits(at_once.into());
    let rate = match chosen.requests_per_second.or(defaults.requests_per_second) {
        Some(rate) => format!("at most {} a second", words::decimal(rate)),
        None => "no limit a second".to_owned(),
    };
    let tolerated = chosen
        .tolerated_failure_percentage
        .unwrap_or(defaults.tolerated_failure_percentage);
    let stops = match tolerated < 100.0 {
        true => format!(
            " Stops early when more than {}% fail.",
            words::decimal(tolerated)
        ),
        false => String::new(),
    };
    format!("{at_once} at once, {rate}.{stops}")
}

/// What the settings mean for so many numbers, with these defaults: `10,000 numbers at 50 a second:
/// 3 min 20 s.`
pub(crate) fn meaning(chosen: &Chosen, items: u64, defaults: &DefaultSettings) -> String {
    /// What an answer takes, where nobody has measured it yet.
    const ANSWER_MS: f64 = 200.0;
    let at_once = chosen.max_concurrency.unwrap_or(defaults.max_concurrency);
    let at_once = at_once.max(1);
    let waves = (items as f64 / f64::from(at_once)).ceil() * ANSWER_MS;
    let numbers = words::pluralize(items, "number");
    match chosen.requests_per_second.or(defaults.requests_per_second) {
        Some(rate) if items as f64 * 1_000.0 / rate >= waves => {
            let ms = items as f64 * 1_000.0 / rate;
            let rate = words::decimal(rate);
            format!(
                "{numbers} at {rate} a second: {}.",
                words::duration(ms as u64)
            )
        }
        _ => format!(
            "{numbers}, {} at once: {} if each takes 200 ms.",
            words::group_digits(at_once.into()),
            words::estimate(items, at_once, None)
        ),
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

    fn form(at_once: &str, per_second: &str, tolerated: &str) -> RunForm {
        RunForm {
            at_once: at_once.into(),
            per_second: per_second.into(),
            tolerated: tolerated.into(),
        }
    }

    #[test]
    fn an_empty_field_means_the_default() {
        assert_eq!(form("", " ", "").chosen(10_000), Ok(Chosen::default()));
    }

    #[test]
    fn what_was_typed_is_taken_as_people_write_numbers() {
        let chosen = form("1,000", "12.5", "0").chosen(10_000).unwrap();
        assert_eq!(chosen.max_concurrency, Some(1_000));
        assert_eq!(chosen.requests_per_second, Some(12.5));
        assert_eq!(chosen.tolerated_failure_percentage, Some(0.0));
        let chosen = form("", "0.01", ".5").chosen(10_000).unwrap();
        assert_eq!(chosen.requests_per_second, Some(0.01));
        assert_eq!(chosen.tolerated_failure_percentage, Some(0.5));
    }

    #[test]
    fn what_is_out_of_range_is_said_beside_its_field_with_the_range() {
        let [a, b, c] = [
            "A whole number from 1 to 10,000.",
            "A number from 0.01 to 1,000,000, or nothing for no limit.",
            "A percentage from 0 to 100.",
        ];
        for (form, said) in [
            (form("0", "", ""), [a, "", ""]),
            (form("10001", "1", ""), [a, "", ""]),
            (form("many", "", "5"), [a, "", ""]),
            (form("", "0", ""), ["", b, ""]),
            (form("", "0.001", ""), ["", b, ""]),
            (form("", "NaN", "101"), ["", b, c]),
            (form("", "inf", ""), ["", b, ""]),
            (form("", "", "-1"), ["", "", c]),
            (form("", "1.2.3", "."), ["", b, c]),
            (form("1.5", "1e3", ""), [a, b, ""]),
        ] {
            let wrong = form.chosen(10_000).unwrap_err();
            assert_eq!([wrong.at_once, wrong.per_second, wrong.tolerated], said);
        }
    }

    #[test]
    fn settings_mean_a_time_for_this_list() {
        let means = |form: RunForm, items| {
            let chosen = form.chosen(10_000).unwrap();
            meaning(&chosen, items, &DEFAULTS)
        };
        assert_eq!(
            means(form("", "50", ""), 10_000),
            "10,000 numbers at 50 a second: 3 min 20 s."
        );
        assert_eq!(
            means(form("", "", ""), 9_981),
            "9,981 numbers, 1,000 at once: about 2 seconds if each takes 200 ms."
        );
        // A rate that one at a time doesn't reach says nothing.
        assert_eq!(
            means(form("1", "100", ""), 100),
            "100 numbers, 1 at once: about 20 seconds if each takes 200 ms."
        );
    }

    #[test]
    fn the_sentence_says_what_will_happen() {
        let none = Chosen::default();
        assert_eq!(
            sentence(&none, &DEFAULTS),
            "1,000 at once, no limit a second."
        );
        let some = form("40", "10", "5").chosen(10_000).unwrap();
        assert_eq!(
            sentence(&some, &DEFAULTS),
            "40 at once, at most 10 a second. Stops early when more than 5% fail."
        );
    }
}
