//! Ids, tokens and time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::wire::ExecutionId;
use ulid::Ulid;

/// 48 bits of milliseconds, as ULID has them.
const LATEST_MS: u64 = (1 << 48) - 1;

/// A new id that sorts before all earlier ones: a ULID of inverted milliseconds, in lower case.
pub fn new_id() -> ExecutionId {
    let ulid = Ulid::from_parts(LATEST_MS - now_ms(), rand::random::<u128>());
    ulid.to_string()
        .to_lowercase()
        .parse()
        .expect("a ULID in lower case is an execution id")
}

/// Milliseconds since 1970 at which this id was made.
pub(crate) fn created_at_ms(id: &ExecutionId) -> u64 {
    Ulid::from_string(id.as_str()).map_or(0, |ulid| LATEST_MS - ulid.timestamp_ms())
}

/// Six random characters of base32: who wrote a segment, or whose claim this is.
pub fn random_token() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..6)
        .map(|_| ALPHABET[rand::random_range(0..32)] as char)
        .collect()
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_millis() as u64
}

/// Milliseconds since 1970 as RFC 3339 in UTC.
pub fn rfc3339(ms: u64) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(ms)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_id_sorts_first_and_tells_its_time() {
        let at = |ms| -> ExecutionId {
            Ulid::from_parts(LATEST_MS - ms, rand::random::<u128>())
                .to_string()
                .to_lowercase()
                .parse()
                .unwrap()
        };
        assert!(at(2_000) < at(1_000));
        assert_eq!(created_at_ms(&at(1_234)), 1_234);
        let before = now_ms();
        assert!((before..=now_ms()).contains(&created_at_ms(&new_id())));
    }
}
