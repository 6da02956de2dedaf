//! An upstream may repeat the number in its answer. Where numbers are masked, it is masked there too.

use contract::Ssn;
use serde_json::Value;
use serde_json::value::RawValue;

/// The body without the number, in whatever form it stands there.
pub(super) fn masked(body: &RawValue, ssn: Ssn) -> Box<RawValue> {
    let mask = Mask::of(ssn);
    if !mask.may_stand_in(body.get()) {
        return body.to_owned();
    }
    let Ok(value) = serde_json::from_str(body.get()) else {
        // Nested too deep to be looked through, yet valid: rather nothing than the number.
        return RawValue::from_string("null".to_owned()).expect("null is JSON");
    };
    serde_json::value::to_raw_value(&mask.value(value))
        .unwrap_or_else(|_| RawValue::from_string("null".to_owned()).expect("null is JSON"))
}

struct Mask {
    /// The number as 123456789, 123-45-6789, 123 45 6789.
    forms: [String; 3],
    /// Its digits without leading zeros, as JSON writes a number.
    bare: String,
    masked: String,
}

impl Mask {
    fn of(ssn: Ssn) -> Self {
        let digits: String = ssn
            .expose_digits()
            .iter()
            .map(|digit| char::from(*digit))
            .collect();
        let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
        Self {
            forms: [
                digits.clone(),
                format!("{area}-{group}-{serial}"),
                format!("{area} {group} {serial}"),
            ],
            bare: digits.trim_start_matches('0').to_owned(),
            masked: ssn.to_string(),
        }
    }

    /// Cheap, and never wrong in saying no: an escape could hide a digit or a hyphen.
    fn may_stand_in(&self, json: &str) -> bool {
        self.forms.iter().any(|form| json.contains(form.as_str()))
            || (!self.bare.is_empty() && json.contains(&self.bare))
            || json.contains("\\u")
    }

    fn text(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| {
            text.replace(form.as_str(), &self.masked)
        })
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(values) => values.into_iter().map(|value| self.value(value)).collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (self.text(&name), self.value(value)))
                    .collect(),
            ),
            Value::Number(number) if number.to_string() == self.bare => {
                Value::String(self.masked.clone())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(ssn: &[u8; 9], body: &str) -> String {
        let body = RawValue::from_string(body.to_owned()).unwrap();
        masked(&body, Ssn::from_digits(ssn).unwrap())
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
    fn a_body_without_it_stays_as_the_upstream_wrote_it() {
        let body = r#"{ "z": 1.50, "a": [ 1e3 ] }"#;
        assert_eq!(mask(b"123456789", body), body);
    }
}
