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
        "SSN No",
        "Social",
        "Social #",
        "Social Security Number",
        "SocialSecurityNumber",
        "SOCIAL_SECURITY_NBR",
        "Social Security #",
        "Social Security",
        "SOC_SEC_NBR",
        "\u{200b}SSN",
        "SSN (123-45-6789)",
        "SSN (do not use dashes)",
        "SSN (e.g. 123456789)",
    ] {
        assert_eq!(header_kind(cell), HeaderKind::Ssn, "{cell}");
    }
    for cell in [
        "Spouse SSN",
        "employeeSsn",
        "employeessn",
        "ssn_last4",
        "SSN1",
        "SSN (2)",
        "SSN (if any)",
        "empssnno",
        "SSN ID",
        "What is your Social Security Number?",
        "Please enter your SSN for the form",
        "N\u{fa}mero de Seguro Social",
        "Employee Social Security No.",
    ] {
        assert_eq!(header_kind(cell), HeaderKind::MaybeSsn, "{cell}");
        assert!(!may_be_remark(cell), "{cell}");
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
        "SSN/EIN",
        "Account No/SSN",
        "ITIN",
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
        "Student ID (not SSN)",
        "SSN Token",
        "ssn_hash",
        "Policy Number",
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
        "foreign: no SSN",
        "visitor, no Social Security Number",
        "verify SSN",
        "invalid SSN",
        "Non-SSN ID",
    ] {
        assert_eq!(header_kind(cell), HeaderKind::Other, "{cell}");
    }
    assert!(may_be_remark("SSN later") && may_be_remark("Social Security number soon"));
}
