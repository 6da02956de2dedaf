//! Counts as a reader wants them, the same on the page, in the API's texts and on a terminal. What is
//! typed or read by a program, such as the bounds of a setting, has its digits plain.

/// A whole number with its thousands apart: `9,981`.
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

/// A count with its noun: `1 number`, `9,981 numbers`.
pub fn pluralize(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", group_digits(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
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
