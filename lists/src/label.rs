//! Recognizes what a label before a number, or a header above several, names.

use crate::header::{HeaderKind, NUMBER_WORDS, PEOPLE, header_kind, is_ssn_word};
use crate::words::split_words;

/// Words in a label for SSNs, besides those for people and numbers.
const LABEL_WORDS: [&str; 29] = [
    "and",
    "are",
    "const",
    "correct",
    "current",
    "first",
    "former",
    "her",
    "his",
    "itin",
    "let",
    "list",
    "my",
    "new",
    "of",
    "old",
    "only",
    "or",
    "our",
    "previous",
    "primary",
    "prior",
    "second",
    "secondary",
    "the",
    "their",
    "third",
    "var",
    "your",
];

/// Words before “SSN” that say that the number isn't one to look up.
const OTHER_USE: [&str; 19] = [
    "delete", "dummy", "eg", "example", "fake", "file", "format", "g", "ignore", "remove",
    "request", "same", "sample", "skip", "test", "total", "totals", "type", "without",
];

/// Maximum number of words before “SSN” in a label.
const MAX_WORDS_BEFORE: usize = 4;

/// Whether a text names SSNs and nothing else: `SSN`, `Employee SSN`, `Ann Lee's SSN`, `SSN 1`.
///
/// A header may name more, because its column shows what it holds. A label has one number, and the
/// number of `SSN Account: 123456789` is another one.
pub(crate) fn names_only_ssns(text: &str) -> bool {
    match header_kind(text) {
        HeaderKind::Ssn => true,
        HeaderKind::MaybeSsn => has_only_known_words(text),
        _ => false,
    }
}

fn has_only_known_words(text: &str) -> bool {
    let words = split_words(text);
    let name = words.iter().position(|word| is_ssn_word(word));
    let (before, after) = words.split_at(name.unwrap_or_default());
    // The name of a person or a variable may be before it: `Ann Lee SSN`, `String[] ssns`.
    let is_name = |word: &String| {
        let word = word.as_str();
        !NUMBER_WORDS.contains(&word) && !OTHER_USE.contains(&word)
    };
    let may_be_name = before.len() <= MAX_WORDS_BEFORE && !has_columns(text);
    ((may_be_name && before.iter().all(is_name)) || are_known(before)) && are_known(after)
}

/// Whether all words belong to a label. “Number” belongs to a name for SSNs before it.
fn are_known(words: &[String]) -> bool {
    let mut follows_name = false;
    words.iter().all(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_number = follows_name && NUMBER_WORDS.contains(&word);
        follows_name = is_ssn_word(word);
        let is_known = || PEOPLE.contains(&word) || LABEL_WORDS.contains(&word);
        word.is_empty() || is_number || follows_name || is_known()
    })
}

/// Whether a text is more than one field: a delimiter or several spaces are in it.
fn has_columns(text: &str) -> bool {
    text.contains([',', ';', '|', '\t', '{']) || text.trim().contains("  ")
}

/// Whether a line may be the header of several columns, such as `EMPNO  SSN`.
pub(crate) fn names_columns(line: &str) -> bool {
    let line = line.trim();
    match header_kind(line) {
        HeaderKind::Ssn | HeaderKind::Other => false,
        // A program that writes columns puts several spaces or a tab between their names.
        HeaderKind::MaybeSsn => !are_known(&split_words(line)) || has_columns(line),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_ssns_and_nothing_else() {
        for label in [
            "SSN",
            "SSNs",
            "SSN 1",
            "ssn2",
            "Employee SSN",
            "employeessn",
            "Spouse's SSN",
            "Ann Lee\u{2019}s SSN",
            "SSN of spouse",
            "My SSN No.",
            "Social Security Number (SSN)",
            "SSN or ITIN",
            "OR ssn",
            "List of SSNs",
            "Ann Lee SSN",
            "String[] ssns",
            "X-SSN",
            "The SSNs are",
        ] {
            assert!(names_only_ssns(label), "{label}");
        }
        for label in [
            "",
            "EIN",
            "EIN (not SSN)",
            "SSN Confirmation #",
            "SSN Account Number",
            "ssn.batch.id",
            "SSN (e.g.",
            "SSN format",
            "Do not use SSN",
            "Total SSNs",
            "SSN count",
            "SSN / Employee ID",
            "Employee Number / SSN",
            "EIN or SSN",
            "Batch ID SSN",
            "Delete SSN",
            "Same SSN as spouse",
        ] {
            assert!(!names_only_ssns(label), "{label}");
        }
    }

    #[test]
    fn a_header_of_several_columns_is_told_from_one() {
        for line in [
            "EMPNO     SSN",
            " ein | ssn",
            "Employee\tSSN",
            "EMPLOYEE      SSN",
            "SSN Account",
            "EIN Account",
            "COPY people (emp_id, ssn) FROM stdin;",
        ] {
            assert!(names_columns(line), "{line}");
        }
        for line in [
            "SSN",
            "Employee SSN",
            "Social  Security  Number",
            "Ann Lee",
            "",
        ] {
            assert!(!names_columns(line), "{line}");
        }
    }
}
