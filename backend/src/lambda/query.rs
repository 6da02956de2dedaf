//! Makes a query string valid in a URI.

use std::fmt::Write;

/// Percent-encodes the bytes that a query can't contain (RFC 3986, 3.4), and keeps all others.
pub(super) fn percent_encode(query: String) -> String {
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        match byte {
            b'!' | b'$'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("writing to a String never fails"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_invalid_bytes_are_encoded() {
        let valid = "first=1&cursor=a-b_c~d.e%20f+g&outcome=FAILED,x/y?z:@[]";
        assert_eq!(percent_encode(valid.to_owned()), valid);
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
