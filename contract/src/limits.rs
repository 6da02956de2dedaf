//! The API's limits and defaults.

/// Maximum number of values in `ssnList`, each of which is a row.
///
/// A request with 250,000 values stays below Lambda's payload limit of 6 MB (AWS Lambda quotas,
/// invocation payload).
pub const MAX_SSN_LIST: usize = 250_000;
/// Maximum number of rows in a list uploaded in parts.
pub const MAX_LIST_ROWS: usize = 1_000_000;
/// Maximum size of the file or text that a list is read from, in bytes.
///
/// It is enough for a million records of 300 bytes, and a browser tab can hold it a few times over.
pub const MAX_LIST_BYTES: u32 = 300_000_000;
/// Maximum size of one part of an uploaded list, in bytes; below Lambda's 6 MB payload limit.
pub const MAX_PART_BYTES: usize = 4_000_000;
/// Maximum number of parts of an uploaded list.
pub const MAX_PARTS: u32 = 1_000;
/// Maximum number of rows in one page of results.
pub const MAX_RESULTS_COUNT: u32 = 1_000;
/// Maximum length of a label, in characters.
pub const MAX_LABEL_CHARS: usize = 200;
/// Maximum length of an `Idempotency-Key`, in characters.
pub const MAX_IDEMPOTENCY_KEY_CHARS: usize = 128;
/// Default for the maximum number of attempts for one item in one pass.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 4;
/// Default for the maximum number of requests in flight.
pub const DEFAULT_MAX_CONCURRENCY: u32 = 1_000;
/// Highest `maxConcurrency` that a start may set.
pub const MAX_CONCURRENCY: u32 = 10_000;
/// Highest `requestsPerSecond` that a start may set.
pub const MAX_REQUESTS_PER_SECOND: f64 = 1_000_000.0;
/// Lowest `requestsPerSecond` that a start may set: one request in 100 seconds.
pub const MIN_REQUESTS_PER_SECOND: f64 = 0.01;
