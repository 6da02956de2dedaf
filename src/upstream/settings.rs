//! How the demo upstream behaves.

use std::time::Duration;

/// How the demo upstream behaves. Rates are shares of all answers, 0 to 1. Of resets, truncated
/// answers, 429 and failures each answer has at most one, drawn anew for every attempt, so that
/// retries help; where their rates add up to more than 1, the first named come first.
#[derive(Clone, Debug, PartialEq, clap::Args)]
pub struct DemoSettings {
    /// Milliseconds that every answer takes.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.latency)]
    pub latency: u64,
    /// Milliseconds that an answer takes longer at most.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.jitter)]
    pub jitter: u64,
    /// The share of numbers that are not found (404), always the same ones.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.not_found_rate)]
    pub not_found_rate: f64,
    /// The share of attempts that fail (503).
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.failure_rate)]
    pub failure_rate: f64,
    /// The share of numbers, always the same ones, that fail (503) four times in a row and are
    /// answered the fifth time: a redrive helps.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.outage_rate)]
    pub outage_rate: f64,
    /// The share of attempts that are throttled (429).
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.throttle_rate)]
    pub throttle_rate: f64,
    /// The `Retry-After` of a 429, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULTS.retry_after)]
    pub retry_after: u64,
    /// The share of answers that are slow.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.slow_rate)]
    pub slow_rate: f64,
    /// Milliseconds that a slow answer takes longer.
    #[arg(long, value_name = "MS", default_value_t = DEFAULTS.slow_latency)]
    pub slow_latency: u64,
    /// The share of answers of which half is sent before the connection ends.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.truncate_rate)]
    pub truncate_rate: f64,
    /// The share of attempts at which the connection is reset without an answer.
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = DEFAULTS.reset_rate)]
    pub reset_rate: f64,
    /// Other seeds make up other records.
    #[arg(long, value_name = "N", default_value_t = DEFAULTS.seed)]
    pub seed: u64,
}

/// A quick upstream that has most numbers and fails now and then, at a few of them for good.
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
    /// An upstream that answers every number at once.
    pub const INSTANT: Self = Self {
        latency: 0,
        jitter: 0,
        not_found_rate: 0.0,
        failure_rate: 0.0,
        outage_rate: 0.0,
        ..DEFAULTS
    };

    /// How long an answer takes, from two draws of [0, 1).
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
        .ok_or_else(|| "a rate is a share between 0 and 1, such as 0.05".into())
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
    fn without_flags_the_defaults_hold() {
        assert_eq!(parse("").unwrap(), DemoSettings::default());
    }

    #[test]
    fn every_trouble_has_its_flag() {
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
    fn a_rate_is_a_share() {
        for flags in ["--failure-rate 5", "--reset-rate=-0.1", "--slow-rate NaN"] {
            let error = parse(flags).unwrap_err().to_string();
            assert!(error.contains("between 0 and 1"), "{error}");
        }
    }

    #[test]
    fn an_answer_takes_its_latency_and_at_most_the_jitter_longer() {
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
