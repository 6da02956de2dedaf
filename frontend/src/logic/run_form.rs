//! The settings of a run as they are typed.

use contract::limits;
use serde::de::DeserializeOwned;

use crate::logic::words;

/// The settings of a run as they are typed; an empty field means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunForm {
    /// GETs in flight.
    pub at_once: String,
    /// GETs started a second.
    pub per_second: String,
    /// Percent of the numbers that may fail.
    pub tolerated: String,
}

/// The settings of a run; none where the default is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chosen {
    /// GETs in flight.
    pub max_concurrency: Option<u32>,
    /// GETs started a second.
    pub requests_per_second: Option<f64>,
    /// Percent of the numbers that may fail.
    pub tolerated_failure_percentage: Option<f64>,
}

impl RunForm {
    /// What was typed, as numbers, where a run may have this many GETs in flight; else what is
    /// wrong, in words.
    pub fn chosen(&self, max_concurrency: u32) -> Result<Chosen, String> {
        let at_once = field(&self.at_once, |n: &u32| (1..=max_concurrency).contains(n));
        let per_second = field(&self.per_second, |n: &f64| {
            *n > 0.0 && *n <= limits::MAX_REQUESTS_PER_SECOND
        });
        let tolerated = field(&self.tolerated, |n: &f64| (0.0..=100.0).contains(n));
        let most = words::group(max_concurrency.into());
        Ok(Chosen {
            max_concurrency: at_once
                .map_err(|()| format!("At once: a whole number from 1 to {most}."))?,
            requests_per_second: per_second
                .map_err(|()| "A second: a number above 0, or nothing for no limit.".to_owned())?,
            tolerated_failure_percentage: tolerated
                .map_err(|()| "May fail: a percentage from 0 to 100.".to_owned())?,
        })
    }
}

fn field<T: DeserializeOwned>(typed: &str, fits: impl Fn(&T) -> bool) -> Result<Option<T>, ()> {
    let typed = typed.trim().replace(',', "");
    if typed.is_empty() {
        return Ok(None);
    }
    // JSON's numbers are the ones meant: no `inf`, no `NaN`; and its reader is in the page anyway.
    serde_json::from_str(&typed)
        .ok()
        .filter(fits)
        .map(Some)
        .ok_or(())
}

/// The settings in a sentence, with these defaults: `1,000 at once, no limit a second.`
pub fn sentence(chosen: &Chosen, at_once: u32, per_second: Option<f64>, tolerated: f64) -> String {
    let at_once = words::group(chosen.max_concurrency.unwrap_or(at_once).into());
    let rate = match chosen.requests_per_second.or(per_second) {
        Some(rate) => format!("at most {} a second", words::decimal(rate)),
        None => "no limit a second".to_owned(),
    };
    let tolerated = chosen.tolerated_failure_percentage.unwrap_or(tolerated);
    let stops = match tolerated < 100.0 {
        true => format!(
            " Stops early when more than {}% fail.",
            words::decimal(tolerated)
        ),
        false => String::new(),
    };
    format!("{at_once} at once, {rate}.{stops}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn what_is_out_of_range_is_said_with_the_range() {
        for (form, word) in [
            (form("0", "", ""), "1 to 10,000"),
            (form("10001", "", ""), "1 to 10,000"),
            (form("many", "", ""), "At once"),
            (form("", "0", ""), "A second"),
            (form("", "NaN", ""), "A second"),
            (form("", "inf", ""), "A second"),
            (form("", "", "101"), "0 to 100"),
            (form("", "", "-1"), "0 to 100"),
        ] {
            assert!(form.chosen(10_000).unwrap_err().contains(word), "{form:?}");
        }
    }

    #[test]
    fn the_sentence_says_what_will_happen() {
        let none = Chosen::default();
        assert_eq!(
            sentence(&none, 1_000, None, 100.0),
            "1,000 at once, no limit a second."
        );
        let some = form("40", "10", "5").chosen(10_000).unwrap();
        assert_eq!(
            sentence(&some, 1_000, None, 100.0),
            "40 at once, at most 10 a second. Stops early when more than 5% fail."
        );
    }
}
