//! A number may be repeated: by the upstream in its answer, by a list in another column. Where
//! numbers are masked, it is masked there too.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::Ssn;

mod pattern;

use pattern::digit;
pub use pattern::{mask_all, mask_short};

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

/// What may stand between two digits of a number written in parts.
const WIDEST_GAP: usize = 3;
/// Fewer digits stand alone too often to be taken for a number without its zeros.
const FEWEST_BARE: usize = 7;

impl Mask {
    /// What masks this number.
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

    /// The JSON without the number. Where nothing is masked it stays as it was written.
    pub fn mask_json(&self, json: &RawValue) -> Box<RawValue> {
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
        json.contains(&self.serial)
            || json.contains("\\u")
            || self.bare.len() < FEWEST_BARE
            || has_wide_digit(json)
    }

    /// The text without the number.
    pub fn mask_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(&self.serial) && !has_wide_digit(text) {
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

    /// How many characters the number takes here, if it stands here: its digits with up to three
    /// other characters between any two in front of the serial, or the bare digits alone.
    fn length_at(&self, chars: &[char], at: usize) -> Option<usize> {
        self.parted_at(chars, at).or_else(|| {
            let bare = self.bare.len();
            let is_digit = |place: Option<&char>| place.is_some_and(|c| digit(*c).is_some());
            let digits = chars[at..].iter().take(bare).map(|c| digit(*c));
            let stands = bare >= FEWEST_BARE
                && digits.eq(self.bare.chars().map(Some))
                && !is_digit(at.checked_sub(1).and_then(|before| chars.get(before)))
                && !is_digit(chars.get(at + bare));
            stands.then_some(bare)
        })
    }

    fn parted_at(&self, chars: &[char], at: usize) -> Option<usize> {
        let mut end = at;
        for (place, wanted) in self.digits.iter().enumerate() {
            if matches!(place, 1..=5) {
                let gap = chars[end..].iter().take(WIDEST_GAP);
                end += gap.take_while(|c| digit(**c).is_none()).count();
            }
            if chars.get(end).copied().and_then(digit) != Some(*wanted) {
                return None;
            }
            end += 1;
        }
        Some(end - at)
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.mask_text(&text).into_owned()),
            Value::Array(values) => values.into_iter().map(|value| self.value(value)).collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (self.mask_text(&name).into_owned(), self.value(value)))
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

/// Whether a full-width digit stands in a text: U+FF10 to U+FF19, `EF BC 90` to `EF BC 99` in UTF-8.
fn has_wide_digit(text: &str) -> bool {
    // Nearly every text is ASCII, and that is quickly seen.
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
    fn a_body_without_it_stays_as_the_upstream_wrote_it() {
        let body = r#"{ "z": 1.50, "a": [ 1e3 ] }"#;
        assert_eq!(mask(b"123456789", body), body);
    }
}
