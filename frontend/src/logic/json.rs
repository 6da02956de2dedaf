//! Reads JSON into serde's types. The reader of `serde_json` says of every fault what and where it
//! is, and takes structs from arrays too; here a fault is one word and a struct is an object, which
//! makes a tenth less of a first visit. Texts come from this program's own server and worker.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The text isn't what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unexpected;

/// Reads a JSON text as this type.
pub fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unexpected> {
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader)?;
    reader.skip_space();
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(Unexpected)
    }
}

/// Keeps a value's own text, as `deserialize_with` of a field; none for `null`.
pub fn raw<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    struct Raw;
    impl<'de> Visitor<'de> for Raw {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON value")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok((text != "null").then(|| text.to_owned()))
        }
    }
    reader.deserialize_bytes(Raw)
}

/// What of the text is still to be read.
struct Reader<'de> {
    rest: &'de str,
}

type Read<T> = Result<T, Unexpected>;

impl<'de> Reader<'de> {
    fn skip_space(&mut self) {
        let space = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
        self.rest = self.rest.trim_start_matches(space);
    }

    /// The next character, which stays.
    fn peek(&mut self) -> u8 {
        self.skip_space();
        self.rest.as_bytes().first().copied().unwrap_or_default()
    }

    /// Takes this if it comes next.
    fn take(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, word: &str) -> Read<()> {
        if self.take(word) {
            Ok(())
        } else {
            Err(Unexpected)
        }
    }

    /// Takes so many bytes.
    fn cut(&mut self, length: usize) -> Read<&'de str> {
        let (cut, rest) = self.rest.split_at_checked(length).ok_or(Unexpected)?;
        self.rest = rest;
        Ok(cut)
    }

    /// The inside of the string that comes next, escapes and all.
    fn quoted(&mut self) -> Read<&'de str> {
        self.expect("\"")?;
        let mut escaped = false;
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let inside = self.cut(end.ok_or(Unexpected)?)?;
        self.cut(1)?;
        Ok(inside)
    }

    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let inside = self.quoted()?;
        if inside.contains('\\') {
            visitor.visit_str(&unescaped(inside)?)
        } else {
            visitor.visit_borrowed_str(inside)
        }
    }

    /// The text of the number that comes next; any other is found out by who reads it.
    fn number(&mut self) -> Read<&'de str> {
        self.skip_space();
        let part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let end = self.rest.bytes().position(|byte| !part(byte));
        self.cut(end.unwrap_or(self.rest.len()))
    }

    /// The text of the value that comes next.
    fn value(&mut self) -> Read<&'de str> {
        self.skip_space();
        let all = self.rest;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.quoted()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.cut(1)?;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Unexpected)?;
                    self.cut(1)?;
                }
                b',' | b':' if depth > 0 => {
                    self.cut(1)?;
                }
                _ => {
                    let end = |c: char| c.is_whitespace() || ",:{}[]\"".contains(c);
                    match self.rest.find(end).unwrap_or(self.rest.len()) {
                        0 => return Err(Unexpected),
                        length => self.cut(length)?,
                    };
                }
            }
            if depth == 0 {
                return Ok(&all[..all.len() - self.rest.len()]);
            }
        }
    }
}

/// A string's inside without its escapes.
fn unescaped(inside: &str) -> Read<String> {
    let mut text = String::with_capacity(inside.len());
    let mut units = Vec::new();
    let mut parts = inside.split('\\');
    text.push_str(parts.next().unwrap_or_default());
    while let Some(part) = parts.next() {
        let (code, rest) = part.split_at_checked(1).unwrap_or(("", ""));
        let plain = match code {
            // An escaped backslash: what follows it stands in the next part.
            "" if part.is_empty() => {
                text.push('\\');
                text.push_str(parts.next().ok_or(Unexpected)?);
                continue;
            }
            "u" => {
                let (digits, rest) = rest.split_at_checked(4).ok_or(Unexpected)?;
                units.push(u16::from_str_radix(digits, 16).map_err(|_| Unexpected)?);
                // A pair is read with its second half.
                let is_first_half = (0xD800..0xDC00).contains(&units[units.len() - 1]);
                if !(rest.is_empty() && is_first_half && units.len() == 1) {
                    text.extend(
                        char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('\u{FFFD}')),
                    );
                }
                text.push_str(rest);
                continue;
            }
            "n" => '\n',
            "t" => '\t',
            "r" => '\r',
            "b" => '\u{8}',
            "f" => '\u{c}',
            "\"" => '"',
            "/" => '/',
            _ => return Err(Unexpected),
        };
        text.push(plain);
        text.push_str(rest);
    }
    Ok(text)
}

/// A number with a fraction or an exponent. Exact for up to 15 digits and exponents up to 22, as
/// sums and products of doubles are; beyond, in the last place or so.
fn decimal(text: &str) -> Read<f64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() {
        return Err(Unexpected);
    }
    let mut exponent: i32 = exponent.parse().map_err(|_| Unexpected)?;
    let mut value = 0.0;
    for digit in whole.bytes() {
        value = value * 10.0 + digit_value(digit)?;
    }
    for digit in fraction.trim_end_matches('0').bytes() {
        value = value * 10.0 + digit_value(digit)?;
        exponent = exponent.saturating_sub(1);
    }
    let mut scale = 1.0;
    for _ in 0..exponent.unsigned_abs().min(400) {
        scale *= 10.0;
    }
    value = if exponent < 0 {
        value / scale
    } else {
        value * scale
    };
    Ok(if negative { -value } else { value })
}

fn digit_value(digit: u8) -> Read<f64> {
    match digit {
        b'0'..=b'9' => Ok(f64::from(digit - b'0')),
        _ => Err(Unexpected),
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unexpected;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        // No type that is read here leaves it to the text what it is.
        Err(Unexpected)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let value = self.take("true");
        if !value {
            self.expect("false")?;
        }
        visitor.visit_bool(value)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number()?.parse().map_err(|_| Unexpected)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_f64(decimal(self.number()?)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.string(visitor)
    }

    /// The value's text; see [`raw`].
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(self.value()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.value()?;
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.take("null") {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expect("[")?;
        let mut parts = Parts::of(self);
        let value = visitor.visit_seq(&mut parts)?;
        parts.end("]")?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expect("{")?;
        let mut parts = Parts::of(self);
        let value = visitor.visit_map(&mut parts)?;
        parts.end("}")?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }

    /// `"Name"`, or `{"Name": value}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.take("{") {
            let value = visitor.visit_enum(Variant(self))?;
            self.expect("}")?;
            Ok(value)
        } else {
            let name = self.quoted()?;
            let name: StrDeserializer<'_, Unexpected> = name.into_deserializer();
            visitor.visit_enum(name)
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 f32 char byte_buf unit unit_struct tuple tuple_struct
    }
}

/// The parts of an array or an object.
struct Parts<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

impl<'a, 'de> Parts<'a, 'de> {
    fn of(reader: &'a mut Reader<'de>) -> Self {
        Self {
            reader,
            is_first: true,
        }
    }

    /// Whether there is another part.
    fn go_on(&mut self) -> Read<bool> {
        if matches!(self.reader.peek(), b']' | b'}') {
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            self.reader.expect(",")?;
        }
        Ok(true)
    }

    fn end(self, bracket: &str) -> Read<()> {
        self.reader.expect(bracket)
    }
}

impl<'de> SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        match self.go_on()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Unexpected;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        match self.go_on()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.expect(":")?;
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant with something in it.
struct Variant<'a, 'de>(&'a mut Reader<'de>);

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unexpected;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let name = seed.deserialize(&mut *self.0)?;
        self.0.expect(":")?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unexpected;

    fn unit_variant(self) -> Read<()> {
        self.0.expect("null")
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.0.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.0.deserialize_map(visitor)
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text isn't what was expected")
    }
}

impl std::error::Error for Unexpected {}

/// No fault is told apart, so that nothing that would tell it is in the page.
impl de::Error for Unexpected {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::telling::tests::execution;
    use contract::wire::{Execution, ExecutionsPage, Problem};
    use serde::Serialize;
    use worker::protocol::{Event, Line, Message};

    /// What `serde_json` writes comes out as it went in, with and without space.
    fn check<T: Serialize + for<'a> Deserialize<'a> + PartialEq + fmt::Debug>(value: &T) {
        for json in [
            serde_json::to_string(value).unwrap(),
            serde_json::to_string_pretty(value).unwrap(),
        ] {
            assert_eq!(from_str::<T>(&json).as_ref(), Ok(value), "{json}");
            for end in 0..json.len() {
                let cut = json.get(..end).map(from_str::<T>);
                assert!(!matches!(cut, Some(Ok(_))), "cut at {end}: {json}");
            }
        }
    }

    #[test]
    fn what_the_server_and_the_worker_write_is_read() {
        let mut run = execution();
        check(&run);
        run.label = Some("A \"list\"\\ of\n\u{1}\u{1F600} ü/".into());
        run.settings.requests_per_second = Some(12.5);
        run.stopped_at = Some(String::new());
        check(&ExecutionsPage {
            executions: vec![run, execution()],
            next: None,
        });
        check(&Problem {
            kind: "/problems/conflict".into(),
            title: "Still running".into(),
            status: 409,
            detail: None,
        });
        let line = Line {
            number: 1,
            beside: String::new(),
            shown: "n/a\\".into(),
            why: Some("no digits".into()),
        };
        for event in [
            Event::Ready,
            Event::Lines(vec![line]),
            Event::Lines(Vec::new()),
            Event::Progress { done: 1, total: 2 },
            Event::Unlike { row: None },
        ] {
            let json = serde_json::to_string(&Message {
                call: 3,
                event: event.clone(),
            });
            let read: Message = from_str(&json.unwrap()).unwrap();
            assert_eq!((read.call, read.event), (3, event));
        }
    }

    #[test]
    fn fields_that_are_not_known_are_passed_over_whatever_they_hold() {
        let mut json = serde_json::to_value(execution()).unwrap();
        json["later"] = serde_json::json!({"a": [1, {"b": "]}\\\""}], "c": -1.5e3, "d": null});
        assert_eq!(from_str::<Execution>(&json.to_string()), Ok(execution()));
    }

    #[test]
    fn escapes_are_read_as_json_has_them() {
        for json in [
            r#""""#,
            r#""\\""#,
            r#""\\\\""#,
            r#""\\n\n\\\"""#,
            r#""\u00fc\u0041""#,
            r#""\ud83d\ude00 \u0020""#,
            r#""a\/b\t\r\b\f""#,
        ] {
            let read: String = serde_json::from_str(json).unwrap();
            assert_eq!(from_str::<String>(json), Ok(read), "{json}");
        }
        assert_eq!(from_str::<String>(r#""\ud83d!""#), Ok("\u{FFFD}!".into()));
        for bad in [r#""\x""#, r#""\u12""#, r#""\""#, "\"", "a", ""] {
            assert_eq!(from_str::<String>(bad), Err(Unexpected), "{bad}");
        }
    }

    #[test]
    fn numbers_are_read_as_json_has_them() {
        for json in [
            "0",
            "12.5",
            "-3",
            "1e3",
            "0.1",
            "2.50",
            "100",
            "1.25E-2",
            "123456.789",
        ] {
            let read: f64 = serde_json::from_str(json).unwrap();
            assert_eq!(from_str::<f64>(json), Ok(read), "{json}");
        }
        for bad in ["", "-", ".5", "1.", "1e", "1,5", "x", "1 2"] {
            assert_eq!(from_str::<f64>(bad), Err(Unexpected), "{bad}");
        }
        assert_eq!(from_str::<u64>("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(from_str::<u16>("65536"), Err(Unexpected));
        assert_eq!(from_str::<u64>("-1"), Err(Unexpected));
    }

    #[test]
    fn nested_without_end_is_no_danger() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(
            from_str::<serde::de::IgnoredAny>(&deep).err(),
            Some(Unexpected)
        );
        let deep = deep + &"]".repeat(1_000_000);
        assert!(from_str::<serde::de::IgnoredAny>(&deep).is_ok());
    }
}
