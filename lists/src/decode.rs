//! Decodes the bytes of a list to text.

use std::borrow::Cow;

/// The encoding of a list's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or text that is only ASCII.
    Utf8,
    /// UTF-16 of either byte order.
    Utf16,
    /// Windows-1252, the encoding of Excel's plain CSV.
    Windows1252,
}

impl Encoding {
    /// Returns the encoding's name for people: `Windows-1252`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// Decodes UTF-16 or UTF-8 by the byte order mark, which it removes, or by the bytes.
///
/// Without a mark, a text in which every second byte is NUL is UTF-16. Bytes that aren't UTF-8 are
/// Windows-1252, the encoding of Excel's plain CSV, unless other bytes are UTF-8 characters.
///
/// It never fails: an invalid sequence becomes U+FFFD, which makes the value INVALID with
/// [`Encoding`](contract::InvalidReason::Encoding). Line breaks next to an invalid sequence are kept.
pub(crate) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    let utf16 = |bytes, unit| (Cow::Owned(utf16(bytes, unit)), Encoding::Utf16);
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (utf8(rest), Encoding::Utf8),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if has_nul_halves(bytes, 1) => utf16(bytes, u16::from_le_bytes),
        _ if has_nul_halves(bytes, 0) => utf16(bytes, u16::from_be_bytes),
        _ => match utf8(bytes) {
            Cow::Owned(_) if !has_utf8_character(bytes) => {
                (Cow::Owned(windows_1252(bytes)), Encoding::Windows1252)
            }
            text => (text, Encoding::Utf8),
        },
    }
}

/// Decodes UTF-8. An invalid sequence becomes U+FFFD.
fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    // Of valid text, `from_utf8` is much faster than `from_utf8_lossy`.
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Bytes that are looked at to recognize UTF-16.
const UTF_16_SAMPLE: usize = 1_024;

/// Whether the half of each pair at this place is NUL in most pairs, and the other half never is.
///
/// That is so in UTF-16 text that is mostly ASCII, and in no other text.
fn has_nul_halves(bytes: &[u8], place: usize) -> bool {
    let sample = &bytes[..bytes.len().min(UTF_16_SAMPLE)];
    let (pairs, _) = sample.as_chunks::<2>();
    let nul = pairs.iter().filter(|pair| pair[place] == 0).count();
    nul * 4 > pairs.len() * 3 && pairs.iter().all(|pair| pair[1 - place] != 0)
}

/// Whether the bytes contain a valid UTF-8 sequence of several bytes.
fn has_utf8_character(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// The characters of the bytes 0x80–0x9F in Windows-1252, as the WHATWG Encoding Standard has them.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

fn windows_1252(bytes: &[u8]) -> String {
    let character = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        // The other bytes are the first characters of Unicode.
        _ => char::from(*byte),
    };
    bytes.iter().map(character).collect()
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

    fn text(bytes: &[u8]) -> Cow<'_, str> {
        decode(bytes).0
    }

    #[test]
    fn a_byte_order_mark_selects_the_encoding() {
        assert_eq!(text(b"12\n"), "12\n");
        assert_eq!(text(b"\xef\xbb\xbf12\n"), "12\n");
        assert_eq!(text(b"\xff\xfe1\x002\x00\n\x00"), "12\n");
        assert_eq!(text(b"\xfe\xff\x001\x002\x00\n"), "12\n");
    }

    #[test]
    fn utf_16_is_recognized_without_a_mark() {
        let list = "Name,SSN\nJos\u{e9} \u{17d}i\u{17e}ek,123-45-6789\n";
        let encoded = |unit: fn(u16) -> [u8; 2]| list.encode_utf16().flat_map(unit).collect();
        let little: Vec<u8> = encoded(u16::to_le_bytes);
        let big: Vec<u8> = encoded(u16::to_be_bytes);
        assert_eq!((text(&little), text(&big)), (list.into(), list.into()));
        // NUL characters here and there are no UTF-16.
        for list in ["", "1", "1\x0023", "ab\0\0", "A\0nn,123-45-6789\n"] {
            assert_eq!(text(list.as_bytes()), list);
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_windows_1252() {
        assert_eq!(
            text(b"Jos\xe9;123\x9645\x966789"),
            "Jos\u{e9};123\u{2013}45\u{2013}6789"
        );
        assert_eq!(
            text(b"123\xa045\xa06789\n\x80"),
            "123\u{a0}45\u{a0}6789\n\u{20ac}"
        );
        assert_eq!(text("Jos\u{e9}".as_bytes()), "Jos\u{e9}");
        // A damaged text in UTF-8 keeps its other characters.
        assert_eq!(text(b"Jos\xc3\xa9 \xff"), "Jos\u{e9} \u{fffd}");
    }

    #[test]
    fn invalid_bytes_leave_their_neighbours_unchanged() {
        assert_eq!(text(b"\xc3\xa91\xff2\n3"), "\u{e9}1\u{fffd}2\n3");
        assert_eq!(text(b"\xc3\xa91\xe2\n3"), "\u{e9}1\u{fffd}\n3");
        assert_eq!(text(b"\xff\xfe1\x00\x00\xd8\n\x003"), "1\u{fffd}\n\u{fffd}");
    }

    #[test]
    fn the_encoding_is_named() {
        for (bytes, encoding) in [
            (&b"12"[..], Encoding::Utf8),
            (b"", Encoding::Utf8),
            (b"\xef\xbb\xbf\xff", Encoding::Utf8),
            ("Jos\u{e9}".as_bytes(), Encoding::Utf8),
            (b"Jos\xe9", Encoding::Windows1252),
            (b"\xfe\xff\x001", Encoding::Utf16),
            (b"1\x002\x00", Encoding::Utf16),
        ] {
            assert_eq!(decode(bytes).1, encoding, "{bytes:?}");
        }
    }
}
