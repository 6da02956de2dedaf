//! Rules for an added list: its spoken summary, its run's label, and whether it is long.

use worker::protocol::ListSummary;

use crate::ui::words;

/// A list's summary as a screen reader says it.
pub(crate) fn announcement(summary: &ListSummary) -> String {
    let mut text = format!("{} to look up.", words::pluralize(summary.items, "number"));
    let zeros_lost = summary.zeros.as_ref().map_or(0, |zeros| zeros.lines);
    for (count, noun, rest) in [
        (summary.duplicates, "repeated line", ""),
        (zeros_lost, "line", " lost leading zeros"),
        (summary.warnings, "number", " never issued"),
        (summary.invalid, "line", " without a number"),
    ] {
        if count > 0 {
            text += &format!(" {}{rest}.", words::pluralize(count, noun));
        }
    }
    text
}

/// A run's label from its file's name; empty if the name could hold a number.
pub(crate) fn label(file_name: &str) -> String {
    let digits = file_name.chars().filter(char::is_ascii_digit).count();
    match digits < 9 {
        true => file_name
            .chars()
            .take(contract::limits::MAX_LABEL_CHARS)
            .collect(),
        false => String::new(),
    }
}

/// Whether a text of this many bytes or characters is too long for the text field.
///
/// The limit is about 2,000 lines.
pub(crate) fn is_long(length: usize) -> bool {
    length > 24_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announcement_leaves_out_counts_of_zero() {
        let mut summary = ListSummary {
            list: 1,
            rows: 9_982,
            items: 9_981,
            duplicates: 0,
            invalid: 1,
            warnings: 0,
            zeros_restored: 0,
            zeros: None,
            read_as: String::new(),
            no_number_message: String::new(),
            columns: Vec::new(),
            column: 0,
            preview: Vec::new(),
            invalid_lines: Vec::new(),
        };
        assert_eq!(
            announcement(&summary),
            "9,981 numbers to look up. 1 line without a number."
        );
        (summary.duplicates, summary.invalid) = (2, 0);
        assert_eq!(
            announcement(&summary),
            "9,981 numbers to look up. 2 repeated lines."
        );
    }

    #[test]
    fn a_label_holds_no_number() {
        assert_eq!(label("staff-2026.csv"), "staff-2026.csv");
        assert_eq!(label("123-45-6789.txt"), "");
    }

    #[test]
    fn a_text_is_long_above_two_thousand_lines() {
        assert!(!is_long("123-45-6789\n".repeat(2_000).len()));
        assert!(is_long("123-45-6789\n".repeat(2_001).len()));
    }
}
