//! The outcome of one request for a number.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::DemoSettings;

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// 200 with a record.
    Found,
    /// 404.
    NotFound,
    /// 503.
    Failure,
    /// 429 with `Retry-After`.
    Throttled,
    /// 200 with half of the body.
    Truncated,
    /// No response; the connection is reset.
    Reset,
}

/// How many requests in a row fail for a number in outage.
///
/// As many as `fetcher` sends by default, so that the number is FAILED and a redrive succeeds.
const OUTAGE_ATTEMPTS: u32 = contract::limits::DEFAULT_MAX_ATTEMPTS;

/// Failed requests so far for each number in outage.
#[derive(Default)]
pub(super) struct Outages(Mutex<HashMap<u64, u32>>);

impl Outages {
    /// Counts a request for this number, and returns whether it fails.
    ///
    /// [`OUTAGE_ATTEMPTS`] requests in a row fail, then one succeeds, and so on. So a number that
    /// fails in a run succeeds in its redrive.
    fn count_request(&self, number: u64) -> bool {
        let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = failed.entry(number).or_insert(0);
        let fails = *failed < OUTAGE_ATTEMPTS;
        *failed = if fails { *failed + 1 } else { 0 };
        fails
    }
}

/// What a hash is for, so that a number's properties are independent of each other.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    NotFound = 1,
    Outage = 2,
    Record = 3,
}

impl DemoSettings {
    /// The outcome of a request, from a random number in [0, 1).
    pub(super) fn outcome(&self, number: u64, draw: f64, outages: &Outages) -> Outcome {
        let mut bound = 0.0;
        let transient = [
            (self.reset_rate, Outcome::Reset),
            (self.truncate_rate, Outcome::Truncated),
            (self.throttle_rate, Outcome::Throttled),
            (self.failure_rate, Outcome::Failure),
        ];
        for (rate, outcome) in transient {
            bound += rate;
            if draw < bound {
                return outcome;
            }
        }
        let share = |purpose| {
            // A double has 53 bits of precision.
            (hash(number, self.seed, purpose) >> 11) as f64 / (1_u64 << 53) as f64
        };
        if share(Purpose::Outage) < self.outage_rate && outages.count_request(number) {
            return Outcome::Failure;
        }
        match share(Purpose::NotFound) < self.not_found_rate {
            true => Outcome::NotFound,
            false => Outcome::Found,
        }
    }
}

/// Returns a hash of a number for this seed and purpose.
pub(super) fn hash(number: u64, seed: u64, purpose: Purpose) -> u64 {
    [seed, purpose as u64]
        .into_iter()
        .fold(splitmix64(number), |bits, word| {
            splitmix64(bits ^ splitmix64(word))
        })
}

/// SplitMix64 (Steele, Lea and Flood, 2014): every bit of the result depends on every input bit.
pub(super) fn splitmix64(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(settings: &DemoSettings, wanted: Outcome) -> f64 {
        let numbers = 123_000_000..123_010_000;
        let outages = Outages::default();
        let hits = numbers.filter(|number| settings.outcome(*number, 0.999, &outages) == wanted);
        hits.count() as f64 / 10_000.0
    }

    #[test]
    fn the_same_numbers_are_never_found() {
        let settings = DemoSettings {
            not_found_rate: 0.2,
            ..DemoSettings::INSTANT
        };
        let found = share(&settings, Outcome::NotFound);
        assert!((0.18..0.22).contains(&found), "{found}");
        for number in 123_000_000..123_000_100 {
            let outages = Outages::default();
            let first = settings.outcome(number, 0.1, &outages);
            assert_eq!(settings.outcome(number, 0.9, &outages), first);
        }
    }

    #[test]
    fn a_draw_decides_the_failure() {
        let settings = DemoSettings {
            reset_rate: 0.1,
            truncate_rate: 0.1,
            throttle_rate: 0.1,
            failure_rate: 0.1,
            ..DemoSettings::INSTANT
        };
        let drawn = [0.05, 0.15, 0.25, 0.35, 0.45]
            .map(|draw| settings.outcome(1, draw, &Outages::default()));
        let expected = [
            Outcome::Reset,
            Outcome::Truncated,
            Outcome::Throttled,
            Outcome::Failure,
            Outcome::Found,
        ];
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_number_in_outage_fails_in_a_run_and_succeeds_in_its_redrive() {
        let settings = DemoSettings {
            failure_rate: 0.0,
            ..DemoSettings::default()
        };
        let outages = Outages::default();
        let attempt = |number| settings.outcome(number, 0.999, &outages);
        // Each number is requested until it succeeds, four times at most.
        let run = |numbers: Vec<u64>| -> Vec<u64> {
            let fails = |number: &u64| (0..4).all(|_| attempt(*number) == Outcome::Failure);
            numbers.into_iter().filter(fails).collect()
        };
        let numbers: Vec<u64> = (123_000_000..123_010_000).collect();
        let failed = run(numbers.clone());
        assert!((70..130).contains(&failed.len()), "{}", failed.len());
        assert!(run(failed.clone()).is_empty(), "a redrive helps");
        assert_eq!(
            run(numbers),
            failed,
            "the next run fails at the same numbers"
        );
    }
}
