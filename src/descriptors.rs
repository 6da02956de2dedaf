//! The limit of open files. Each request in flight needs a file descriptor.

use contract::text::{group_digits, pluralize};

/// Descriptors reserved for files, the page's connections and the runtime.
const RESERVED: u64 = 200;

/// Raises the limit of open files as far as possible. Returns how many requests can be in flight.
pub(crate) fn raise_limit() -> u32 {
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1_024);
    u32::try_from(limit.saturating_sub(RESERVED))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// The message that fewer requests than wanted can be in flight.
pub(crate) fn shortage(wanted: u32, max_in_flight: u32) -> String {
    format!(
        "only {} of {} can be in flight at a time, since this process may open {}. \
         Raise the limit with `ulimit -n {}`",
        group_digits(max_in_flight.into()),
        pluralize(wanted.into(), "request"),
        pluralize(u64::from(max_in_flight) + RESERVED, "file"),
        u64::from(wanted) + RESERVED,
    )
}
