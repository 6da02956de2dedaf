use super::*;

fn found(line: &str) -> Vec<String> {
    let spans = find_numbers(line).spans.into_iter();
    spans
        .map(|span| line[span].chars().filter(|c| !"-. ".contains(*c)).collect())
        .collect()
}

#[test]
fn one_number_may_have_a_bullet_or_a_label() {
    for line in [
        "SSN: 123-45-6789",
        "SSN 123456789",
        "SSN#123-45-6789",
        "ssn = '123-45-6789',",
        "Social Security Number - 123-45-6789",
        "Employee SSN: 123 45 6789.",
        "1. 123-45-6789",
        "(12) 123456789",
        "3) SSN: 123-45-6789",
        "- 123-45-6789",
        "\u{2022}\t123-45-6789;",
        "(123-45-6789)",
        "('123-45-6789'),",
        "[123.45.6789]",
        "<123456789>",
        "123456789TPV214DOE          ANN",
        "SSN 1: 123-45-6789",
        "SSN1: 123-45-6789",
        "SSN (2) = 123-45-6789",
        "Spouse's SSN: 123-45-6789",
        "user.ssn=123456789",
        "WHERE id IS NULL AND ssn = '123-45-6789'",
        "OR ssn = '123-45-6789'",
        "ssn = '123-45-6789' OR",
        "123-45-6789 and",
        "> 123-45-6789",
        ">> 123-45-6789",
        "> > - 123-45-6789",
        "- [ ] 123-45-6789",
        "- [x] SSN: 123-45-6789",
        "\u{25e6} 123-45-6789",
        "\u{2610} 123-45-6789",
        "\u{2022}123-45-6789",
    ] {
        assert_eq!(found(line), ["123456789"], "{line}");
    }
}

#[test]
fn several_numbers_may_be_on_one_line() {
    for line in [
        "123-45-6789, 987-65-4321",
        "123456789 987654321",
        "123 45 6789 987 65 4321",
        "123-45-6789;987-65-4321;",
        "123-45-6789\t987654321",
        "123-45-6789 / 987-65-4321",
        "123-45-6789 and 987-65-4321",
        "SSNs: 123-45-6789, and 987-65-4321.",
        "['123-45-6789', '987-65-4321']",
        "ssn IN ('123-45-6789','987-65-4321');",
        "IN (123456789, 987654321)",
        "SELECT id FROM people p WHERE p.ssn NOT IN ('123-45-6789','987-65-4321')",
        "WHERE id IS NULL OR REPLACE([SSN], '-', '') IN (123456789, 987654321)",
        "VALUES (123456789), (987654321)",
        "INSERT INTO t (ssn) VALUES ('123-45-6789'), ('987-65-4321');",
    ] {
        assert_eq!(found(line), ["123456789", "987654321"], "{line}");
    }
}

#[test]
fn a_line_with_anything_else_has_no_numbers() {
    for line in [
        "",
        "Ann",
        "EIN: 123456789",
        "ein IN ('123456789','987654321');",
        "SELECT ssn FROM people WHERE employee_id IN (123456789, 987654321)",
        "DELETE FROM ssns WHERE ssns.employee_id IN (123456789)",
        "DELETE FROM ssns WHERE employee_id = 123456789",
        "WHERE (employee_id, ssn) IN ((123456789, 987654321))",
        "INSERT INTO people (employee_id) VALUES (123456789), (987654321)",
        "Account 123456789",
        "EIN (not SSN): 123456789",
        "SSN Account Number: 123456789",
        "ssn.batch.id=123456789",
        "SSN (e.g. 123-45-6789)",
        "SSN (123-45-6789)",
        "SSN format: 123-45-6789",
        "Do not use SSN 123-45-6789",
        "Total SSNs: 123456789",
        "SSN / Employee ID: 123456789 / 987654321",
        "EIN or SSN: 123456789",
        "VALUES 123456789",
        "WHERE ssn_batch_id IN (123456789, 987654321)",
        "SSN 1 123-45-6789",
        "SSN 1-2: 123-45-6789",
        "-123-45-6789",
        "no SSN: 123-45-6789",
        "Ann, 123-45-6789",
        "1, 123-45-6789",
        "1 123456789",
        "1.123456789",
        "123-45-6789, Ann",
        "123-45-6789,,987-65-4321",
        "123-45-6789, 12345678",
        "123-45-6789 987",
        "123-45-6789-987-65-4321",
        "1234567890",
        "123-45-67890",
        "12-345-6789",
        "123456789x",
        "123456789E5",
        "12345 6789",
        "12345678",
        "$123456789",
        "+1 123456789",
        "123456789TPV",
        "12345678\u{e9}TPV214",
    ] {
        assert_eq!(found(line), [""; 0], "{line}");
    }
}

#[test]
fn records_of_several_values_are_told_from_a_list() {
    for line in [
        "INSERT INTO people (emp_id, ssn) VALUES (123456789, 987654321);",
        "INSERT INTO people (emp_id, ssn) VALUES (123456789,",
        "INSERT INTO people VALUES (123456789, 987654321)",
        "(123456789, 987654321), (123456780, 987654320)",
    ] {
        assert!(find_numbers(line).are_records(), "{line}");
    }
    for line in [
        "(123456789, 987654321)",
        "ssn IN (123456789, 987654321)",
        "(123456789), (987654321)",
        "VALUES (123456789), (987654321)",
    ] {
        assert!(!find_numbers(line).are_records(), "{line}");
    }
}

#[test]
fn other_line_ends_have_one_number_between_them() {
    for end in ['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let line = format!("SSN{end}123-45-6789{end}987-65-4321{end}");
        assert_eq!(found(&line), ["123456789", "987654321"], "{line:?}");
        for delimiter in ["|", ", ", " "] {
            let line = format!("emp{delimiter}ssn{end}123456789{delimiter}987654321{end}");
            assert_eq!(found(&line), [""; 0], "{line:?}");
        }
    }
}
