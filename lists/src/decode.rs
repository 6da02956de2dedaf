//! Decodes the bytes of a list to text.

use std::borrow::Cow;

/// Decodes UTF-16 if a byte order mark says so, and UTF-8 otherwise; removes the mark.
///
/// It never fails: an invalid sequence becomes U+FFFD, which makes the value INVALID with
/// [`Encoding`](contract::InvalidReason::Encoding). Line breaks next to an invalid sequence are kept.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .chain((!odd.is_empty()).then_some(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_selects_the_encoding() {
        assert_eq!(decode(b"12\n"), "12\n");
        assert_eq!(decode(b"\xef\xbb\xbf12\n"), "12\n");
        assert_eq!(decode(b"\xff\xfe1\x002\x00\n\x00"), "12\n");
        assert_eq!(decode(b"\xfe\xff\x001\x002\x00\n"), "12\n");
    }

    #[test]
    fn invalid_bytes_leave_their_neighbours_unchanged() {
        assert_eq!(decode(b"1\xff2\n3"), "1\u{fffd}2\n3");
        assert_eq!(decode(b"1\xe2\n3"), "1\u{fffd}\n3");
        assert_eq!(
            decode(b"\xff\xfe1\x00\x00\xd8\n\x003"),
            "1\u{fffd}\n\u{fffd}"
        );
    }
}
