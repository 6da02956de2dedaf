//! File descriptors: each GET in flight takes one.

use contract::text::{group_digits, pluralize};

/// Kept for files, the page's connections and the runtime.
const OWN: u64 = 200;

/// Raises the limit of open files as far as it may be; how many GETs can be in flight then.
pub(crate) fn raise() -> u32 {
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1_024);
    u32::try_from(limit.saturating_sub(OWN))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// Says that fewer GETs than wished can be in flight.
pub(crate) fn told(wished: u32, possible: u32) -> String {
    format!(
        "only {} of {} can be in flight at the same time: this process may open {}. \
         Raise that with `ulimit -n {}`",
        group_digits(possible.into()),
        pluralize(wished.into(), "GET"),
        pluralize(u64::from(possible) + OWN, "file"),
        u64::from(wished) + OWN,
    )
}
