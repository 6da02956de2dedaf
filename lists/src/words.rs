//! Words that people write into the cells of a table.

use crate::cell::is_invisible;

/// Maximum number of words in a header. A longer text is a sentence.
pub(crate) const MAX_WORDS: usize = 10;

/// Splits a header into words in lower case. Of a longer text, it returns `MAX_WORDS + 1` words.
///
/// `employeeSsn` has two words. `classname` has one, so the `ssn` in it isn't a word.
pub(crate) fn split_words(cell: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_new, mut after_lower) = (true, false);
    for c in cell.chars().filter(|c| !is_invisible(*c)) {
        is_new |= !c.is_alphanumeric() || (after_lower && c.is_uppercase());
        after_lower = c.is_lowercase();
        if !c.is_alphanumeric() {
            continue;
        }
        if is_new {
            // A line of megabytes would be as many words, each in memory of its own.
            if words.len() > MAX_WORDS {
                break;
            }
            words.push(String::new());
            is_new = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// First words of a text that says that there is no number. “No” counts only before other words.
const NONE_FIRST: [&str; 9] = [
    "not", "without", "none", "null", "nil", "nan", "never", "lacks", "na",
];

/// Words that say so anywhere in a short text.
const NONE_ANYWHERE: [&str; 17] = [
    "pending",
    "refused",
    "refuses",
    "declined",
    "unknown",
    "missing",
    "unavailable",
    "withheld",
    "redacted",
    "applied",
    "waived",
    "tbd",
    "tba",
    "none",
    "unassigned",
    "undisclosed",
    "expired",
];

/// Whether a cell says that there is no number, such as `n/a`, `pending` or `no SSN`.
pub(crate) fn is_missing(cell: &str) -> bool {
    // Fast, because it is called for each cell: most texts have no such word.
    if cell.is_ascii() && !may_be_missing(cell) {
        return false;
    }
    let words = split_words(cell);
    let Some(first) = words.first() else {
        return false;
    };
    let is_short = words.len() <= 5;
    let has_none = words
        .iter()
        .any(|word| NONE_ANYWHERE.contains(&word.as_str()));
    NONE_FIRST.contains(&first.as_str())
        || words.concat() == "na"
        || (first == "no" && words.len() > 1)
        || (is_short && has_none)
}

/// Whether an ASCII text may say that there is no number: a word of the lists is in it, or it begins
/// with `n`.
fn may_be_missing(cell: &str) -> bool {
    let is_word = |word: &[u8]| {
        let lists = || NONE_FIRST.iter().chain(&NONE_ANYWHERE);
        lists().any(|none| word.eq_ignore_ascii_case(none.as_bytes()))
    };
    let bytes = cell.as_bytes();
    let first = bytes.iter().find(|byte| byte.is_ascii_alphanumeric());
    if first.is_some_and(|byte| byte.eq_ignore_ascii_case(&b'n')) {
        return true;
    }
    let mut start = 0;
    for at in 0..=bytes.len() {
        let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        // As in `split_words`: `ssnPending` is two words.
        let is_next_word = is_upper(at) && at > 0 && bytes[at - 1].is_ascii_lowercase();
        if !is_letter(at) || is_next_word {
            if at - start > 2 && is_word(&bytes[start..at]) {
                return true;
            }
            start = if is_next_word { at } else { at + 1 };
        }
    }
    false
}

/// Words of a record that isn't a row of the table but tells about the file.
const CONTROL: [&str; 20] = [
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
    "count",
    "totalcount",
    "recordcount",
    "rowcount",
    "records",
    "rows",
    "trailer",
    "trl",
    "tlr",
    "trailerrecord",
    "eof",
    "endoffile",
    "hdr",
    "headerrecord",
    "fileheader",
];

/// Words after “Total” in the label of a total.
const TOTALED: [&str; 14] = [
    "amount",
    "count",
    "employees",
    "for",
    "lines",
    "members",
    "number",
    "of",
    "participants",
    "people",
    "records",
    "rows",
    "ssns",
    "the",
];

/// Whether a cell marks a total, header or trailer record, such as `Total`, `HR Total` or `TRL`.
pub(crate) fn is_control(cell: &str) -> bool {
    // Fast, because it is called for each row: no allocation, and most cells fail here.
    let is_first = |c: char| "ceghrst".contains(c.to_ascii_lowercase());
    let bytes = cell.trim_end_matches([':', '.', ' ']).as_bytes();
    let has_total = |at: usize| {
        let word = bytes.get(at..at + 5);
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"total"))
    };
    if cell.len() > 40 {
        return false;
    }
    if has_total(0) || has_total(bytes.len().saturating_sub(5)) {
        return is_total(cell);
    }
    if cell.len() > 20 || !cell.starts_with(is_first) {
        return false;
    }
    let letters = cell.chars().filter(|c| c.is_alphanumeric());
    let letters = letters.flat_map(char::to_lowercase);
    CONTROL.iter().any(|word| letters.clone().eq(word.chars()))
}

/// Whether a short text is the label of a total: it ends with “total”, or only counted things follow it.
fn is_total(cell: &str) -> bool {
    let words = split_words(cell);
    let is_counted = |word: &String| {
        TOTALED.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let ends = words.last().is_some_and(|word| word.ends_with("total"));
    let begins = words.split_first().is_some_and(|(first, rest)| {
        matches!(first.as_str(), "total" | "totals") && rest.iter().all(is_counted)
    });
    (ends && words.len() <= 4) || begins
}

/// Marks of a header or trailer record that are also other codes.
const WEAK_CONTROL: [&str; 9] = [
    "h", "t", "z", "ftr", "footer", "trailer", "batch", "99", "999",
];

/// Whether a cell may mark a header or trailer record, such as `T`. It may also be another code.
pub(crate) fn may_be_control(cell: &str) -> bool {
    WEAK_CONTROL
        .iter()
        .any(|word| word.eq_ignore_ascii_case(cell))
}

/// Words that name columns. A header without a name for SSNs is recognized by them.
const COLUMN_WORDS: &[&str] = &[
    "account",
    "acct",
    "address",
    "age",
    "amount",
    "amt",
    "balance",
    "birth",
    "birthdate",
    "case",
    "category",
    "city",
    "client",
    "code",
    "column",
    "comment",
    "comments",
    "company",
    "country",
    "county",
    "cust",
    "customer",
    "date",
    "department",
    "dept",
    "description",
    "dob",
    "ein",
    "email",
    "emp",
    "employee",
    "employer",
    "field",
    "file",
    "first",
    "firstname",
    "full",
    "fullname",
    "gender",
    "group",
    "hire",
    "id",
    "identifier",
    "key",
    "last",
    "lastname",
    "line",
    "mail",
    "member",
    "middle",
    "mobile",
    "name",
    "names",
    "nbr",
    "no",
    "note",
    "notes",
    "num",
    "number",
    "office",
    "patient",
    "pay",
    "payer",
    "phone",
    "record",
    "ref",
    "reference",
    "region",
    "remarks",
    "row",
    "salary",
    "school",
    "sex",
    "source",
    "state",
    "status",
    "street",
    "student",
    "surname",
    "tax",
    "taxid",
    "taxpayer",
    "tin",
    "title",
    "type",
    "value",
    "wage",
    "wages",
    "year",
    "zip",
    "zipcode",
];

/// Whether a cell consists of words that name columns, such as `Tax ID` or `first_name`.
pub(crate) fn is_column_name(cell: &str) -> bool {
    let words = split_words(cell);
    let is_known = |word: &String| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        COLUMN_WORDS.contains(&word)
    };
    (1..=MAX_WORDS).contains(&words.len()) && words.iter().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_say_that_there_is_no_number() {
        for cell in [
            "n/a",
            "NA",
            "none",
            "null",
            "pending",
            "Refused",
            "no SSN",
            "not on file",
            "unknown",
            "applied for",
            "SSN pending",
            "TBD",
            "without",
        ] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["", "No", "No.", "Ann", "SSN No", "Nora", "123-45-6789", "-"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }

    #[test]
    fn a_long_text_is_not_split_to_its_end() {
        let text = "name ".repeat(MAX_WORDS);
        assert_eq!(split_words(&text).len(), MAX_WORDS);
        assert!(is_column_name(&text));
        let longer = "name ".repeat(1_000);
        assert_eq!(split_words(&longer).len(), MAX_WORDS + 1);
        assert!(!is_column_name(&longer));
    }

    #[test]
    fn totals_and_trailers_are_control_records() {
        for cell in [
            "Total",
            "TOTALS:",
            "Grand Total",
            "TRL",
            "Record count",
            "eof",
            "HDR",
            "HR Total",
            "Total Employees: 2",
            "Hash total",
            "Total of records",
            "SUBTOTAL",
        ] {
            assert!(is_control(cell), "{cell}");
        }
        for cell in [
            "",
            "Ann",
            "Total Wine LLC",
            "Countess",
            "DET",
            "T",
            "Totally",
        ] {
            assert!(!is_control(cell), "{cell}");
        }
    }
}
