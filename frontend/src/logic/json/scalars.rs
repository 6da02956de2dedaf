//! What stands between a string's quotes, and a number.

use super::{Read, Unexpected};

/// A string's inside without its escapes.
pub(super) fn unescaped(inside: &str) -> Read<String> {
    let mut text = String::with_capacity(inside.len());
    // The first half of a pair is read with the second, which follows at once or never.
    let mut units = Vec::new();
    let mut parts = inside.split('\\');
    text.push_str(parts.next().unwrap_or_default());
    while let Some(part) = parts.next() {
        let (code, rest) = part.split_at_checked(1).unwrap_or(("", ""));
        if code == "u" {
            let (digits, rest) = rest.split_at_checked(4).ok_or(Unexpected)?;
            let unit = u16::from_str_radix(digits, 16).map_err(|_| Unexpected)?;
            units.push(unit);
            if !(rest.is_empty() && (0xD800..0xDC00).contains(&unit)) {
                put(&mut text, &mut units);
            }
            text.push_str(rest);
            continue;
        }
        put(&mut text, &mut units);
        let plain = match code {
            // An escaped backslash: what follows it stands in the next part.
            "" if part.is_empty() => {
                text.push('\\');
                text.push_str(parts.next().ok_or(Unexpected)?);
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
    put(&mut text, &mut units);
    Ok(text)
}

/// Adds what units of UTF-16 say; half a pair is a mark for what can't be read.
fn put(text: &mut String, units: &mut Vec<u16>) {
    let read = char::decode_utf16(units.drain(..));
    text.extend(read.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// A number with a fraction or an exponent. Exact for up to 15 digits and exponents up to 22, as
/// sums and products of doubles are; beyond, in the last place or so.
pub(super) fn decimal(text: &str) -> Read<f64> {
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
