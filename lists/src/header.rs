//! Recognizes a table's header, and the header of the SSN column.

use std::collections::HashSet;

use rustc_hash::FxBuildHasher;

use crate::cell::{count_digits, is_ignored};
use crate::value::parse_number;

/// What a header cell names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderKind {
    /// It names SSNs and nothing else: `SSN`, `Social Security Number`, `Soc. Sec. No.`, `SS#`.
    Ssn,
    /// It names SSNs among other words: `Spouse SSN`, `ssn_last4`.
    MaybeSsn,
    /// It names something else.
    Other,
}

/// Classifies a header cell.
pub(crate) fn header_kind(cell: &str) -> HeaderKind {
    let words = words(cell);
    let joined: String = words.concat();
    let has_number_sign = cell.contains('#');
    let has_number_word = words
        .iter()
        .any(|word| NUMBER_WORDS.contains(&word.as_str()));
    let has_social_security = ["socialsecurity", "socsec"]
        .iter()
        .any(|name| joined.contains(name));
    // Not “socialsecurity”: `has_social_security` covers it.
    let has_ssn_word = words
        .iter()
        .any(|word| word.starts_with("ss") && is_ssn(word));
    if is_ssn(&joined) || (has_number_sign && joined == "ss") {
        HeaderKind::Ssn
    } else if has_ssn_word || (has_social_security && (has_number_sign || has_number_word)) {
        // “Social Security” among other words isn't enough: “Social Security Tax” is an amount.
        HeaderKind::MaybeSsn
    } else {
        HeaderKind::Other
    }
}

/// Whether a header names SSNs, alone or among other words.
pub fn may_hold_ssns(header: &str) -> bool {
    header_kind(header) != HeaderKind::Other
}

/// Words that mean “number”, such as “No.” in “SS No.”.
const NUMBER_WORDS: [&str; 7] = ["no", "nos", "nr", "num", "number", "numbers", "id"];

/// Whether a text in lower case, without spaces, is a name for SSNs.
fn is_ssn(name: &str) -> bool {
    let is_followed_by_number_word = |prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| NUMBER_WORDS.contains(&rest))
    };
    let names = [
        "ssn",
        "ssns",
        "socialsecurity",
        "socialsec",
        "socsecurity",
        "socsec",
    ];
    // `ssid` is the name of a wireless network.
    names.contains(&name)
        || names.into_iter().any(is_followed_by_number_word)
        || (is_followed_by_number_word("ss") && name != "ssid")
}

/// Splits a header into words in lower case.
///
/// `employeeSsn` has two words. `classname` has one, so the `ssn` in it isn't a word.
fn words(cell: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in cell.chars() {
        if !c.is_alphanumeric() || (after_lower && c.is_uppercase()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a cell of the record names SSNs and no cell is a number.
pub(crate) fn names_ssn(record: &[&str]) -> bool {
    record
        .iter()
        .any(|cell| header_kind(cell) != HeaderKind::Other)
        && record.iter().all(|cell| parse_number(cell).is_err())
}

/// Whether the first record looks like a header although no cell names SSNs.
///
/// It does if its cells are distinct words and none of them occurs again in its column. If this
/// isn't certain, the record is a row: a header read as a row is one INVALID row, but a row read as a
/// header is lost.
pub(crate) fn looks_like_header(records: &[Vec<&str>], column: usize) -> bool {
    let Some((first, rest)) = records.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return false;
    };
    let cells: Vec<&str> = first
        .iter()
        .map(|cell| cell.trim_matches(is_ignored))
        .collect();
    let missing_values = [
        "n/a", "na", "none", "null", "nil", "nan", "unknown", "missing",
    ];
    let has_name = cells.get(column).is_some_and(|cell| {
        !cell.is_empty()
            && count_digits(cell) == 0
            && !missing_values.contains(&cell.to_lowercase().as_str())
    });
    let is_word = |cell: &&str| {
        let first = cell.chars().next();
        first.is_none_or(|c| c.is_alphabetic() || matches!(c, '#' | '_')) && count_digits(cell) < 5
    };
    let mut seen = HashSet::with_hasher(FxBuildHasher);
    let are_distinct = cells
        .iter()
        .all(|cell| cell.is_empty() || seen.insert(cell.to_lowercase()));
    let recurs = |record: &Vec<&str>| {
        first
            .iter()
            .zip(record)
            .any(|(name, cell)| name == cell && !name.trim().is_empty())
    };
    has_name && cells.iter().all(is_word) && are_distinct && !rest.iter().any(recurs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_ssn_column_are_recognized() {
        for cell in [
            "SSN",
            "ssn",
            " \"SSN\" ",
            "S.S.N.",
            "SSNs",
            "SSN#",
            "SS#",
            "SS No.",
            "SSNumber",
            "ssn_number",
            "Social Security Number",
            "social security no.",
            "SocialSecurityNumber",
            "social_security_num",
            "Social Security #",
            "Social Security",
            "Soc. Sec. No.",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::Ssn, "{cell}");
        }
        for cell in [
            "Spouse SSN",
            "employeeSsn",
            "ssn_last4",
            "SSN/EIN",
            "Employee Social Security No.",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::MaybeSsn, "{cell}");
        }
        for cell in [
            "",
            "name",
            "classname",
            "class name",
            "businessname",
            "SSID",
            "session",
            "Social Security Tax",
            "ss",
            "Tax ID",
            "123456789",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::Other, "{cell}");
        }
    }

    #[test]
    fn a_record_of_distinct_words_is_a_header() {
        let looks = |first: &[&'static str]| {
            let row = vec!["123-45-6789", "CA", "x1"];
            looks_like_header(&[first.to_vec(), row], 0)
        };
        assert!(looks(&["Tax ID", "State", "address1"]));
        assert!(looks(&["Tax ID", "", "Name"]));
        assert!(!looks(&["n/a", "NY", "x"]));
        assert!(!looks(&["", "State", "Name"]));
        assert!(!looks(&["lost", "CA", "x"]));
        assert!(!looks(&["lost", "NY", "2024-01-31"]));
        assert!(!looks(&["ID", "id", "x"]));
    }
}
