//! The log: what this program says, and what its parts warn of.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// These would log the address of a redirect or a request, so a number: `RUST_LOG=trace` and the
/// like don't make them speak.
const SILENT: [&str; 6] = [
    "reqwest=off",
    "hyper=off",
    "hyper_util=off",
    "h2=off",
    "rustls=off",
    "object_store=off",
];

/// Sends the log to stderr; `RUST_LOG` sets how much, by default warnings and what was revealed.
pub(crate) fn start(default: &str) {
    let asked = std::env::var("RUST_LOG").unwrap_or_else(|_| default.to_owned());
    let filter = SILENT
        .iter()
        .fold(EnvFilter::new(asked), |filter, directive| {
            filter.add_directive(
                directive
                    .parse::<Directive>()
                    .expect("a target and a level are a directive"),
            )
        });
    // A second start in one process, as in tests, keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
