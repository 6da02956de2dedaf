//! How a list is run, as flags and variables.

use clap::Args;
use contract::limits;
use contract::list::Validation;
use contract::wire::RunSettings;

use super::takes;

/// How a list is run: what `fetch` does, and what a run on a server gets that says nothing else.
#[derive(Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunArgs {
    /// GETs in flight at most.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_MAX_CONCURRENCY",
        default_value_t = limits::DEFAULT_MAX_CONCURRENCY,
        value_parser = takes::number(1..=limits::MAX_CONCURRENCY, "")
    )]
    pub(crate) max_concurrency: u32,
    /// GETs started a second at most [default: no limit].
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_REQUESTS_PER_SECOND",
        value_parser = takes::number(
            limits::MIN_REQUESTS_PER_SECOND..=limits::MAX_REQUESTS_PER_SECOND,
            ""
        )
    )]
    pub(crate) requests_per_second: Option<f64>,
    /// The share of numbers, in percent, that may fail before a run stops early.
    #[arg(
        long,
        value_name = "PERCENT",
        env = "ROLLCALL_TOLERATED_FAILURE_PERCENTAGE",
        default_value_t = 100.0,
        value_parser = takes::number(0.0..=100.0, "")
    )]
    pub(crate) tolerated_failure_percentage: f64,
}

impl RunArgs {
    /// The run's settings, with these options of reading.
    pub(crate) fn settings(
        &self,
        validation: Validation,
        restore_leading_zeros: bool,
    ) -> RunSettings {
        RunSettings {
            validation,
            restore_leading_zeros,
            max_concurrency: self.max_concurrency,
            requests_per_second: self.requests_per_second,
            tolerated_failure_percentage: self.tolerated_failure_percentage,
        }
    }
}
