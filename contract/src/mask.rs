//! A number may be repeated: by the upstream in its answer, by a list in another column. Where
//! numbers are masked, it is masked there too.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::Ssn;

/// Finds one number in texts and in JSON, in whatever form it stands there, and leaves the last four
/// digits of it.
pub struct Mask {
    digits: [char; 9],
    /// Its digits without leading zeros, as a number is written.
    bare: String,
    /// The last four digits, which every form ends with.
    serial: String,
    masked: String,
}

/// Fewer digits stand alone too often to be taken for a number without its zeros.
const FEWEST_BARE: usize = 7;

impl Mask {
    /// What masks this number.
    pub fn of(ssn: Ssn) -> Self {
        let digits = ssn.expose_digits().map(char::from);
        let text: String = digits.iter().collect();
        Self {
            digits,
            bare: text.trim_start_matches('0').to_owned(),
            serial: text[5..].to_owned(),
            masked: ssn.to_string(),
        }
    }

    /// The JSON without the number. Where nothing is masked it stays as it was written.
    pub fn json(&self, json: &RawValue) -> Box<RawValue> {
        if !self.may_stand_in(json.get()) {
            return json.to_owned();
        }
        // Nested too deep to be looked through, yet valid: rather nothing than the number.
        serde_json::from_str(json.get())
            .ok()
            .and_then(|value| serde_json::value::to_raw_value(&self.value(value)).ok())
            .unwrap_or_default()
    }

    /// Cheap, and never wrong in saying no: an escape could hide a digit.
    fn may_stand_in(&self, json: &str) -> bool {
        json.contains(&self.serial) || json.contains("\\u") || self.bare.len() < FEWEST_BARE
    }

    /// The text without the number.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(&self.serial) {
            return Cow::Borrowed(text);
        }
        let chars: Vec<char> = text.chars().collect();
        let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
        while at < chars.len() {
            match self.length_at(&chars, at) {
                Some(length) => {
                    masked.push_str(&self.masked);
                    at += length;
                }
                None => {
                    masked.push(chars[at]);
                    at += 1;
                }
            }
        }
        Cow::Owned(masked)
    }

    /// How many characters the number takes here, if it stands here: nine digits with at most one
    /// other character between area, group and serial, or the bare digits alone.
    fn length_at(&self, chars: &[char], at: usize) -> Option<usize> {
        let mut end = at;
        let mut matched = 0;
        for (place, digit) in self.digits.iter().enumerate() {
            if matches!(place, 3 | 5) && chars.get(end).is_some_and(|c| !c.is_ascii_digit()) {
                end += 1;
            }
            if chars.get(end) != Some(digit) {
                break;
            }
            end += 1;
            matched += 1;
        }
        if matched == self.digits.len() {
            return Some(end - at);
        }
        let bare = self.bare.chars().count();
        let is_digit = |place: Option<&char>| place.is_some_and(char::is_ascii_digit);
        let stands = bare >= FEWEST_BARE
            && chars[at..].iter().take(bare).copied().eq(self.bare.chars())
            && !is_digit(at.checked_sub(1).and_then(|before| chars.get(before)))
            && !is_digit(chars.get(at + bare));
        stands.then_some(bare)
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text).into_owned()),
            Value::Array(values) => values.into_iter().map(|value| self.value(value)).collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (self.text(&name).into_owned(), self.value(value)))
                    .collect(),
            ),
            Value::Number(number) if self.is_number(&number.to_string()) => {
                Value::String(self.masked.clone())
            }
            other => other,
        }
    }

    /// Whether a JSON number is the number, also as a decimal one.
    fn is_number(&self, number: &str) -> bool {
        let whole = number.strip_suffix(".0").unwrap_or(number);
        !self.bare.is_empty() && whole == self.bare
    }
}

/// A text without any nine digits that could be a number: together, or 3-2-4 with one character
/// between them that is neither digit nor letter. For what a list holds beside its numbers, which
/// may be the numbers of others. Dates, telephone numbers and longer digits stay.
pub fn mask_all(text: &str) -> Cow<'_, str> {
    if text.chars().filter_map(digit).count() < 9 {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let run = run_of(&chars[at..]);
        let length = match run {
            9 => Some(9),
            3 => parted(&chars[at..]),
            _ => None,
        };
        match length {
            Some(length) => {
                masked.push_str("***-**-");
                masked.extend(
                    chars[at + length - 4..at + length]
                        .iter()
                        .filter_map(|c| digit(*c)),
                );
            }
            None => masked.extend(&chars[at..at + run.max(1)]),
        }
        at += length.unwrap_or(run.max(1));
    }
    Cow::Owned(masked)
}

/// What a list's reader takes for a digit: full-width ones too.
fn digit(c: char) -> Option<char> {
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

/// The length of 3-2-4 digits with one separator each, if this begins with them.
fn parted(chars: &[char]) -> Option<usize> {
    let is_separator = |at: usize| chars.get(at).is_some_and(|c| !c.is_alphanumeric());
    let parts = run_of(chars) == 3
        && is_separator(3)
        && run_of(&chars[4..]) == 2
        && is_separator(6)
        && run_of(&chars[7..]) == 4;
    parts.then_some(11)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(ssn: &[u8; 9], body: &str) -> String {
        let body = RawValue::from_string(body.to_owned()).unwrap();
        Mask::of(Ssn::from_digits(ssn).unwrap())
            .json(&body)
            .get()
            .to_owned()
    }

    #[test]
    fn the_row_s_own_number_is_masked_in_every_form() {
        let body =
            r#"{"a":"id 123456789","b":["123-45-6789",123456789],"123 45 6789":1,"c":"12345678"}"#;
        let masked: Value = serde_json::from_str(&mask(b"123456789", body)).unwrap();
        let stars = "***-**-6789";
        let expected = serde_json::json!({"a": format!("id {stars}"), "b": [stars, stars], stars: 1, "c": "12345678"});
        assert_eq!(masked, expected);
        assert_eq!(
            mask(b"001234567", r#"{"ssn":1234567}"#),
            r#"{"ssn":"***-**-4567"}"#
        );
        assert_eq!(
            mask(b"123456789", r#""\u0031\u00323456789""#),
            r#""***-**-6789""#
        );
    }

    #[test]
    fn separators_of_every_kind_and_lost_zeros_hide_nothing() {
        for (ssn, body, expected) in [
            (b"123456789", r#""123.45.6789""#, r#""***-**-6789""#),
            (
                b"123456789",
                r#""123\u201345\u20136789""#,
                r#""***-**-6789""#,
            ),
            (b"123456789", r#""x123/45/6789y""#, r#""x***-**-6789y""#),
            (
                b"123456789",
                r#"{"ssn":123456789.0}"#,
                r#"{"ssn":"***-**-6789"}"#,
            ),
            (b"001234567", r#""id=1234567;""#, r#""id=***-**-4567;""#),
            (b"001234567", r#""91234567""#, r#""91234567""#),
        ] {
            assert_eq!(mask(ssn, body), expected, "{body}");
        }
    }

    #[test]
    fn a_body_without_it_stays_as_the_upstream_wrote_it() {
        let body = r#"{ "z": 1.50, "a": [ 1e3 ] }"#;
        assert_eq!(mask(b"123456789", body), body);
    }

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
        ] {
            assert_eq!(mask_all(text), expected);
        }
    }
}
