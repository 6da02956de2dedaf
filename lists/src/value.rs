//! Parses one value of a list.

use contract::list::{ParsedSsn, ReadOptions, Validation};
use contract::{InvalidReason, Ssn, Warning};

use crate::cell::{clean, digit, is_invisible, is_separator};
use crate::numbers::find_numbers;
use crate::reason;

/// Parses one value: nine digits, or groups of 3-2-4 digits with a hyphen, space or dot between them.
///
/// White space, quotes and other characters that spreadsheets and programs write around a value are
/// ignored, and so are invisible characters inside it. Digits may be ASCII or full-width. A fraction of
/// zeros is ignored, because programs write it behind a number in a column with gaps: `123456789.0`.
///
/// # Errors
///
/// Returns the reason why the value isn't a number, or why `options` don't accept it. Several numbers
/// are an error too: the caller expects one result for each value.
pub fn read_value(raw: &str, options: &ReadOptions) -> Result<ParsedSsn, InvalidReason> {
    match parse_number(raw) {
        Ok(number) => accept(number, options),
        Err(_) if find_numbers(raw).spans.len() > 1 => Err(InvalidReason::SeveralNumbers),
        Err(reason) => Err(reason),
    }
}

/// Parses a value, and restores lost leading zeros. [`accept`] then applies the options.
pub(crate) fn parse_number(raw: &str) -> Result<ParsedSsn, InvalidReason> {
    let common = |value: &str| {
        parse_common(value.as_bytes()).map(|ssn| ParsedSsn {
            ssn,
            restored: false,
        })
    };
    if let Some(number) = common(raw) {
        return Ok(number);
    }
    let value = clean(raw);
    match common(value) {
        Some(number) => Ok(number),
        None => parse_any(whole_number(value).unwrap_or(value)),
    }
}

/// Returns the digits before a decimal point that only zeros follow.
fn whole_number(value: &str) -> Option<&str> {
    let (whole, zeros) = value.split_once('.')?;
    let are_digits = (7..10).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
    (are_digits && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0')).then_some(whole)
}

/// Returns the number if the options accept it.
pub(crate) fn accept(number: ParsedSsn, options: &ReadOptions) -> Result<ParsedSsn, InvalidReason> {
    if number.restored && !options.restore_leading_zeros {
        return Err(InvalidReason::LeadingZerosLost);
    }
    match options.validation {
        Validation::Format => Ok(number),
        Validation::Issued => match number.ssn.warning().and_then(rejection_reason) {
            Some(reason) => Err(reason),
            None => Ok(number),
        },
    }
}

/// Parses the most common forms: nine ASCII digits, alone or 3-2-4 with ASCII separators.
fn parse_common(value: &[u8]) -> Option<Ssn> {
    let separator = |byte: u8| byte == b'-' || byte == b' ';
    match *value {
        [a, b, c, s1, d, e, s2, f, g, h, i] if separator(s1) && separator(s2) => {
            Ssn::from_digits(&[a, b, c, d, e, f, g, h, i])
        }
        _ => Ssn::from_digits(value.try_into().ok()?),
    }
}

/// Parses any form, character by character.
fn parse_any(value: &str) -> Result<ParsedSsn, InvalidReason> {
    let mut digits = [b'0'; 9];
    // The number of digits, of other characters, and of those that separate the groups 3-2-4.
    let (mut count, mut others, mut separators) = (0, 0, 0);
    for c in value.chars() {
        match digit(c) {
            Some(digit) => {
                if let Some(place) = digits.get_mut(count) {
                    *place = digit;
                }
                count += 1;
            }
            None if is_invisible(c) => {}
            None => {
                let between_groups = matches!((count, others), (3, 0) | (5, 1));
                separators += usize::from(between_groups && separates_groups(c));
                others += 1;
            }
        }
    }
    let restored = match (count, others, separators) {
        (9, 0, 0) | (9, 2, 2) => false,
        (7 | 8, 0, 0) => {
            digits.rotate_right(9 - count);
            true
        }
        _ => return Err(reason::invalid_reason(value)),
    };
    let ssn = Ssn::from_digits(&digits).ok_or(InvalidReason::OtherCharacters)?;
    Ok(ParsedSsn { ssn, restored })
}

/// Whether the character may be between the groups of a number.
pub(crate) fn separates_groups(c: char) -> bool {
    c == '.' || is_separator(c)
}

/// Returns the reason why [`Validation::Issued`] rejects a number with this warning.
fn rejection_reason(warning: Warning) -> Option<InvalidReason> {
    match warning {
        Warning::AreaNeverIssued => Some(InvalidReason::AreaNeverIssued),
        Warning::LooksLikeItin => Some(InvalidReason::LooksLikeItin),
        Warning::GroupNeverIssued => Some(InvalidReason::GroupNeverIssued),
        Warning::SerialNeverIssued => Some(InvalidReason::SerialNeverIssued),
        Warning::Advertised => Some(InvalidReason::Advertised),
        Warning::ZerosRestored => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: ReadOptions = ReadOptions {
        validation: Validation::Format,
        restore_leading_zeros: false,
    };

    fn digits(raw: &str, options: ReadOptions) -> Result<(String, bool), InvalidReason> {
        read_value(raw, &options).map(|number| {
            let digits = number.ssn.expose_digits();
            (
                String::from_utf8_lossy(&digits).into_owned(),
                number.restored,
            )
        })
    }

    #[test]
    fn hyphens_spaces_and_dots_may_separate_the_groups() {
        for separator in
            "-.\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}\u{fe58}\u{fe63}\u{ff0d} \u{a0}\u{2007}\u{2009}\u{202f}\u{3000}"
                .chars()
        {
            let raw = format!("123{separator}45{separator}6789");
            assert_eq!(
                digits(&raw, FORMAT),
                Ok(("123456789".into(), false)),
                "{raw}"
            );
        }
    }

    #[test]
    fn white_space_and_quotes_around_a_value_are_ignored() {
        for raw in [
            "123456789",
            "  123-45-6789\t",
            "\"123-45-6789\"",
            "'123 45 6789'",
            "\u{feff}\"123456789\"",
            "\u{201c}123456789\u{201d}",
            " \" 123456789 \" ",
            "\u{3000}123456789\u{a0}",
        ] {
            assert_eq!(
                digits(raw, FORMAT),
                Ok(("123456789".into(), false)),
                "{raw}"
            );
        }
    }

    #[test]
    fn invisible_characters_are_ignored_everywhere() {
        for invisible in
            "\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202d}\u{202c}\u{2060}\u{2066}\u{2069}\u{feff}"
                .chars()
        {
            for raw in ["|123-45-6789|", "123|-45-|6789", "1|23456|789", "'|123|-45-6789'"] {
                let raw = raw.replace('|', &invisible.to_string());
                assert_eq!(
                    digits(&raw, FORMAT),
                    Ok(("123456789".into(), false)),
                    "{raw:?}"
                );
            }
        }
        // A number doesn't become shorter or longer by them.
        let lost = digits("1234\u{200b}567", FORMAT);
        assert_eq!(lost, Err(InvalidReason::LeadingZerosLost));
    }

    #[test]
    fn what_keeps_a_spreadsheet_from_changing_it_is_ignored() {
        for (raw, expected) in [
            ("=\"012001001\"", "012001001"),
            ("\"=\"\"012001001\"\"\"", "012001001"),
            ("'012001001", "012001001"),
            ("\u{2019}012-00-1001", "012001001"),
            ("\u{1f}012001001", "012001001"),
            ("012-00-1001,", "012001001"),
            ("'012-00-1001';", "012001001"),
            ("012001001.", "012001001"),
            ("012001001\u{1a}", "012001001"),
        ] {
            assert_eq!(digits(raw, FORMAT), Ok((expected.into(), false)), "{raw:?}");
        }
        for raw in ["=012001001", "012001001,,", "=A1", "012001001,012001002"] {
            assert!(digits(raw, FORMAT).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn full_width_digits_are_accepted_and_arabic_ones_not() {
        for raw in [
            "\u{ff11}\u{ff12}\u{ff13}456789",
            "\u{ff11}\u{ff12}\u{ff13}-45-678\u{ff19}",
        ] {
            assert_eq!(digits(raw, FORMAT), Ok(("123456789".into(), false)));
        }
        let arabic = "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}";
        assert_eq!(digits(arabic, FORMAT), Err(InvalidReason::OtherCharacters));
    }

    #[test]
    fn seven_or_eight_digits_are_restored_if_asked() {
        let restore = ReadOptions {
            restore_leading_zeros: true,
            ..FORMAT
        };
        for (raw, restored) in [("1234567", "001234567"), (" 12345678 ", "012345678")] {
            assert_eq!(digits(raw, FORMAT), Err(InvalidReason::LeadingZerosLost));
            assert_eq!(digits(raw, restore), Ok((restored.into(), true)));
        }
        // A decimal number of a spreadsheet or of pandas.
        assert_eq!(
            digits("12345678.0", restore),
            Ok(("012345678".into(), true))
        );
        assert_eq!(
            digits("123456789.00", FORMAT),
            Ok(("123456789".into(), false))
        );
        for raw in ["123456", "1-2345678", "12 345678"] {
            assert_eq!(digits(raw, restore), Err(InvalidReason::TooFewDigits));
        }
    }

    #[test]
    fn only_issued_numbers_are_accepted_if_asked() {
        let issued = ReadOptions {
            validation: Validation::Issued,
            ..FORMAT
        };
        for (raw, reason) in [
            ("000-12-3456", InvalidReason::AreaNeverIssued),
            ("666-12-3456", InvalidReason::AreaNeverIssued),
            ("900-70-3456", InvalidReason::LooksLikeItin),
            ("123-00-3456", InvalidReason::GroupNeverIssued),
            ("123-45-0000", InvalidReason::SerialNeverIssued),
            ("078-05-1120", InvalidReason::Advertised),
        ] {
            assert_eq!(digits(raw, issued), Err(reason), "{raw}");
            assert!(digits(raw, FORMAT).is_ok(), "{raw}");
        }
        assert!(digits("123-45-6789", issued).is_ok());
    }

    #[test]
    fn a_placeholder_is_read_as_its_reason() {
        let issued = ReadOptions {
            validation: Validation::Issued,
            ..ReadOptions::default()
        };
        for reason in InvalidReason::ALL {
            assert_eq!(read_value(reason.placeholder(), &issued), Err(reason));
        }
    }
}
