//! Arguments about a run.

use clap::Args;
use contract::limits;
use contract::list::Validation;
use contract::wire::RunSettings;

use super::values;

/// A run's limits. For a server they are the defaults, which the request for a run may override.
#[derive(Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunArgs {
    /// Maximum requests in flight.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_MAX_CONCURRENCY",
        default_value_t = limits::DEFAULT_MAX_CONCURRENCY,
        value_parser = values::number(1..=limits::MAX_CONCURRENCY, "")
    )]
    pub(crate) max_concurrency: u32,
    /// Maximum requests sent per second [default: no limit].
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_REQUESTS_PER_SECOND",
        value_parser = values::number(
            limits::MIN_REQUESTS_PER_SECOND..=limits::MAX_REQUESTS_PER_SECOND,
            ""
        )
    )]
    pub(crate) requests_per_second: Option<f64>,
    /// The percentage of numbers that may fail; a run stops early if more do.
    #[arg(
        long,
        value_name = "PERCENT",
        env = "ROLLCALL_TOLERATED_FAILURE_PERCENTAGE",
        default_value_t = 100.0,
        value_parser = values::number(0.0..=100.0, "")
    )]
    pub(crate) tolerated_failure_percentage: f64,
}

impl RunArgs {
    /// A run's settings, with these options for reading its list.
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
