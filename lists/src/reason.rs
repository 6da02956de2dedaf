//! Finds the most precise reason why a value isn't a number.

use contract::InvalidReason;

use crate::cell::{digit, is_invisible};

/// Returns why a trimmed value isn't a number. The caller has checked that it isn't one.
pub(crate) fn invalid_reason(value: &str) -> InvalidReason {
    // Decoding replaces invalid bytes with U+FFFD. UTF-16 without a mark leaves NUL characters.
    if value.contains(['\u{fffd}', '\0']) {
        return InvalidReason::Encoding;
    }
    // Only a table shows these reasons; a list is sent with their placeholders.
    let of_table = [
        InvalidReason::Preamble,
        InvalidReason::RepeatedHeader,
        InvalidReason::ControlRecord,
        InvalidReason::Shifted,
        InvalidReason::SeveralNumbers,
    ];
    if value.starts_with('#')
        && let Some(reason) = of_table.into_iter().find(|r| r.placeholder() == value)
    {
        return reason;
    }
    let (mut digits, mut has_other_characters, mut has_foreign_digit) = (0, false, false);
    for c in value.chars().filter(|c| !is_invisible(*c)) {
        if digit(c).is_some() {
            digits += 1;
        } else {
            has_other_characters |= !separates_groups(c);
            // A digit of another script, such as Arabic.
            has_foreign_digit |= c.is_numeric();
        }
    }
    match digits {
        _ if value.is_empty() => InvalidReason::Empty,
        0 if !has_foreign_digit => InvalidReason::NoDigits,
        _ if is_scientific(value) => InvalidReason::ScientificNotation,
        _ if is_decimal(value) => InvalidReason::Decimal,
        _ if has_other_characters => InvalidReason::OtherCharacters,
        0..=8 => InvalidReason::TooFewDigits,
        9 => InvalidReason::Separators,
        _ => InvalidReason::TooManyDigits,
    }
}

/// Whether people write the character between groups of digits.
///
/// Most of these characters make the value INVALID. If nothing else is wrong with it, its reason is
/// [`InvalidReason::Separators`].
fn separates_groups(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | ',' | '/' | '\\' | '_' | ':' | '+' | '\u{b7}' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2022}'
                    | '\u{2043}'
                    | '\u{2212}'
                    | '\u{fe58}'
                    | '\u{fe63}'
                    | '\u{ff0d}'
        )
}

/// Whether a value is in scientific notation: `1.23E+08`, or `1,23E+08` with a decimal comma.
fn is_scientific(value: &str) -> bool {
    let Some((mantissa, exponent)) = value.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    (is_whole(mantissa) || is_decimal(mantissa)) && is_whole(exponent)
}

/// Whether a value has a decimal point or comma: `123456789.0`, `123.456.789,0`.
fn is_decimal(value: &str) -> bool {
    let value = value.strip_prefix(['+', '-']).unwrap_or(value);
    let Some(at) = value.rfind(['.', ',']) else {
        return false;
    };
    let (whole, fraction) = value.split_at(at);
    let point = &fraction[..1];
    let grouping = if point == "." { ',' } else { '.' };
    is_whole(&whole.replace(grouping, "")) && fraction[1..].bytes().all(|b| b.is_ascii_digit())
}

fn is_whole(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use contract::list::ReadOptions;

    use super::*;
    use crate::read_value;

    #[test]
    fn each_invalid_value_has_its_precise_reason() {
        use InvalidReason::*;
        for (raw, reason) in [
            ("", Empty),
            ("\"\"", Empty),
            (" \u{feff} ", Empty),
            ("12345678", LeadingZerosLost),
            ("1234567", LeadingZerosLost),
            ("123456", TooFewDigits),
            ("123-45-678", TooFewDigits),
            ("1234567890", TooManyDigits),
            ("123-45-67890", TooManyDigits),
            ("n/a", NoDigits),
            ("---", NoDigits),
            ("123-456-789", Separators),
            ("12-345-6789", Separators),
            ("123--45-6789", Separators),
            ("123-45 - 6789", Separators),
            ("123/45/6789", Separators),
            ("123,456,789", Separators),
            ("12345-6789", Separators),
            ("-123456789", Separators),
            ("1 2 3 4 5 6 7 8 9", Separators),
            ("12345678x", OtherCharacters),
            ("***-**-6789", OtherCharacters),
            ("SSN 123-45-6789", OtherCharacters),
            ("=123456789", OtherCharacters),
            ("123456789,,", Decimal),
            ("123456789.5", Decimal),
            ("123456789,00", Decimal),
            ("123,456,789.00", Decimal),
            ("-1234.5", Decimal),
            ("1.23E+08", ScientificNotation),
            ("1,23457e+8", ScientificNotation),
            ("1E8", ScientificNotation),
            ("123-45-6789, 987-65-4321", SeveralNumbers),
            ("123456789 987654321", SeveralNumbers),
            ("12345678e", OtherCharacters),
            ("123\u{fffd}45\u{fffd}6789", Encoding),
            ("1\x002\x003\x00", Encoding),
        ] {
            assert_eq!(
                read_value(raw, &ReadOptions::default()),
                Err(reason),
                "{raw:?}"
            );
        }
    }
}
