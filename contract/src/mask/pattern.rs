//! Numbers of whomsoever, by their look alone.

use std::borrow::Cow;

use super::WIDEST_GAP;

/// Digits of a number with its zeros.
const WHOLE: usize = 9;

/// A text without any nine digits that could be a number: together, or 3-2-4 or 3-6 with up to
/// three characters between them that are neither digit nor letter. For what a list holds beside
/// its numbers, which may be the numbers of others. Dates, telephone numbers, ZIP+4 codes and longer
/// digits stay.
pub fn mask_all(text: &str) -> Cow<'_, str> {
    masked(text, WHOLE)
}

/// Like [`mask_all`], and masks seven or eight digits too, which may be a number without its zeros.
///
/// For a column whose header names SSNs.
pub fn mask_short(text: &str) -> Cow<'_, str> {
    masked(text, super::FEWEST_BARE)
}

fn masked(text: &str, fewest: usize) -> Cow<'_, str> {
    if text.len() < fewest || text.chars().filter_map(digit).count() < fewest {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let run = run_of(&chars[at..]);
        let length = match run {
            3 => parted(&chars[at..]),
            run if (fewest..=WHOLE).contains(&run) => Some(run),
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

/// What a list's reader takes for a digit: full-width ones too.
pub(super) fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10),
        _ => None,
    }
}

/// Digits with which this begins.
fn run_of(chars: &[char]) -> usize {
    chars.iter().take_while(|c| digit(**c).is_some()).count()
}

/// Separators with which this begins, if they aren't too many.
fn gap_of(chars: &[char]) -> Option<usize> {
    let separators = chars.iter().take(WIDEST_GAP + 1);
    let gap = separators.take_while(|c| !c.is_alphanumeric()).count();
    (1..=WIDEST_GAP).contains(&gap).then_some(gap)
}

/// The length of the parted number with whose first three digits this begins.
fn parted(chars: &[char]) -> Option<usize> {
    let group = 3 + gap_of(&chars[3..])?;
    match run_of(&chars[group..]) {
        6 => Some(group + 6),
        2 => {
            let serial = group + 2 + gap_of(&chars[group + 2..])?;
            (run_of(&chars[serial..]) == 4).then_some(serial + 4)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_are_masked_whosoever_they_are_and_other_digits_stay() {
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
    fn seven_and_eight_digits_are_masked_where_they_are_numbers() {
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
