//! Classifies a cell by what it shows about its column.

use contract::InvalidReason;

use crate::cell::{clean, digit, is_invisible, is_separator};
use crate::value::parse_number;
use crate::words::is_missing;

/// What a cell shows about its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// Empty.
    Empty,
    /// A text that says that there is no number, `n/a`, or a note such as `(9 digits)`.
    Missing,
    /// A number as 3-2-4, such as 123-45-6789.
    Dashed,
    /// A number as nine digits.
    Bare,
    /// A number that a spreadsheet changed: `123456789.0`, `1.2E+08`, eaten zeros.
    Changed,
    /// A masked number: `***-**-6789`, `XXXXX6789`.
    Masked,
    /// A longer text that contains a dashed number.
    Embedded,
    /// Anything else.
    Other,
}

/// Classifies a cell.
pub(crate) fn classify(cell: &str) -> CellKind {
    // Most cells of most tables are words, short numbers or plain SSNs, which need no parser.
    if is_plain_dashed(cell.as_bytes()) {
        return CellKind::Dashed;
    }
    if cell.is_ascii() {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 {
            return match clean(cell) {
                "" => CellKind::Empty,
                value => classify_text(value),
            };
        }
        if digits == cell.len() {
            match digits {
                9 => return CellKind::Bare,
                7 | 8 => {}
                _ => return CellKind::Other,
            }
        }
    }
    match parse_number(cell) {
        Ok(number) if number.restored => CellKind::Changed,
        Ok(_) => {
            let value = clean(cell);
            let is_visible = |c: &char| !is_invisible(*c);
            match value.chars().filter(is_visible).count() {
                9 => CellKind::Bare,
                _ if is_changed(value) => CellKind::Changed,
                _ => CellKind::Dashed,
            }
        }
        Err(InvalidReason::Empty) => CellKind::Empty,
        Err(_) => {
            let value = clean(cell);
            if is_changed(value) {
                CellKind::Changed
            } else if has_dashed_number(value) {
                CellKind::Embedded
            } else {
                classify_text(value)
            }
        }
    }
}

/// Whether a cell is a number as 123-45-6789, with nothing around it.
pub(crate) fn is_plain_dashed(cell: &[u8]) -> bool {
    let is_expected = |(at, byte): (usize, &u8)| match at {
        3 | 6 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    cell.len() == 11 && cell.iter().enumerate().all(is_expected)
}

/// Classifies a value that contains no number.
fn classify_text(value: &str) -> CellKind {
    if is_masked(value) {
        CellKind::Masked
    } else if is_missing(value) || is_note(value) {
        CellKind::Missing
    } else {
        CellKind::Other
    }
}

/// Whether a value is a note in parentheses, such as a unit. `(500.00)` is an amount.
fn is_note(value: &str) -> bool {
    value.starts_with('(') && value.ends_with(')') && value.contains(char::is_alphabetic)
}

/// Whether a spreadsheet made a decimal number or scientific notation of seven to nine digits.
fn is_changed(value: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((mantissa, exponent)) = value.split_once(['e', 'E']) {
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        return are_digits(&mantissa.replace(['.', ','], ""))
            && are_digits(exponent)
            && matches!(exponent.trim_start_matches('0'), "6" | "7" | "8");
    }
    let Some((whole, fraction)) = value.split_once(['.', ',']) else {
        return false;
    };
    are_digits(whole)
        && (7..=9).contains(&whole.len())
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0')
}

/// Whether a value has the length of a number, and characters that mask at least three of its digits.
fn is_masked(value: &str) -> bool {
    let (mut length, mut masked) = (0, 0);
    for c in value.chars() {
        match c {
            'x' | 'X' | '*' | '#' | '\u{2022}' | '\u{25cf}' | '\u{b7}' => masked += 1,
            c if digit(c).is_some() => {}
            c if is_separator(c) => continue,
            _ => return false,
        }
        length += 1;
    }
    masked >= 3 && (7..=9).contains(&length)
}

/// Whether a text contains a number as 3-2-4 with hyphens, with no digit before or after it.
fn has_dashed_number(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.windows(11).enumerate().any(|(start, window)| {
        is_plain_dashed(window) && !is_digit(start + 11) && (start == 0 || !is_digit(start - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_has_its_kind() {
        use CellKind::*;
        for (kind, cells) in [
            (Empty, &["", " ", "\"\"", "\u{200b}"][..]),
            (Missing, &["n/a", "none", "pending", "no SSN", "(9 digits)"]),
            (
                Dashed,
                &[
                    "123-45-6789",
                    "\"123 45 6789\"",
                    "\u{200b}123-45-6789\u{200c}",
                ],
            ),
            (
                Bare,
                &[
                    "123456789",
                    "'123456789",
                    "=\"012001001\"",
                    "1234\u{ad}56789",
                ],
            ),
            (
                Changed,
                &[
                    "12345678",
                    "1234567",
                    "123456789.0",
                    "12345678,00",
                    "1.2E+08",
                    "1,2345E8",
                ],
            ),
            (
                Masked,
                &[
                    "***-**-6789",
                    "XXX-XX-6789",
                    "xxxxx6789",
                    "xxx1x1001",
                    "#####6789",
                    "*********",
                ],
            ),
            (
                Embedded,
                &["[\"123-45-6789\"", "SSN: 123-45-6789", "123-45-6789 and"],
            ),
            (
                Other,
                &[
                    "Ann",
                    "123",
                    "10.50",
                    "1E30",
                    "xxx",
                    "12-3456789",
                    "1123-45-6789",
                    "123456789.5",
                ],
            ),
        ] {
            for cell in cells {
                assert_eq!(classify(cell), kind, "{cell:?}");
            }
        }
    }
}
