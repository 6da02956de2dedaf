//! What was brought, and what is said of it.

use worker::protocol::Digest;

use crate::ui::words;

/// What a list was understood as, in one breath, for whoever hears the page.
pub(crate) fn said(digest: &Digest) -> String {
    let mut said = format!("{} to look up.", words::pluralize(digest.items, "number"));
    for (number, noun, verb) in [
        (digest.duplicates, "repeated line", ""),
        (digest.zeros_lost, "line", " lost leading zeros"),
        (digest.warnings, "number", " never issued"),
        (digest.invalid, "line", " no number"),
    ] {
        if number > 0 {
            said += &format!(" {}{verb}.", words::pluralize(number, noun));
        }
    }
    said
}

/// A name for the run after the file it came from; none where the name could hold a number.
pub(crate) fn label_for(file: &str) -> String {
    let digits = file.chars().filter(char::is_ascii_digit).count();
    match digits < 9 {
        true => file
            .chars()
            .take(contract::limits::MAX_LABEL_CHARS)
            .collect(),
        false => String::new(),
    }
}

/// Whether a text of so many bytes or characters is more than is comfortable in a text field: some
/// two thousand lines.
pub(crate) fn is_long(length: usize) -> bool {
    length > 24_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_leaves_out_what_there_is_none_of() {
        let mut digest = Digest {
            list: 1,
            rows: 9_982,
            items: 9_981,
            duplicates: 0,
            invalid: 1,
            warnings: 0,
            zeros_lost: 0,
            columns: Vec::new(),
            column: 0,
            preview: Vec::new(),
            wrong: Vec::new(),
        };
        assert_eq!(said(&digest), "9,981 numbers to look up. 1 line no number.");
        (digest.duplicates, digest.invalid) = (2, 0);
        assert_eq!(said(&digest), "9,981 numbers to look up. 2 repeated lines.");
    }

    #[test]
    fn a_label_holds_no_number() {
        assert_eq!(label_for("staff-2026.csv"), "staff-2026.csv");
        assert_eq!(label_for("123-45-6789.txt"), "");
    }

    #[test]
    fn a_text_is_long_above_two_thousand_lines() {
        assert!(!is_long("123-45-6789\n".repeat(2_000).len()));
        assert!(is_long("123-45-6789\n".repeat(2_001).len()));
    }
}
