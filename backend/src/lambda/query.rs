//! A query that an address can hold.

use std::fmt::Write;

/// Percent-encodes the bytes that no query may hold (RFC 3986, 3.4), and leaves the rest as it is.
pub(super) fn percent_encode(query: String) -> String {
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        match byte {
            b'!' | b'$'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("a String takes all"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_query_may_hold_is_encoded() {
        let fine = "first=1&cursor=a-b_c~d.e%20f+g&outcome=FAILED,x/y?z:@[]";
        assert_eq!(percent_encode(fine.to_owned()), fine);
        assert_eq!(
            percent_encode("a=\"<b> c|é".to_owned()),
            "a=%22%3Cb%3E%20c%7C%C3%A9"
        );
        let all: String = (0..=255_u8).map(char::from).collect();
        assert!(
            format!("/api?{}", percent_encode(all))
                .parse::<http::Uri>()
                .is_ok()
        );
    }
}
