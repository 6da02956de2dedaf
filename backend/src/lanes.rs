//! Divides an execution's concurrency and rate among the lanes of a pass.
//!
//! A lane fetches one batch at a time.

use contract::limits::DEFAULT_MAX_ATTEMPTS;
use store::{Meta, Pass};

/// Maximum number of requests in flight of one fetcher.
///
/// A Lambda function has 1,024 file descriptors (AWS Lambda quotas) and needs some for itself.
const MAX_LANE_CONCURRENCY: u32 = 900;
/// Maximum number of batches for an inline Map: its maximum concurrency.
///
/// Source: AWS Step Functions, "Map state processing modes".
const MAX_INLINE_BATCHES: usize = 40;
/// Maximum expected duration of a pass in an inline Map, in seconds.
///
/// All batches of an inline Map share the 25,000 history events of one state machine execution (AWS
/// Step Functions quotas). A batch needs a new invocation about every ten minutes, which adds about
/// ten events, so 40 batches can have about 60 invocations each.
const MAX_INLINE_SECONDS: f64 = 6.0 * 3_600.0;

/// Maximum expected number of bursts of requests of a pass in an inline Map.
///
/// A burst is as many requests as may be in flight. If an upstream responds to every burst with
/// `Retry-After`, each burst needs an invocation. 2,000 bursts are 50 invocations for each of 40
/// batches.
const MAX_INLINE_BURSTS: u64 = 2_000;

/// Sets the number of lanes of a new pass, and the concurrency and rate of each lane.
///
/// `fetchers` is the maximum number of fetchers that run at the same time. With `None`, all batches
/// share one limit in one process.
pub(crate) fn assign_lanes(meta: &Meta, pass: &mut Pass, fetchers: Option<u32>) {
    let settings = &meta.settings;
    let batches = pass.batches(meta).len();
    let seconds = settings
        .requests_per_second
        .map_or(0.0, |rate| pass.selected(meta) as f64 / rate);
    let attempts = u64::from(DEFAULT_MAX_ATTEMPTS);
    let bursts = pass.selected(meta) * attempts / u64::from(settings.max_concurrency.max(1));
    pass.wide =
        batches > MAX_INLINE_BATCHES || seconds > MAX_INLINE_SECONDS || bursts > MAX_INLINE_BURSTS;
    let Some(fetchers) = fetchers else {
        pass.lane_concurrency = settings.max_concurrency;
        pass.lane_requests_per_second = settings.requests_per_second;
        return;
    };
    // So that each lane starts about one request per second or more.
    let by_rate = settings
        .requests_per_second
        .map_or(u32::MAX, |rate| rate.ceil().max(1.0) as u32);
    // A lane can't have more requests in flight than its batch has items.
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

    fn assigned(
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
    fn all_lanes_together_stay_within_the_settings() {
        for items in [1, 40, 41, 5_000, 20_000] {
            for concurrency in [1, 10, 1_000, 10_000] {
                for rate in [None, Some(0.5), Some(50.0), Some(5_000.0)] {
                    let pass = assigned(items, concurrency, rate, Some(500));
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
    fn the_smallest_limit_sets_the_number_of_lanes() {
        assert_eq!(assigned(40, 1_000, None, Some(500)).lanes, 40);
        assert_eq!(assigned(20_000, 1_000, None, Some(500)).lanes, 4);
        assert_eq!(assigned(20_000, 10_000, Some(3.0), Some(500)).lanes, 3);
        assert_eq!(assigned(20_000, 10_000, None, Some(10)).lanes, 10);
    }

    #[test]
    fn many_batches_or_a_slow_pass_need_a_distributed_map() {
        assert!(!assigned(10_000, 1_000, None, Some(500)).wide);
        assert!(assigned(10_001, 1_000, None, Some(500)).wide);
        assert!(assigned(1_000, 1_000, Some(0.01), Some(500)).wide);
        assert!(assigned(10_000, 10, None, Some(500)).wide);
        assert!(!assigned(10_000, 100, None, Some(500)).wide);
    }

    #[test]
    fn in_one_process_every_lane_has_the_whole_limit() {
        let pass = assigned(20_000, 10_000, Some(30.0), None);
        assert_eq!(
            (pass.lane_concurrency, pass.lane_requests_per_second),
            (10_000, Some(30.0))
        );
    }
}
