//! Which column of a table is read, and when that must be asked.

use super::*;
use crate::Column;

fn named_columns(names: &[(usize, &str)]) -> Vec<Column> {
    let column = |(index, name): &(usize, &str)| Column {
        index: *index,
        name: (*name).into(),
    };
    names.iter().map(column).collect()
}

#[test]
fn the_column_is_found_by_its_header() {
    for (text, expected) in [
        ("id,SSN,name\n1,123456789,x\n2,bad,y", (1, b',', true)),
        (
            "Name;Social Security No.\nDoe, J;123-45-6789",
            (1, b';', true),
        ),
        ("SSN\tName\n123 45 6789\tDoe", (0, b'\t', true)),
        // The header decides between two columns of nine digits.
        ("account,ssn\n111111111,123456789", (1, b',', true)),
        ("Spouse SSN,ssn\n111111111,123456789", (1, b',', true)),
        ("id,employee_ssn\n111111111,123456789", (1, b',', true)),
        (
            "Employee No,Social\n801200001,123456789.0\n801200002,987654321",
            (1, b',', true),
        ),
        ("Report,\nAccount,SSN\n801200001,123456789", (1, b',', true)),
    ] {
        assert_eq!(layout_of(&read(text)), Some(expected), "{text}");
    }
    let source = read("id,SSN,name\n1,123456789,x\n2,bad,y");
    assert_eq!(rows(&source), ["123456789", "NoDigits"]);
    let table = source.table.unwrap();
    assert_eq!(table.headers.unwrap(), ["id", "SSN", "name"]);
    assert_eq!(table.column_count, 3);
}

#[test]
fn the_column_is_found_by_its_content() {
    for (text, expected) in [
        ("Doe,123-45-6789\nRoe,987654321", (1, b',', false)),
        ("Tax ID;Name\n123-45-6789;Doe, John", (0, b';', true)),
        (
            "Employee No,Tax ID\n801200001,\n801200002,123-45-6789",
            (1, b',', true),
        ),
        ("1\t123-45-6789\n2\t987-65-4321", (1, b'\t', false)),
        (
            "Doe, John;123-45-6789\nRoe, Jane;987-65-4321",
            (1, b';', false),
        ),
    ] {
        assert_eq!(layout_of(&read(text)), Some(expected), "{text}");
    }
}

#[test]
fn two_possible_columns_are_an_error() {
    let ambiguous = |names: &[(usize, &str)], has_header| ReadError::AmbiguousColumn {
        candidates: named_columns(names),
        has_header,
    };
    let two = "Doe,123-45-6789,987-65-4321\nRoe,111223333,222334444";
    assert_eq!(
        read_error(two),
        ambiguous(&[(1, "column 2"), (2, "column 3")], false)
    );
    assert_eq!(
        layout_of(&read_with_column(two, "3").unwrap()),
        Some((2, b',', false))
    );
    let chosen = read_with_column(two, "Column 2").unwrap();
    assert_eq!(rows(&chosen), ["123456789", "111223333"]);

    let named = "His SSN,Her SSN\n123456789,987654321";
    assert_eq!(
        read_error(named),
        ambiguous(&[(0, "His SSN"), (1, "Her SSN")], true)
    );
    let chosen = read_with_column(named, "her ssn").unwrap();
    assert_eq!(rows(&chosen), ["987654321"]);

    // The header and the cells contradict each other.
    let contradicting = "ssn_last4,tax id\n6789,123456789";
    let both = ambiguous(&[(0, "ssn_last4"), (1, "tax id")], true);
    assert_eq!(read_error(contradicting), both);
}

#[test]
fn a_table_without_ssns_is_an_error_that_names_columns() {
    let text = "Name,City\nDoe,Salem\nRoe,Boston";
    let columns = named_columns(&[(0, "Name"), (1, "City")]);
    assert_eq!(read_error(text), ReadError::NoColumn { columns });
    let columns = named_columns(&[(0, "Name"), (1, "City")]);
    for name in ["3", "ssn"] {
        let columns = columns.clone();
        let error = read_with_column(text, name).unwrap_err();
        assert_eq!(error, ReadError::UnknownColumn { columns });
    }
    let source = read_with_column(text, "city").unwrap();
    assert_eq!(rows(&source), ["NoDigits", "NoDigits"]);
    assert!(read_with_column("123456789", "2").is_err());
    assert!(read_with_column("123456789", "1").unwrap().table.is_none());
}

#[test]
fn bare_digits_without_a_header_for_ssns_are_asked() {
    for text in [
        "Doe,123456789\nRoe,987654321",
        "Doe,12345678\nRoe,1234567",
        "Tax ID;Name\n123456789;Doe, John",
        "Account,Tax ID\n801200001,12001001",
    ] {
        let error = read_error(text);
        assert!(matches!(error, ReadError::AmbiguousColumn { .. }), "{text}");
    }
    // If only one column is possible, all are named.
    let error = read_error("Name,Tax ID\nDoe,123456789");
    let ReadError::AmbiguousColumn { candidates, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(candidates, named_columns(&[(0, "Name"), (1, "Tax ID")]));
}

#[test]
fn columns_of_one_name_are_named_with_number_and_sample() {
    let text = "SSN,Name,SSN\n123-45-6789,Ann,987-65-4321\n";
    let message = read_error(text).to_string();
    assert!(
        message.contains("“SSN (column 1, ***-**-6789)”, “SSN (column 3, ***-**-4321)”"),
        "{message}"
    );
    assert_eq!(rows(&read_with_column(text, "3").unwrap()), ["987654321"]);
    let by_name = read_with_column(text, "SSN").unwrap_err();
    assert_eq!(by_name.to_string(), message);
}

#[test]
fn a_column_is_weighed_over_the_whole_file() {
    // Below the sample, the numbers of the other column begin.
    let start = "1,123-45-6789\n".repeat(1_500);
    let more = "987-65-4321,123-45-6789\n";
    assert_eq!(
        layout_of(&read(&(start.clone() + more))),
        Some((1, b',', false))
    );
    let error = read_error(&(start + &more.repeat(500)));
    assert!(
        matches!(error, ReadError::AmbiguousColumn { .. }),
        "{error}"
    );
    // A header for SSNs whose cells are something else further on.
    let text = format!("SSN,x\n123456789,y\n{}", "bad,y\n".repeat(1_500));
    let error = read_error(&text);
    assert!(
        matches!(error, ReadError::AmbiguousColumn { .. }),
        "{error}"
    );
}

#[test]
fn a_record_with_many_digits_is_a_row_and_no_header() {
    let text = "Ann,SSN,12345678\nBob,SSN,123456789\nCy,SSN,123456780";
    let source = read_with_column(text, "3").unwrap();
    assert_eq!(
        rows(&source),
        ["LeadingZerosLost", "123456789", "123456780"]
    );
}

#[test]
fn a_header_may_have_a_word_for_a_missing_number() {
    let source = read("SSN,Gross,Withheld\n123456789,100,10\n123456780,100,10");
    assert_eq!(rows(&source), ["123456789", "123456780"]);
    assert_eq!(layout_of(&source), Some((0, b',', true)));
}
