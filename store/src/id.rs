//! Ids, random tokens and timestamps.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::wire::ExecutionId;
use ulid::Ulid;

/// The latest time that a ULID can hold, which has 48 bits for milliseconds.
const LATEST_MS: u64 = (1 << 48) - 1;

/// Returns a new id of an execution or an upload, which sorts before all earlier ids.
///
/// It is a ULID in lower case with an inverted timestamp, so a listing returns the newest first.
pub fn new_id() -> ExecutionId {
    let ulid = Ulid::from_parts(LATEST_MS - now_ms(), rand::random::<u128>());
    ulid.to_string()
        .to_lowercase()
        .parse()
        .expect("a ULID in lower case is an execution id")
}

/// Returns when an id was created, in milliseconds since 1970.
pub(crate) fn created_at_ms(id: &ExecutionId) -> u64 {
    Ulid::from_string(id.as_str()).map_or(0, |ulid| LATEST_MS - ulid.timestamp_ms())
}

/// Returns six random base32 characters, which identify the writer of an object.
pub fn random_token() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..6)
        .map(|_| ALPHABET[rand::random_range(0..32)] as char)
        .collect()
}

/// Returns the current time in milliseconds since 1970.
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_millis() as u64
}

/// Formats a time in milliseconds since 1970 as RFC 3339 in UTC.
pub fn rfc3339(ms: u64) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(ms)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_first_and_hold_their_creation_time() {
        let at = |ms| -> ExecutionId {
            Ulid::from_parts(LATEST_MS - ms, rand::random::<u128>())
                .to_string()
                .to_lowercase()
                .parse()
                .unwrap()
        };
        assert!(at(2_000) < at(1_000));
        assert_eq!(created_at_ms(&at(1_234)), 1_234);
        // The machine's clock may be set meanwhile.
        let created = created_at_ms(&new_id());
        assert!(created.abs_diff(now_ms()) < 60_000);
    }
}
