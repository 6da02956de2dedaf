//! Recognizes what a header names.

use crate::cell::{clean, count_digits};
use crate::words::{MAX_WORDS, is_column_name, is_missing, split_words};

/// What a header cell names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderKind {
    /// It names SSNs and nothing else: `SSN`, `Social Security Number`, `SOC_SEC_NBR`, `SS#`.
    Ssn,
    /// It names SSNs among other words: `Spouse SSN`, `employeessn`, `SSN1`, `ssn_last4`.
    MaybeSsn,
    /// It names tax numbers, which may be SSNs: `TIN`, `Tax ID`.
    TaxId,
    /// It names other numbers: `Account No`, `Phone`, `ZIP`, `EIN`.
    OtherNumber,
    /// It names something else.
    Other,
}

impl HeaderKind {
    /// Whether it names SSNs, alone or among other words.
    pub(crate) fn is_ssn(self) -> bool {
        matches!(self, Self::Ssn | Self::MaybeSsn)
    }
}

/// Classifies a header cell. A cell with five digits or more, which may be a number, names nothing.
pub(crate) fn header_kind(cell: &str) -> HeaderKind {
    let cell = without_note(cell);
    if count_digits(cell) > 4 {
        return HeaderKind::Other;
    }
    let words = split_words(cell);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    // A form asks for “your SSN”.
    let is_remark =
        || is_missing(cell) || denies_ssn(cell) || (has(&REMARK_WORDS) && !has(&["your"]));
    if words.is_empty() || words.len() > MAX_WORDS || is_remark() {
        return HeaderKind::Other;
    }
    let joined: String = words.concat();
    let has_number_sign = cell.contains('#');
    let has_number = has_number_sign || has(&NUMBER_WORDS);
    let has_social_security = ["socialsecurity", "socsec", "segurosocial"]
        .iter()
        .any(|name| joined.contains(name));
    if is_ssn(&joined) || (has_number_sign && joined == "ss") {
        HeaderKind::Ssn
    } else if words.iter().any(|word| has_ssn(word)) || (has_social_security && has_number) {
        // “Social Security” among other words isn't enough: “Social Security Tax” is an amount.
        match has(&SUBSTITUTES) {
            true => HeaderKind::OtherNumber,
            // `SSN/EIN`: the column may have both.
            false if has(&OTHER_NUMBERS) => HeaderKind::TaxId,
            false => HeaderKind::MaybeSsn,
        }
    } else if has(&["tin", "tins", "itin", "taxid", "taxpayerid"])
        || (has(&["tax", "taxpayer"]) && (has_number || has(&["identification", "identifier"])))
    {
        HeaderKind::TaxId
    } else if has(&OTHER_NUMBERS) || (has(&PEOPLE) && has_number) {
        HeaderKind::OtherNumber
    } else {
        HeaderKind::Other
    }
}

/// Whether a header names SSNs, alone, among other words, or with other numbers: `SSN/EIN`.
pub(crate) fn names_ssns(cell: &str) -> bool {
    let kind = header_kind(cell);
    let has_ssn = || split_words(cell).iter().any(|word| has_ssn(word));
    kind.is_ssn() || (kind == HeaderKind::TaxId && has_ssn())
}

/// Returns a header without an example or a remark in parentheses at its end.
///
/// A qualifier stays, as in `SSN (last 4)`.
pub(crate) fn without_note(cell: &str) -> &str {
    let Some((name, note)) = cell.split_once('(') else {
        return cell;
    };
    let is_remark = |word: &String| REMARK_WORDS.contains(&word.as_str());
    let is_note =
        || count_digits(note) > 4 || denies_ssn(note) || split_words(note).iter().any(is_remark);
    match name.contains(char::is_alphanumeric) && clean(note).ends_with(')') && is_note() {
        true => name,
        false => cell,
    }
}

/// Whether a header may name SSNs, alone or among other words, or tax numbers.
pub fn may_hold_ssns(header: &str) -> bool {
    let kind = header_kind(header);
    kind.is_ssn() || kind == HeaderKind::TaxId
}

/// Words of a remark about an SSN, such as “asked for SSN”.
const REMARK_WORDS: [&str; 31] = [
    "asked",
    "ask",
    "awaiting",
    "bad",
    "call",
    "called",
    "check",
    "confirm",
    "do",
    "duplicate",
    "for",
    "gave",
    "give",
    "given",
    "has",
    "have",
    "incorrect",
    "invalid",
    "is",
    "lacking",
    "lacks",
    "lost",
    "needs",
    "requested",
    "see",
    "sent",
    "to",
    "use",
    "verify",
    "was",
    "wrong",
];

/// Words that mean “number”, such as “No.” in “SS No.”.
pub(crate) const NUMBER_WORDS: [&str; 13] = [
    "no",
    "nos",
    "nr",
    "nbr",
    "nbrs",
    "nmbr",
    "num",
    "numb",
    "number",
    "numbers",
    "n\u{fa}mero",
    "numero",
    "id",
];

/// Words for numbers that are no SSNs, though they may have nine digits.
const OTHER_NUMBERS: [&str; 27] = [
    "account",
    "acct",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "fax",
    "zip",
    "zipcode",
    "ein",
    "fein",
    "npi",
    "routing",
    "aba",
    "invoice",
    "employeeid",
    "batch",
    "case",
    "claim",
    "confirmation",
    "docket",
    "duns",
    "loan",
    "order",
    "passport",
    "policy",
];

/// Words for a value that replaces an SSN, such as a token, or counts SSNs.
const SUBSTITUTES: [&str; 6] = ["count", "hash", "hashed", "key", "surrogate", "token"];

/// Words for people, before “SSN” in one word, or before a number of their own.
pub(crate) const PEOPLE: [&str; 24] = [
    "employee",
    "emp",
    "ee",
    "spouse",
    "client",
    "member",
    "mbr",
    "patient",
    "student",
    "customer",
    "cust",
    "applicant",
    "borrower",
    "coborrower",
    "dependent",
    "subscriber",
    "taxpayer",
    "person",
    "worker",
    "owner",
    "payee",
    "vendor",
    "contractor",
    "child",
];

/// Whether a text in lower case, without spaces, is a name for SSNs.
fn is_ssn(name: &str) -> bool {
    let is_followed_by_number_word = |prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| NUMBER_WORDS.contains(&rest))
    };
    let names = [
        "ssn",
        "ssns",
        "ssan",
        "ssans",
        "socialsecurity",
        "socialsec",
        "socsecurity",
        "socsec",
        "social",
    ];
    // `ssid` is the name of a wireless network, `socialid` that of a person in social media, and `ssn_id`
    // the key of a record.
    names.contains(&name)
        || (names.into_iter().any(is_followed_by_number_word)
            && !["socialid", "ssnid", "ssnsid"].contains(&name))
        || (is_followed_by_number_word("ss") && name != "ssid")
}

/// Whether a word names SSNs, alone (`ssn1`) or after a word for people (`employeessn`).
fn has_ssn(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_of_people = |(people, _): (&str, &str)| PEOPLE.contains(&people);
    // Not “socialsecurity” or “social”, which need a number word.
    (word.starts_with("ss") && is_ssn(word))
        || word
            .find("ssn")
            .is_some_and(|at| is_ssn(&word[at..]) && is_of_people(word.split_at(at)))
}

/// Whether a text says “no SSN” or “not SSN”, also after other words, such as `foreign: no SSN`.
///
/// “No” and “SSN” must be words between spaces: `Account No/SSN` is a header.
fn denies_ssn(cell: &str) -> bool {
    let mut words = cell.split_whitespace().peekable();
    while let (Some(word), Some(next)) = (words.next(), words.peek()) {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let names_ssn = || matches!(split_words(next).first(), Some(word) if is_ssn_word(word));
        let denies = ["no", "not", "non"];
        if denies.iter().any(|no| word.eq_ignore_ascii_case(no)) && names_ssn() {
            return true;
        }
    }
    cell.to_lowercase().contains("non-ssn")
}

/// Whether a word is a name for SSNs or a part of one.
pub(crate) fn is_ssn_word(word: &str) -> bool {
    has_ssn(word) || ["ss", "soc", "social", "sec", "security"].contains(&word)
}

/// Words after “SSN” in a header, besides those that name columns, people or numbers.
const QUALIFIERS: [&str; 36] = [
    "and",
    "any",
    "clean",
    "copy",
    "correct",
    "current",
    "dashes",
    "data",
    "digits",
    "encrypted",
    "entered",
    "formatted",
    "four",
    "if",
    "itin",
    "list",
    "masked",
    "new",
    "of",
    "old",
    "only",
    "optional",
    "or",
    "plain",
    "primary",
    "raw",
    "required",
    "secondary",
    "string",
    "text",
    "unformatted",
    "unmasked",
    "values",
    "verified",
    "with",
    "without",
];

/// Whether a header that names SSNs among other words may be a remark, such as `SSN later`.
pub(crate) fn may_be_remark(cell: &str) -> bool {
    let words = split_words(without_note(cell));
    if words.iter().any(|word| word == "your") {
        return false;
    }
    let name = words.iter().rposition(|word| is_ssn_word(word));
    let after = &words[name.map_or(words.len(), |at| at + 1)..];
    let is_known = |word: &String| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let lists = [&NUMBER_WORDS[..], &PEOPLE, &OTHER_NUMBERS, &QUALIFIERS];
        word.is_empty() || is_column_name(word) || lists.iter().any(|list| list.contains(&word))
    };
    !after.iter().all(is_known)
}

#[cfg(test)]
mod tests;
