//! Recognizes what a header names.

use crate::cell::count_digits;
use crate::words::{MAX_WORDS, is_missing, split_words};

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

/// Classifies a header cell. A cell with five digits or more, which may be a number, names nothing.
pub(crate) fn header_kind(cell: &str) -> HeaderKind {
    if count_digits(cell) > 4 {
        return HeaderKind::Other;
    }
    let words = split_words(cell);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if words.is_empty() || words.len() > MAX_WORDS || has(&REMARK_WORDS) || is_missing(cell) {
        return HeaderKind::Other;
    }
    let joined: String = words.concat();
    let has_number_sign = cell.contains('#');
    let has_number = has_number_sign || has(&NUMBER_WORDS);
    let has_social_security = ["socialsecurity", "socsec"]
        .iter()
        .any(|name| joined.contains(name));
    if is_ssn(&joined) || (has_number_sign && joined == "ss") {
        HeaderKind::Ssn
    } else if words.iter().any(|word| has_ssn(word)) || (has_social_security && has_number) {
        // “Social Security” among other words isn't enough: “Social Security Tax” is an amount.
        HeaderKind::MaybeSsn
    } else if has(&["tin", "tins", "taxid", "taxpayerid"])
        || (has(&["tax", "taxpayer"]) && (has_number || has(&["identification", "identifier"])))
    {
        HeaderKind::TaxId
    } else if has(&OTHER_NUMBERS) || (has(&PEOPLE) && has_number) {
        HeaderKind::OtherNumber
    } else {
        HeaderKind::Other
    }
}

/// Whether a header may name SSNs, alone or among other words, or tax numbers.
pub fn may_hold_ssns(header: &str) -> bool {
    matches!(
        header_kind(header),
        HeaderKind::Ssn | HeaderKind::MaybeSsn | HeaderKind::TaxId
    )
}

/// Words of a remark about an SSN, such as “asked for SSN”.
const REMARK_WORDS: [&str; 20] = [
    "asked",
    "ask",
    "awaiting",
    "call",
    "called",
    "for",
    "gave",
    "give",
    "given",
    "has",
    "have",
    "is",
    "lost",
    "needs",
    "requested",
    "see",
    "sent",
    "to",
    "was",
    "wrong",
];

/// Words that mean “number”, such as “No.” in “SS No.”.
const NUMBER_WORDS: [&str; 11] = [
    "no", "nos", "nr", "nbr", "nbrs", "nmbr", "num", "numb", "number", "numbers", "id",
];

/// Words for numbers that are no SSNs, though they may have nine digits.
const OTHER_NUMBERS: [&str; 17] = [
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
];

/// Words for people, before “SSN” in one word, or before a number of their own.
const PEOPLE: [&str; 24] = [
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
    // `ssid` is the name of a wireless network, `socialid` that of a person in social media.
    names.contains(&name)
        || (names.into_iter().any(is_followed_by_number_word) && name != "socialid")
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

/// Whether a cell of the record names SSNs.
pub(crate) fn names_ssn(record: &[&str]) -> bool {
    record
        .iter()
        .any(|cell| matches!(header_kind(cell), HeaderKind::Ssn | HeaderKind::MaybeSsn))
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
            "SSAN",
            "SSN#",
            "SS#",
            "SS No.",
            "SS_NBR",
            "SSNumber",
            "ssn_number",
            "SSN No",
            "Social",
            "Social #",
            "Social Security Number",
            "social security no.",
            "SocialSecurityNumber",
            "social_security_num",
            "SOCIAL_SECURITY_NBR",
            "Social Security #",
            "Social Security",
            "Soc. Sec. No.",
            "SOC_SEC_NBR",
            "S\u{ad}SN",
            "\u{200b}SSN",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::Ssn, "{cell}");
        }
        for cell in [
            "Spouse SSN",
            "employeeSsn",
            "employeessn",
            "ssn_last4",
            "SSN/EIN",
            "SSN1",
            "SSN (2)",
            "SSN (if any)",
            "SSN Unmasked",
            "empssnno",
            "Employee Social Security No.",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::MaybeSsn, "{cell}");
        }
    }

    #[test]
    fn headers_of_tax_numbers_and_others_are_told_apart() {
        for cell in [
            "TIN",
            "Tax ID",
            "tax_id_no",
            "TaxId",
            "Taxpayer Identification Number",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::TaxId, "{cell}");
        }
        for cell in [
            "Account",
            "ACCT_NBR",
            "Employee No",
            "Phone ext",
            "ZIP+4",
            "EIN",
            "Member #",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::OtherNumber, "{cell}");
        }
        for cell in [
            "",
            "name",
            "classname",
            "class name",
            "businessname",
            "SSID",
            "session",
            "ss",
            "Social Security Tax",
            "Social Media",
            "Employee",
            "Tax",
            "123456789",
            "SSN 123-45-6789",
            "lessn",
            "crossn",
            "Please send the list with every SSN in it back to the office by Friday",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::Other, "{cell}");
        }
    }

    #[test]
    fn what_says_that_there_is_no_number_is_no_header() {
        for cell in [
            "no SSN",
            "asked for SSN",
            "SSN was wrong",
            "No SSN on file",
            "SSN pending",
            "SSN: refused",
            "without SSN",
        ] {
            assert_eq!(header_kind(cell), HeaderKind::Other, "{cell}");
        }
    }
}
