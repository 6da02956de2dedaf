//! Masks Social Security Numbers inside other text.
//!
//! An upstream may repeat a number in its response, and a list may repeat it in another column.
//! Where rows are masked, these copies are masked too.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::Ssn;

mod pattern;

use pattern::digit;
pub use pattern::{mask_all, mask_short};

/// Masks every occurrence of one number in text or JSON, leaving its last four digits.
///
/// It finds the number with or without separators, without its leading zeros, in full-width digits
/// and as a JSON number.
pub struct Mask {
    digits: [char; 9],
    /// The digits without leading zeros, as in a JSON number.
    bare: String,
    /// The last four digits. Every form of the number ends with them.
    serial: String,
    masked: String,
}

/// Maximum number of separators between two digits of a number.
const MAX_GAP: usize = 3;
/// Minimum length of a number that lost its leading zeros.
///
/// Shorter runs of digits are too common to be masked.
const MIN_BARE_DIGITS: usize = 7;

impl Mask {
    /// Creates a mask for this number.
    pub fn new(ssn: Ssn) -> Self {
        let digits = ssn.expose_digits().map(char::from);
        let text: String = digits.iter().collect();
        Self {
            digits,
            bare: text.trim_start_matches('0').to_owned(),
            serial: text[5..].to_owned(),
            masked: ssn.to_string(),
        }
    }

    /// Returns the JSON with the number masked in strings, object keys and JSON numbers.
    ///
    /// JSON that can't contain the number is returned unchanged. Other JSON is parsed and written
    /// again, which may change its spacing. JSON that is nested too deeply to parse becomes `null`.
    pub fn mask_json(&self, json: &RawValue) -> Box<RawValue> {
        if !self.may_occur_in(json.get()) {
            return json.to_owned();
        }
        // Valid JSON can still fail to parse, at serde_json's recursion limit. Dropping the body is
        // safer than returning it unmasked.
        serde_json::from_str(json.get())
            .ok()
            .and_then(|value| serde_json::value::to_raw_value(&self.mask_value(value)).ok())
            .unwrap_or_default()
    }

    /// Returns `false` only if the JSON can't contain the number.
    ///
    /// This is a cheap check before parsing.
    fn may_occur_in(&self, json: &str) -> bool {
        json.contains(&self.serial)
            // An escape such as `\u0031` could be a digit.
            || json.contains("\\u")
            // As a JSON number, an SSN with many leading zeros is shorter than its last four digits.
            || self.bare.len() < MIN_BARE_DIGITS
            || has_wide_digit(json)
    }

    /// Returns the text with the number masked; borrowed if there is nothing to mask.
    pub fn mask_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(&self.serial) && !has_wide_digit(text) {
            return Cow::Borrowed(text);
        }
        let chars: Vec<char> = text.chars().collect();
        let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
        while at < chars.len() {
            match self.match_at(&chars, at) {
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

    /// Returns the length of the number in characters, if it starts at `at`.
    ///
    /// Up to three other characters may separate two digits, except within the last four. The
    /// digits without leading zeros match only if no other digit is next to them.
    fn match_at(&self, chars: &[char], at: usize) -> Option<usize> {
        self.separated_at(chars, at).or_else(|| {
            let bare = self.bare.len();
            let is_digit = |place: Option<&char>| place.is_some_and(|c| digit(*c).is_some());
            let digits = chars[at..].iter().take(bare).map(|c| digit(*c));
            let is_match = bare >= MIN_BARE_DIGITS
                && digits.eq(self.bare.chars().map(Some))
                && !is_digit(at.checked_sub(1).and_then(|before| chars.get(before)))
                && !is_digit(chars.get(at + bare));
            is_match.then_some(bare)
        })
    }

    /// Like [`Self::match_at`], but matches only all nine digits.
    fn separated_at(&self, chars: &[char], at: usize) -> Option<usize> {
        let mut end = at;
        for (place, wanted) in self.digits.iter().enumerate() {
            if matches!(place, 1..=5) {
                let gap = chars[end..].iter().take(MAX_GAP);
                end += gap.take_while(|c| digit(**c).is_none()).count();
            }
            if chars.get(end).copied().and_then(digit) != Some(*wanted) {
                return None;
            }
            end += 1;
        }
        Some(end - at)
    }

    fn mask_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.mask_text(&text).into_owned()),
            Value::Array(values) => values
                .into_iter()
                .map(|value| self.mask_value(value))
                .collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| {
                        (self.mask_text(&name).into_owned(), self.mask_value(value))
                    })
                    .collect(),
            ),
            Value::Number(number) if self.is_number(&number.to_string()) => {
                Value::String(self.masked.clone())
            }
            other => other,
        }
    }

    /// Whether a JSON number is the SSN, with or without `.0`.
    fn is_number(&self, number: &str) -> bool {
        let whole = number.strip_suffix(".0").unwrap_or(number);
        !self.bare.is_empty() && whole == self.bare
    }
}

/// Whether the text contains a full-width digit, U+FF10 to U+FF19.
fn has_wide_digit(text: &str) -> bool {
    // Nearly every text is ASCII, which is quick to check. The digits are `EF BC 90` to `EF BC 99`
    // in UTF-8.
    !text.is_ascii()
        && text
            .as_bytes()
            .windows(3)
            .any(|bytes| matches!(bytes, [0xef, 0xbc, 0x90..=0x99]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(ssn: &[u8; 9], body: &str) -> String {
        let body = RawValue::from_string(body.to_owned()).unwrap();
        Mask::new(Ssn::from_digits(ssn).unwrap())
            .mask_json(&body)
            .get()
            .to_owned()
    }

    #[test]
    fn the_number_is_masked_in_strings_keys_and_json_numbers() {
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
    fn separators_and_lost_zeros_dont_hide_the_number() {
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
            (b"123456789", r#""123 - 45 - 6789""#, r#""***-**-6789""#),
            (b"123456789", r#""123--45--6789""#, r#""***-**-6789""#),
            (b"123456789", r#""123-456789""#, r#""***-**-6789""#),
            (b"123456789", r#""12-3456789""#, r#""***-**-6789""#),
            (b"123456789", "\"１２３-45-６７８９\"", r#""***-**-6789""#),
            (b"001234567", "\"１２３４５６７\"", r#""***-**-4567""#),
            (b"123456789", r#""123 and 45 6789""#, r#""123 and 45 6789""#),
        ] {
            assert_eq!(mask(ssn, body), expected, "{body}");
        }
    }

    #[test]
    fn a_body_without_the_number_is_unchanged() {
        let body = r#"{ "z": 1.50, "a": [ 1e3 ] }"#;
        assert_eq!(mask(b"123456789", body), body);
    }
}
