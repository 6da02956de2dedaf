//! How a run's concurrency and rate are divided among its lanes.

use contract::limits::DEFAULT_MAX_ATTEMPTS;
use store::{Meta, Pass};

/// GETs that one fetcher has in flight at most: a Lambda has 1,024 file descriptors (AWS Lambda
/// quotas), and some are its own.
const MAX_LANE_CONCURRENCY: u32 = 900;
/// Batches that an inline Map takes: its greatest concurrency (AWS Step Functions, "Map state
/// processing modes").
const MAX_INLINE_BATCHES: usize = 40;
/// An inline Map shares its execution's 25,000 history events (AWS Step Functions quotas). A batch
/// loops about every ten minutes and a loop takes about ten events, so that 40 batches have some
/// 60 loops; a run that would take longer than this many seconds goes the other way.
const MAX_INLINE_SECONDS: f64 = 6.0 * 3_600.0;

/// An upstream that asks to be left alone after every burst ends an invocation each time, so that
/// a run of few at once may loop as often as this.
const MAX_INLINE_PAUSES: u64 = 2_000;

/// Sets the shares of a pass that is about to be written. `fetchers` is how many fetchers run at
/// the same time; none: all batches share one limit in one process.
pub(crate) fn assign_lanes(meta: &Meta, pass: &mut Pass, fetchers: Option<u32>) {
    let settings = &meta.settings;
    let batches = pass.batches(meta).len();
    let seconds = settings
        .requests_per_second
        .map_or(0.0, |rate| pass.selected(meta) as f64 / rate);
    let attempts = u64::from(DEFAULT_MAX_ATTEMPTS);
    let pauses = pass.selected(meta) * attempts / u64::from(settings.max_concurrency.max(1));
    pass.wide =
        batches > MAX_INLINE_BATCHES || seconds > MAX_INLINE_SECONDS || pauses > MAX_INLINE_PAUSES;
    let Some(fetchers) = fetchers else {
        pass.lane_concurrency = settings.max_concurrency;
        pass.lane_requests_per_second = settings.requests_per_second;
        return;
    };
    let by_rate = settings
        .requests_per_second
        .map_or(u32::MAX, |rate| rate.ceil().max(1.0) as u32);
    let by_concurrency = settings
        .max_concurrency
        .div_ceil(MAX_LANE_CONCURRENCY.min(meta.batch_size));
    let lanes = (batches as u32)
        .min(by_concurrency)
        .min(by_rate)
        .min(fetchers)
        .max(1);
    pass.lanes = lanes;
    pass.lane_concurrency = (settings.max_concurrency / lanes).clamp(1, MAX_LANE_CONCURRENCY);
    pass.lane_requests_per_second = settings
        .requests_per_second
        .map(|rate| rate / f64::from(lanes));
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Ssn;
    use contract::list::{List, ParsedSsn};
    use contract::wire::RunSettings;

    fn divided(
        items: u32,
        max_concurrency: u32,
        requests_per_second: Option<f64>,
        fetchers: Option<u32>,
    ) -> Pass {
        let number = |item: u32| ParsedSsn {
            ssn: Ssn::from_digits(format!("{item:09}").as_bytes().try_into().unwrap()).unwrap(),
            restored: false,
        };
        let list: List = (0..items).map(|item| Ok(number(item))).collect();
        let settings = RunSettings {
            max_concurrency,
            requests_per_second,
            ..RunSettings::default()
        };
        let meta = Meta::new("local", None, None, None, &list, settings);
        let mut pass = Pass::first();
        assign_lanes(&meta, &mut pass, fetchers);
        pass
    }

    #[test]
    fn the_sum_over_all_lanes_stays_within_what_was_asked_for() {
        for items in [1, 40, 41, 5_000, 20_000] {
            for concurrency in [1, 10, 1_000, 10_000] {
                for rate in [None, Some(0.5), Some(50.0), Some(5_000.0)] {
                    let pass = divided(items, concurrency, rate, Some(500));
                    assert!(pass.lanes * pass.lane_concurrency <= concurrency.max(pass.lanes));
                    assert!(pass.lanes <= concurrency.max(1));
                    if let (Some(rate), Some(share)) = (rate, pass.lane_requests_per_second) {
                        assert!((f64::from(pass.lanes) * share - rate).abs() < 1e-9);
                    }
                }
            }
        }
    }

    #[test]
    fn lanes_are_as_many_as_the_smallest_of_batches_concurrency_rate_and_fetchers() {
        assert_eq!(divided(40, 1_000, None, Some(500)).lanes, 40);
        assert_eq!(divided(20_000, 1_000, None, Some(500)).lanes, 4);
        assert_eq!(divided(20_000, 10_000, Some(3.0), Some(500)).lanes, 3);
        assert_eq!(divided(20_000, 10_000, None, Some(10)).lanes, 10);
    }

    #[test]
    fn many_batches_or_a_very_slow_run_are_wide() {
        assert!(!divided(10_000, 1_000, None, Some(500)).wide);
        assert!(divided(10_001, 1_000, None, Some(500)).wide);
        assert!(divided(1_000, 1_000, Some(0.01), Some(500)).wide);
        assert!(divided(10_000, 10, None, Some(500)).wide);
        assert!(!divided(10_000, 100, None, Some(500)).wide);
    }

    #[test]
    fn in_one_process_all_lanes_share_the_whole() {
        let pass = divided(20_000, 10_000, Some(30.0), None);
        assert_eq!(
            (pass.lane_concurrency, pass.lane_requests_per_second),
            (10_000, Some(30.0))
        );
    }
}
