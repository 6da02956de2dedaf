//! Masks any text that looks like a Social Security Number, whatever number it is.

use std::borrow::Cow;

use super::{MAX_GAP, MIN_BARE_DIGITS};

/// Length of a number with its leading zeros.
const SSN_DIGITS: usize = 9;

/// Masks everything in the text that could be a Social Security Number.
///
/// That is a run of exactly nine digits, or digits grouped 3-2-4 or 3-6 with up to three characters
/// between the groups that are neither letters nor digits. Dates, telephone numbers, ZIP+4 codes
/// and longer runs of digits are kept. Use it for a list's other columns, which may contain numbers
/// of other people.
pub fn mask_all(text: &str) -> Cow<'_, str> {
    mask_runs(text, SSN_DIGITS)
}

/// Masks like [`mask_all`], and also runs of seven or eight digits.
///
/// Use it for a column whose header names SSNs: a spreadsheet may have removed their leading zeros.
pub fn mask_short(text: &str) -> Cow<'_, str> {
    mask_runs(text, MIN_BARE_DIGITS)
}

fn mask_runs(text: &str, min_digits: usize) -> Cow<'_, str> {
    if text.len() < min_digits || text.chars().filter_map(digit).count() < min_digits {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let run = digits_len(&chars[at..]);
        let length = match run {
            3 => grouped_len(&chars[at..]),
            run if (min_digits..=SSN_DIGITS).contains(&run) => Some(run),
            _ => None,
        };
        match length {
            Some(length) => {
                masked.push_str("***-**-");
                let serial = &chars[at + length - 4..at + length];
                masked.extend(serial.iter().filter_map(|c| digit(*c)));
            }
            None => masked.extend(&chars[at..at + run.max(1)]),
        }
        at += length.unwrap_or(run.max(1));
    }
    Cow::Owned(masked)
}

/// Returns the ASCII digit, if the character is an ASCII or full-width digit.
pub(super) fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10),
        _ => None,
    }
}

/// Number of digits at the start of the text.
fn digits_len(chars: &[char]) -> usize {
    chars.iter().take_while(|c| digit(**c).is_some()).count()
}

/// Number of separators at the start of the text; `None` unless it is 1 to [`MAX_GAP`].
fn gap_len(chars: &[char]) -> Option<usize> {
    let separators = chars.iter().take(MAX_GAP + 1);
    let gap = separators.take_while(|c| !c.is_alphanumeric()).count();
    (1..=MAX_GAP).contains(&gap).then_some(gap)
}

/// Length of the number in groups at the start of the text, if there is one.
///
/// The caller has checked that the first group has three digits.
fn grouped_len(chars: &[char]) -> Option<usize> {
    let group = 3 + gap_len(&chars[3..])?;
    match digits_len(&chars[group..]) {
        6 => Some(group + 6),
        2 => {
            let serial = group + 2 + gap_len(&chars[group + 2..])?;
            (digits_len(&chars[serial..]) == 4).then_some(serial + 4)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_are_masked_and_other_digits_are_kept() {
        for (text, expected) in [
            ("123456789", "***-**-6789"),
            ("é 123-45-6789, 123 45 6789.", "é ***-**-6789, ***-**-6789."),
            ("123\u{2013}45\u{2013}6789", "***-**-6789"),
            ("\u{ff11}\u{ff12}\u{ff13}-45-6789", "***-**-6789"),
            ("1234567890 and 12345678", "1234567890 and 12345678"),
            ("1123-45-6789", "1123-45-6789"),
            ("123-45-67890", "123-45-67890"),
            ("2024-01-31 12:34:56", "2024-01-31 12:34:56"),
            ("555-123-4567", "555-123-4567"),
            ("123-45x6789 123-45", "123-45x6789 123-45"),
            ("123 - 45 - 6789", "***-**-6789"),
            ("123--45--6789", "***-**-6789"),
            ("123-456789", "***-**-6789"),
            ("123----456789", "123----456789"),
            ("Springfield 12345-6789", "Springfield 12345-6789"),
        ] {
            assert_eq!(mask_all(text), expected);
        }
    }

    #[test]
    fn mask_short_also_masks_seven_and_eight_digits() {
        for (text, expected) in [
            ("1234567", "***-**-4567"),
            ("12345678.0", "***-**-5678.0"),
            ("123456", "123456"),
            ("1234567890", "1234567890"),
            ("1234567 and 123-45-6789", "***-**-4567 and ***-**-6789"),
        ] {
            assert_eq!(mask_short(text), expected);
        }
        assert_eq!(mask_all("1234567"), "1234567");
    }
}
