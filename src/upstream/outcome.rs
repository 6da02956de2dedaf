//! What an attempt at a number comes to.

use std::time::{SystemTime, UNIX_EPOCH};

use super::DemoSettings;

/// What an attempt comes to.
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
    /// 200, of whose body half comes.
    Truncated,
    /// No answer, the connection is reset.
    Reset,
}

/// Numbers that fail at every attempt do so for this long.
const OUTAGE_SECONDS: u64 = 60;

/// What a mix is made for, so that one property of a number says nothing of another.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    NotFound = 1,
    Outage = 2,
    Record = 3,
}

impl DemoSettings {
    /// What an attempt comes to, from a draw of [0, 1) and the time in seconds.
    pub(super) fn outcome(&self, number: u64, draw: f64, seconds: u64) -> Outcome {
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
        let share = |purpose, salt| {
            // 53 bits are what a double holds.
            (mix(number, self.seed, purpose, salt) >> 11) as f64 / (1_u64 << 53) as f64
        };
        if share(Purpose::Outage, seconds / OUTAGE_SECONDS) < self.outage_rate {
            return Outcome::Failure;
        }
        match share(Purpose::NotFound, 0) < self.not_found_rate {
            true => Outcome::NotFound,
            false => Outcome::Found,
        }
    }
}

/// The time, in seconds.
pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// 64 bits that follow from a number but don't look like it.
pub(super) fn mix(number: u64, seed: u64, purpose: Purpose, salt: u64) -> u64 {
    [seed, purpose as u64, salt]
        .into_iter()
        .fold(scrambled(number), |bits, word| {
            scrambled(bits ^ scrambled(word))
        })
}

/// SplitMix64 (Steele, Lea and Flood, 2014): every bit of the result depends on every bit given.
pub(super) fn scrambled(bits: u64) -> u64 {
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
        let hits = numbers.filter(|number| settings.outcome(*number, 0.999, 0) == wanted);
        hits.count() as f64 / 10_000.0
    }

    #[test]
    fn the_share_of_numbers_that_are_not_found_is_as_set_and_always_the_same_ones() {
        let settings = DemoSettings {
            not_found_rate: 0.2,
            ..DemoSettings::INSTANT
        };
        let found = share(&settings, Outcome::NotFound);
        assert!((0.18..0.22).contains(&found), "{found}");
        for number in 123_000_000..123_000_100 {
            let first = settings.outcome(number, 0.1, 0);
            assert_eq!(settings.outcome(number, 0.9, 1_000_000), first);
        }
    }

    #[test]
    fn an_attempt_has_the_trouble_that_is_drawn() {
        let settings = DemoSettings {
            reset_rate: 0.1,
            truncate_rate: 0.1,
            throttle_rate: 0.1,
            failure_rate: 0.1,
            ..DemoSettings::INSTANT
        };
        let drawn = [0.05, 0.15, 0.25, 0.35, 0.45].map(|draw| settings.outcome(1, draw, 0));
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
    fn an_outage_stays_for_its_minute_and_goes_elsewhere_after() {
        let settings = DemoSettings {
            outage_rate: 0.5,
            ..DemoSettings::INSTANT
        };
        let failing = |seconds| -> Vec<u64> {
            let fails = |number: &u64| settings.outcome(*number, 0.5, seconds) == Outcome::Failure;
            (0..200).filter(fails).collect()
        };
        assert_eq!(failing(0), failing(59));
        assert_ne!(failing(59), failing(60));
        assert!((60..140).contains(&failing(0).len()));
    }
}
