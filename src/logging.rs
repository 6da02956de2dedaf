//! The log on stderr.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// Crates that never log, whatever `RUST_LOG` says: they would log URLs, which contain numbers.
const SILENT: [&str; 6] = [
    "reqwest=off",
    "hyper=off",
    "hyper_util=off",
    "h2=off",
    "rustls=off",
    "object_store=off",
];

/// Starts the log with the levels of `RUST_LOG`, or with `default` if that isn't set.
pub(crate) fn start(default: &str) {
    let levels = std::env::var("RUST_LOG").unwrap_or_else(|_| default.to_owned());
    let filter = SILENT
        .iter()
        .fold(EnvFilter::new(levels), |filter, directive| {
            filter.add_directive(
                directive
                    .parse::<Directive>()
                    .expect("a target and a level are a directive"),
            )
        });
    // Fails if the log is already started, as in tests. The first one stays in use.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
