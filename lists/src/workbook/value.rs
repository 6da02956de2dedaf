//! Writes the value of a cell as text.

use std::fmt::Write;

use calamine::{DataRef, ExcelDateTime};

use crate::cell::{clean, is_blank};
use crate::words::is_control;

/// A number format that shows leading zeros, such as `000-00-0000` or `00000`.
///
/// Excel calls the first one "Social Security Number". A cell with it holds the number 1010001 and shows
/// 001-01-0001, which is what a person sees and means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ZeroFormat {
    /// The digits and what is between them, from the right. `None` is a digit.
    places: Vec<Option<char>>,
}

impl ZeroFormat {
    /// Parses a format code. Returns `None` if it doesn't consist of zeros and separators.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let mut places = Vec::new();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                '0' => places.push(None),
                '-' | ' ' => places.push(Some(c)),
                // Excel also shows a dash, such as U+2013, as it is.
                _ if !c.is_ascii() => places.push(Some(c)),
                '\\' => places.push(Some(chars.next()?)),
                '"' => places.extend(chars.by_ref().take_while(|c| *c != '"').map(Some)),
                // A space as wide as the next character.
                '_' => _ = chars.next()?,
                // A locale or a color, such as `[$-409]` or `[Red]`, but not a condition.
                '[' => {
                    let content: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    if !content.starts_with("$-") && !content.starts_with(char::is_alphabetic) {
                        return None;
                    }
                }
                // The first section is the one for positive numbers.
                ';' => break,
                _ => return None,
            }
        }
        places.reverse();
        // The format `0` adds no zeros.
        let digits = places.iter().filter(|place| place.is_none()).count();
        (digits > 1).then_some(Self { places })
    }

    /// Writes the digits of a number.
    fn write(&self, text: &mut String, number: &str) {
        let places = self.places.iter().filter(|place| place.is_none());
        if is_count(number, places.count()) {
            text.push_str(number);
            return;
        }
        let mut digits = number.chars().rev().peekable();
        let mut shown: Vec<char> = Vec::with_capacity(number.len() + self.places.len());
        let last_digit = self.places.iter().rposition(Option::is_none);
        for (at, place) in self.places.iter().enumerate() {
            shown.push(place.unwrap_or_else(|| digits.next().unwrap_or('0')));
            if Some(at) == last_digit {
                shown.extend(digits.by_ref());
            }
        }
        text.extend(shown.into_iter().rev());
    }
}

/// The value of a cell whose formula has none in the file, because no program has calculated it.
pub(super) const UNSAVED: &str = "formula without value";

/// Recognizes a row of totals. A number format must not make its sums look like typed numbers.
#[derive(Default)]
pub(super) struct TotalRow {
    /// The row of the last cell, from 1.
    row: u32,
    is_total: bool,
}

impl TotalRow {
    /// Adds a cell, in order. The first one of a row with text is its label.
    pub(super) fn add(&mut self, row: u32, text: &str) {
        if self.row != row + 1 && !is_blank(text) {
            self.row = row + 1;
            self.is_total = is_control(clean(text));
        }
    }

    /// Whether the label says that the row has totals.
    pub(super) fn is_in(&self, row: u32) -> bool {
        self.is_total && self.row == row + 1
    }
}

/// Whether a number in a cell that shows that many digits has too few of its own to be an SSN.
///
/// It is a count or a zero, such as that of a formula for an empty cell. An SSN with three leading
/// zeros was never issued. Shorter formats are those of ZIP codes and the like.
pub(super) fn is_count(number: &str, shown_digits: usize) -> bool {
    number.len() < 7 && shown_digits >= 7
}

/// Appends a cell's value to a text; nothing if the cell is empty.
pub(super) fn write_value(text: &mut String, value: &DataRef<'_>, format: Option<&ZeroFormat>) {
    match value {
        DataRef::Empty => {}
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => {
            text.push_str(value);
        }
        DataRef::SharedString(value) => text.push_str(value),
        DataRef::Int(value) => write_number(text, *value as f64, format),
        DataRef::Float(value) => write_number(text, *value, format),
        DataRef::Bool(value) => text.push_str(if *value { "TRUE" } else { "FALSE" }),
        DataRef::Error(error) => append(text, error),
        DataRef::DateTime(value) => write_date(text, *value),
    }
}

fn append(text: &mut String, value: impl std::fmt::Display) {
    // Writing to a `String` doesn't fail.
    let _ = write!(text, "{value}");
}

/// Writes a number as spreadsheet programs show it: its digits, without an exponent.
fn write_number(text: &mut String, value: f64, format: Option<&ZeroFormat>) {
    if value.fract() != 0.0 {
        // Spreadsheet programs show 15 digits, so 0.1 + 0.2 is 0.3.
        let shown = format!("{value:.14e}").parse().unwrap_or(value);
        append(text, shown);
        return;
    }
    match format {
        Some(format) if value >= 0.0 => format.write(text, &format!("{value}")),
        _ => append(text, value),
    }
}

/// Writes a date, a time or both as in ISO 8601, and a duration as hours, minutes and seconds.
fn write_date(text: &mut String, date: ExcelDateTime) {
    let value = date.as_f64();
    // Excel knows no date outside of this. A number there, such as an SSN, has a wrong format.
    if !(0.0..2_958_466.0).contains(&value) {
        return write_number(text, value, None);
    }
    if date.is_duration() {
        let seconds = (value * 86_400.0).round() as u64;
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        return append(
            text,
            format_args!("{hours}:{minutes:02}:{:02}", seconds % 60),
        );
    }
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    if value >= 1.0 {
        append(text, format_args!("{year:04}-{month:02}-{day:02}"));
    }
    if (hour, minute, second, milli) == (0, 0, 0, 0) && value >= 1.0 {
        return;
    }
    let separator = if value >= 1.0 { "T" } else { "" };
    append(
        text,
        format_args!("{separator}{hour:02}:{minute:02}:{second:02}"),
    );
    if milli > 0 {
        append(text, format_args!(".{milli:03}"));
    }
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    fn text(value: &DataRef<'_>, format: &str) -> String {
        let mut text = String::new();
        write_value(&mut text, value, ZeroFormat::parse(format).as_ref());
        text
    }

    #[test]
    fn a_number_is_its_digits() {
        for (value, expected) in [
            (123456789.0, "123456789"),
            (1.23456789e8, "123456789"),
            (1010001.0, "1010001"),
            (0.0, "0"),
            (-7.0, "-7"),
            (1e15, "1000000000000000"),
            (0.1 + 0.2, "0.3"),
            (100010001.5, "100010001.5"),
        ] {
            assert_eq!(text(&DataRef::Float(value), "General"), expected);
        }
        assert_eq!(text(&DataRef::Int(100010001), "General"), "100010001");
    }

    #[test]
    fn a_number_format_adds_the_zeros_that_it_shows() {
        for (format, value, expected) in [
            ("000\\-00\\-0000", 1010001.0, "001-01-0001"),
            ("000-00-0000", 100010001.0, "100-01-0001"),
            ("000\"-\"00\"-\"0000;@", 1010001.0, "001-01-0001"),
            ("[$-409]000\\-00\\-0000", 1010001.0, "001-01-0001"),
            ("[Red]000-00-0000;[Blue]-0", 1010001.0, "001-01-0001"),
            (
                "000\\-00\\-0000_);\\(000\\-00\\-0000\\)",
                1010001.0,
                "001-01-0001",
            ),
            ("_(000-00-0000_)", 1010001.0, "001-01-0001"),
            (
                "000\u{2013}00\u{2013}0000",
                1010001.0,
                "001\u{2013}01\u{2013}0001",
            ),
            ("000000000", 1010001.0, "001010001"),
            ("00000", 501.0, "00501"),
            // More digits than the format has places.
            ("000-00", 1234567.0, "12345-67"),
            // Formats that do something else.
            ("[<10000000]000-0000;000-00-0000", 1010001.0, "1010001"),
            ("0", 1010001.0, "1010001"),
            ("#,##0", 1010001.0, "1010001"),
            ("0.00", 1010001.0, "1010001"),
            ("000-00-0000", -5.0, "-5"),
            ("000-00-0000", 0.5, "0.5"),
        ] {
            assert_eq!(text(&DataRef::Float(value), format), expected, "{format}");
        }
    }

    #[test]
    fn a_count_or_a_zero_gets_no_leading_zeros() {
        for format in ["000-00-0000", "000000000", "0000000"] {
            for (value, expected) in [(0.0, "0"), (2.0, "2"), (999_999.0, "999999")] {
                assert_eq!(text(&DataRef::Float(value), format), expected, "{format}");
            }
        }
        assert_eq!(text(&DataRef::Float(0.0), "00000"), "00000");
    }

    #[test]
    fn a_date_is_written_as_in_iso_8601() {
        let date = |value, kind| DataRef::DateTime(ExcelDateTime::new(value, kind, false));
        for (value, expected) in [
            (45_943.0, "2025-10-13"),
            (45_943.5, "2025-10-13T12:00:00"),
            (0.25, "06:00:00"),
            (0.0, "00:00:00"),
            // A number in a cell that was given a date's format by mistake.
            (100_010_001.0, "100010001"),
            (-1.0, "-1"),
        ] {
            assert_eq!(
                text(&date(value, ExcelDateTimeType::DateTime), ""),
                expected
            );
        }
        assert_eq!(
            text(&date(1.5, ExcelDateTimeType::TimeDelta), ""),
            "36:00:00"
        );
    }

    #[test]
    fn other_values_are_written_as_they_are_shown() {
        assert_eq!(text(&DataRef::Bool(true), ""), "TRUE");
        assert_eq!(text(&DataRef::Bool(false), ""), "FALSE");
        assert_eq!(text(&DataRef::Error(CellErrorType::NA), ""), "#N/A");
        assert_eq!(text(&DataRef::SharedString("001010001"), ""), "001010001");
        assert_eq!(text(&DataRef::Empty, "000"), "");
    }
}
