//! Formats counts for people, the same on the page, in API messages and on a terminal.
//!
//! Don't use it for values that people type or programs read, such as the bounds of a setting: they
//! have no separators.

/// Formats a whole number with a comma between thousands: `9,981`.
pub fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a count with its noun: `1 number`, `9,981 numbers`.
pub fn pluralize(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", group_digits(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_separates_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(group_digits(number), text);
        }
        assert_eq!(pluralize(1, "number"), "1 number");
        assert_eq!(pluralize(2_000, "line"), "2,000 lines");
    }
}
