//! The numbers of the contract: what a request may hold, and what an absent field means.

/// Lines in `ssnList`: a request of 250,000 stays below API Gateway's and Lambda's 6 MB payload
/// (AWS Lambda quotas, invocation payload).
pub const MAX_SSN_LIST: usize = 250_000;
/// Lines in a list uploaded in parts.
pub const MAX_LIST_ROWS: usize = 1_000_000;
/// Bytes in one part of an uploaded list; below Lambda's 6 MB payload.
pub const MAX_PART_BYTES: usize = 4_000_000;
/// Parts of an uploaded list.
pub const MAX_PARTS: u32 = 1_000;
/// Rows in one page of results.
pub const MAX_RESULTS_COUNT: u32 = 1_000;
/// Characters in a label.
pub const MAX_LABEL_CHARS: usize = 200;
/// Characters in an `Idempotency-Key`.
pub const MAX_IDEMPOTENCY_KEY_CHARS: usize = 128;
/// Attempts for one number in one pass, unless the operator sets another maximum.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 4;
/// GETs in flight where a start names none.
pub const DEFAULT_MAX_CONCURRENCY: u32 = 1_000;
/// GETs in flight that a start may ask for.
pub const MAX_CONCURRENCY: u32 = 10_000;
/// GETs started a second that a start may ask for.
pub const MAX_REQUESTS_PER_SECOND: f64 = 1_000_000.0;
/// GETs started a second that a start may ask for at least: one in a hundred seconds.
pub const MIN_REQUESTS_PER_SECOND: f64 = 0.01;
