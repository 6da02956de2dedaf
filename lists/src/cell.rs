//! The characters of a cell or line: which are digits, which separate them, and which don't count.
//!
//! Headers and values are cleaned by the same rules.

/// Returns the ASCII digit for an ASCII or full-width digit, U+FF10–FF19.
pub(crate) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8),
        '\u{ff10}'..='\u{ff19}' => Some(b'0' + (c as u32 - 0xff10) as u8),
        _ => None,
    }
}

/// Number of digits in a cell.
pub(crate) fn count_digits(cell: &str) -> usize {
    cell.chars().filter(|c| digit(*c).is_some()).count()
}

/// Whether the character may separate groups: a hyphen, dash, minus sign or kind of space.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
            | ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whether the character has no width: a zero-width space or joiner, a soft hyphen, a bidi mark.
///
/// Web pages and office programs insert such characters, and people can't see them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'
            ..='\u{200f}' | '\u{202a}'
            ..='\u{202e}' | '\u{2060}'
            ..='\u{206f}' | '\u{feff}'
    )
}

/// Whether the character is ignored around a value: white space, a quote, an invisible character.
///
/// So are the separators of ASCII (U+001C–001F), which programs put before a value, and U+001A, which
/// ends a DOS text.
pub(crate) fn is_ignored(c: char) -> bool {
    c.is_whitespace()
        || is_quote(c)
        || is_invisible(c)
        || matches!(c, '\u{1a}' | '\u{1c}'..='\u{1f}')
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '\u{b4}' | '\u{ab}' | '\u{bb}' | '\u{2018}'
            ..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{ff02}' | '\u{ff07}'
    )
}

/// Whether a line shows nothing. A pair of quotes isn't blank.
pub(crate) fn is_blank(line: &str) -> bool {
    line.chars()
        .all(|c| c.is_whitespace() || is_invisible(c) || c == '\u{1a}')
}

/// Returns the value of a cell: without what surrounds it.
///
/// That is what [`is_ignored`], the `=` of a formula for text (`="012001001"`), and one comma,
/// semicolon or period at the end.
pub(crate) fn clean(raw: &str) -> &str {
    // Most cells begin and end with their value.
    if let [first, .., last] = raw.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return raw;
    }
    let mut value = raw.trim_matches(is_ignored);
    if let Some(text) = value.strip_prefix('=')
        && text.starts_with(is_quote)
    {
        value = text.trim_matches(is_ignored);
    }
    match value.strip_suffix([',', ';', '.']) {
        Some(rest) if !rest.is_empty() => rest.trim_end_matches(is_ignored),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_cleaned_of_what_surrounds_its_value() {
        for raw in [
            "1-2",
            " 1-2\t",
            "'1-2",
            "\u{2019}1-2",
            "\u{1f}1-2",
            "\u{200b}1-2\u{200f}",
            "\u{202d}1-2\u{202c}",
            "\u{2066}'1-2'\u{2069}",
            "=\"1-2\"",
            "\"=\"\"1-2\"\"\"",
            "=\u{201c}1-2\u{201d}",
            "1-2,",
            "'1-2' ;",
            "1-2.",
            "=\"1-2\",",
            "1-2\u{1a}",
        ] {
            assert_eq!(clean(raw), "1-2", "{raw:?}");
        }
    }

    #[test]
    fn what_may_mean_something_is_not_cleaned_away() {
        for raw in ["=1-2", "1-2,,", "-1-2", "1-2)", ",1-2", "1-2:", ","] {
            assert_ne!(clean(raw), "1-2", "{raw:?}");
            assert!(!clean(raw).is_empty(), "{raw:?}");
        }
    }

    #[test]
    fn a_line_of_invisible_characters_is_blank() {
        for line in ["", " \u{a0}", "\u{200b}", "\u{feff}\u{ad}", "\u{1a}"] {
            assert!(is_blank(line), "{line:?}");
        }
        for line in ["\"\"", "x", "\0", ","] {
            assert!(!is_blank(line), "{line:?}");
        }
    }
}
