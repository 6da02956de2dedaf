//! Settings of the demo upstream.

use std::time::Duration;

/// Settings of the demo upstream. A rate is a share from 0 to 1.
///
/// A request has at most one of these failures: reset, truncated, 429, 503. They are drawn for every
/// request, so that a retry may succeed. If their rates add up to more than 1, those named first win.
#[derive(Clone, Debug, PartialEq, clap::Args)]
pub struct DemoSettings {
    /// Delay of every response, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.latency)]
    pub latency: u64,
    /// Maximum random delay of a response in addition to `--latency`, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.jitter)]
    pub jitter: u64,
    /// Share of numbers that are not found (404); always the same numbers.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.not_found_rate)]
    pub not_found_rate: f64,
    /// Share of requests that fail (503).
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.failure_rate)]
    pub failure_rate: f64,
    /// Share of numbers that fail (503) four times in a row and then succeed, so that a redrive helps;
    /// always the same numbers.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.outage_rate)]
    pub outage_rate: f64,
    /// Share of requests that are throttled (429).
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.throttle_rate)]
    pub throttle_rate: f64,
    /// The `Retry-After` of a 429, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULTS.retry_after)]
    pub retry_after: u64,
    /// Share of responses that are slow.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.slow_rate)]
    pub slow_rate: f64,
    /// Delay of a slow response in addition to `--latency`, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.slow_latency)]
    pub slow_latency: u64,
    /// Share of responses that end after half of the body.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.truncate_rate)]
    pub truncate_rate: f64,
    /// Share of requests whose connection is reset without a response.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.reset_rate)]
    pub reset_rate: f64,
    /// The seed of the records; another seed makes up other records.
    #[arg(long, value_name = "N", default_value_t = DEFAULTS.seed)]
    pub seed: u64,
}

/// A quick upstream that finds most numbers and fails now and then.
const DEFAULTS: DemoSettings = DemoSettings {
    latency: 60,
    jitter: 190,
    not_found_rate: 0.04,
    failure_rate: 0.02,
    outage_rate: 0.01,
    throttle_rate: 0.0,
    retry_after: 1,
    slow_rate: 0.0,
    slow_latency: 5_000,
    truncate_rate: 0.0,
    reset_rate: 0.0,
    seed: 0,
};

impl DemoSettings {
    /// An upstream that responds to every number at once.
    pub const INSTANT: Self = Self {
        latency: 0,
        jitter: 0,
        not_found_rate: 0.0,
        failure_rate: 0.0,
        outage_rate: 0.0,
        ..DEFAULTS
    };

    /// How long a response takes, from two random numbers in [0, 1).
    pub(super) fn delay(&self, jitter: f64, slow: f64) -> Duration {
        let mut delay = Duration::from_millis(self.latency);
        delay += Duration::from_millis(self.jitter).mul_f64(jitter);
        if slow < self.slow_rate {
            delay += Duration::from_millis(self.slow_latency);
        }
        delay
    }
}

impl Default for DemoSettings {
    fn default() -> Self {
        DEFAULTS
    }
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (0.0..=1.0).contains(rate))
        .ok_or_else(|| "it takes a share between 0 and 1, such as 0.05".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        demo: DemoSettings,
    }

    fn parse(flags: &str) -> Result<DemoSettings, clap::Error> {
        Cli::try_parse_from(["upstream"].into_iter().chain(flags.split_whitespace()))
            .map(|cli| cli.demo)
    }

    #[test]
    fn without_flags_the_defaults_apply() {
        assert_eq!(parse("").unwrap(), DemoSettings::default());
    }

    #[test]
    fn every_failure_has_a_flag() {
        let flags = "--latency 1 --jitter 2 --not-found-rate 0.1 --failure-rate 0.2 \
                     --outage-rate 0.3 --throttle-rate 0.4 --retry-after 3 --slow-rate 0.5 \
                     --slow-latency 4 --truncate-rate 0.6 --reset-rate 1 --seed 5";
        let expected = DemoSettings {
            latency: 1,
            jitter: 2,
            not_found_rate: 0.1,
            failure_rate: 0.2,
            outage_rate: 0.3,
            throttle_rate: 0.4,
            retry_after: 3,
            slow_rate: 0.5,
            slow_latency: 4,
            truncate_rate: 0.6,
            reset_rate: 1.0,
            seed: 5,
        };
        assert_eq!(parse(flags).unwrap(), expected);
    }

    #[test]
    fn a_rate_is_between_0_and_1() {
        for flags in ["--failure-rate 5", "--reset-rate=-0.1", "--slow-rate NaN"] {
            let error = parse(flags).unwrap_err().to_string();
            assert!(error.contains("between 0 and 1"), "{error}");
        }
    }

    #[test]
    fn a_response_takes_latency_plus_jitter() {
        let settings = DemoSettings {
            slow_rate: 0.1,
            ..DemoSettings::default()
        };
        let millis = |jitter, slow| settings.delay(jitter, slow).as_millis();
        assert_eq!(millis(0.0, 0.5), 60);
        assert_eq!(millis(0.5, 0.5), 155);
        assert_eq!(millis(0.5, 0.05), 5_155);
    }
}
