//! Lists of lines: which numbers are those of a column or of a section for other numbers.

use super::*;

const TWO: [&str; 2] = ["123456789", "987654321"];

/// Returns the numbers that are asked. A list that is refused has none.
fn asked(text: &str) -> Vec<String> {
    let source = read_source(text.as_bytes(), &ReadOptions::default(), None);
    let rows = source.as_ref().map(rows).unwrap_or_default();
    rows.into_iter()
        .filter(|row| row.starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

#[test]
fn a_printed_table_is_not_a_list() {
    let sparse = "800100001 123-45-6789\n800100002\n".repeat(10);
    for text in [
        "EMPNO     SSN\n800100001 123-45-6789\n800100002\n",
        "EMPNO SSN\n--------- -----------\n800100001 123-45-6789\n800100002\n\n2 rows selected.\n",
        // Without dashes, only the header shows that there are columns.
        "EMPNO     SSN\n800100001 123456789\n800100002\n",
        "EMPLOYEE  SSN\n800100001 123456789\n800100002\n",
        "COPY people (ein, ssn) FROM stdin;\n800100001\t123456789\n\\.\n",
        "800100001 123456789\n800100002 987654321\nEnd\nof the\nreport\nSigned\n",
        "123-45-6789 800100001\n",
        "SSN / Employee ID: 123456789 / 800100001\n",
        &sparse,
        &sparse.replace('-', ""),
    ] {
        assert_eq!(asked(text), [""; 0], "{text}");
        let source = read(text);
        assert!(!source.list.rows.is_empty(), "{text}");
    }
    // One column is certainly that of SSNs.
    for text in [
        "800100001,123-45-6789",
        " ein | ssn\n-----+-----\n 800100001 | 123-45-6789\n(1 row)\n",
    ] {
        assert_eq!(asked(text), ["123456789"], "{text}");
    }
}

#[test]
fn a_list_with_a_title_or_in_mixed_forms_is_still_a_list() {
    for text in [
        "Payroll SSN report\n123-45-6789, 987-65-4321",
        "List of SSNs\n123456789, 987654321",
        "Employee SSN\n123456789\n987654321",
        "123-45-6789\n987654321",
    ] {
        assert_eq!(asked(text), TWO, "{text}");
    }
    let text = "123-45-6789, 987654321, 123-45-6780";
    assert_eq!(asked(text), ["123456789", "987654321", "123456780"]);
}

#[test]
fn numbers_below_a_heading_for_others_are_refused() {
    for (text, line) in [
        ("WHERE employee_id IN (\n  800100001,\n  800100002\n);", 1),
        ("WHERE employee_id IN (800100001,\n  800100002);", 1),
        (
            "INSERT INTO people (employee_id) VALUES\n(800100001),\n(800100002);",
            1,
        ),
        ("employee_ids = [\n    800100001,\n    800100002,\n]", 1),
        ("employee_ids:\n - 800100001\nssns:\n - 123456789", 1),
        ("ssns:\n - 123456789\nemployee_ids:\n - 800100001", 3),
        ("Employee IDs:\n800100001\nSSNs:\n123456789", 1),
        ("EIN\n800100001\n\nSSN\n123456789", 1),
        ("SSN\n123456789\n\nEIN\n---\n800100001", 4),
        ("## EIN\n- 800100001\n## SSN\n- 123456789", 1),
        ("sep=;\nEIN:\n800100001", 2),
    ] {
        let error = read_error(text);
        let expected = format!("line {line} names other numbers");
        assert!(error.to_string().starts_with(&expected), "{text}: {error}");
    }
    // Below the sample too.
    let text = format!("{}EIN\n800100001\n", "123-45-6789\n".repeat(1_000));
    let error = read_error(&text).to_string();
    assert!(error.starts_with("line 1001 "), "{error}");
    // The caller may know better.
    let source = read_with_column("EIN:\n800100001\n", "1").unwrap();
    assert_eq!(rows(&source), ["NoDigits", "800100001"]);
}

#[test]
fn a_heading_that_does_not_name_others_changes_nothing() {
    for text in [
        "WHERE employee_id = x AND ssn IN (\n  123456789,\n  987654321\n);",
        "INSERT INTO people (ssn) VALUES\n(123456789),\n(987654321);",
        "data = [\n  123456789,\n  987654321\n]",
        "SSN:\n123456789\nSpouse SSN:\n987654321",
        "123456789\nBob: account closed\n987654321",
        // The header of a table with one column.
        "EIN\n123456789\n987654321",
        "Account\n123456789\n987654321",
        // Blocks, in which each number has its label.
        "Employee ID: 7\nSSN: 123456789\nEmployee ID: 8\nSSN: 987654321",
        "EIN:\n123-45-6789\n987-65-4321",
    ] {
        assert_eq!(asked(text), TWO, "{text}");
    }
}

#[test]
fn a_delimiter_at_the_end_or_after_a_bullet_makes_no_table() {
    for text in [
        "SSN: 123-45-6789;\nSSN: 987-65-4321;",
        "1. 123-45-6789,\n2. 987-65-4321,",
        "- 123-45-6789;\n- 987-65-4321;",
        "(123-45-6789),\n(987-65-4321),",
        "\"ssn\": \"123-45-6789\",\n\"ssn\": \"987-65-4321\",",
        "INSERT INTO p (ssn) VALUES ('123-45-6789');\nINSERT INTO p (ssn) VALUES ('987-65-4321');",
        "1.\t123456789\n2.\t987654321",
        "\u{2022}\t123456789\n\u{2022}\t987654321",
        "SSN:\t123456789\nSSN:\t987654321",
    ] {
        assert_eq!(asked(text), TWO, "{text}");
    }
}

#[test]
fn a_number_beside_a_name_is_known_to_be_embedded() {
    for text in ["123-45-6789 Ann Lee", "Ann Lee - 123-45-6789\nBob"] {
        let source = read(text);
        assert!(source.list.items.is_empty() && source.has_embedded_number());
    }
    for text in ["Ann Lee", "EMPNO SSN\n800100001 123-45-6789"] {
        assert!(!read(text).has_embedded_number(), "{text}");
    }
}
