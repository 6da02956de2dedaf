use contract::list::{ReadOptions, Row};

use super::commas::without_extra_commas;
use crate::{ReadError, read_source};

/// Returns each row's line and its number or reason.
fn read(text: &str) -> Result<Vec<(u32, String)>, ReadError> {
    let source = read_source(text.as_bytes(), &ReadOptions::default(), None)?;
    let row = |(index, row): (usize, &Row)| {
        let value = match row {
            Row::Item { index, .. } => {
                let digits = source.list.items[*index as usize].expose_digits();
                String::from_utf8_lossy(&digits).into_owned()
            }
            Row::Invalid(reason) => format!("{reason:?}"),
        };
        (source.line_number(index), value)
    };
    Ok(source.list.rows.iter().enumerate().map(row).collect())
}

/// Returns each row's number or reason.
fn rows(text: &str) -> Vec<String> {
    let rows = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    rows.into_iter().map(|(_, value)| value).collect()
}

#[test]
fn elements_without_values_have_rows_and_lines() {
    for (text, expected) in [
        (
            "[\n{},\n{},\n\"123-45-6789\"\n]",
            &[(2, "NoDigits"), (3, "NoDigits"), (4, "123456789")][..],
        ),
        (
            "[\n{},\nnull,\n{\"a\": {}},\n[]]",
            &[
                (2, "NoDigits"),
                (3, "Empty"),
                (4, "NoDigits"),
                (5, "NoDigits"),
            ],
        ),
        ("{}", &[(1, "NoDigits")]),
        ("[null,\nnull]", &[(1, "Empty"), (2, "Empty")]),
        ("{}\n{}", &[(1, "NoDigits"), (2, "NoDigits")]),
        // The first element with a value decides what the others are.
        (
            "[\n{},\n[],\n{\"ssn\": \"123-45-6789\"}]",
            &[(2, "Empty"), (3, "Shifted"), (4, "123456789")],
        ),
        (
            "[[],\n{},\n[\"Ann\", \"123-45-6789\"]]",
            &[(1, "Empty"), (2, "Shifted"), (3, "123456789")],
        ),
    ] {
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, value)| (*line, (*value).to_owned()))
            .collect();
        assert_eq!(read(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn an_element_beside_arrays_is_in_no_column() {
    for (text, expected) in [
        (
            r#"[["123-45-6789", "Ann"], "987-65-4321", null]"#,
            &["123456789", "Shifted", "Empty"][..],
        ),
        (
            r#"[["123-45-6789", "Ann"], "x", "y", "987-65-4321"]"#,
            &["123456789", "Shifted", "Shifted", "Shifted"],
        ),
        (
            r#"[["Name", "SSN"], ["Ann", "123-45-6789"], "987-65-4321"]"#,
            &["123456789", "Shifted"],
        ),
        (
            r#"[["123-45-6789", "Ann"], {"ssn": "987-65-4321"}]"#,
            &["123456789", "Shifted"],
        ),
        (
            "[\"123-45-6789\", \"Ann\"]\n987-65-4321\n[\"987-65\"",
            &["123456789", "Shifted", "Shifted"],
        ),
        // There is one column only.
        (
            r#"[["123-45-6789"], "987-65-4321"]"#,
            &["123456789", "987654321"],
        ),
        // A quote in a cell joins no cells.
        (
            r#"[["x", "123-45-6789"], ["y", "987-65-4321"], ["'z", "w'", "123-45-6780"]]"#,
            &["123456789", "987654321", "Shifted"],
        ),
    ] {
        assert_eq!(rows(text), expected, "{text}");
    }
}

#[test]
fn ssns_inside_records_with_an_ssn_are_refused() {
    for text in [
        r#"[{"ssn": "123-45-6789", "dependents": [{"ssn": "987-65-4321"}]}]"#,
        r#"{"ssn": "123-45-6789", "dependents": [{"ssn": "987-65-4321"}]}"#,
        "{\"ssn\": \"123-45-6789\", \"others\": [\"987-65-4321\"]}\n{\"ssn\": \"123-45-6780\"}",
        r#"[{"id": "123-45-6789", "dependents": [{"ssn": 987654321}]}]"#,
        r#"[{"ssn": "123-45-6789", "d": []}, {"ssn": null, "d": [{"ssn": "987-65-4321"}]}]"#,
        r#"[{"ssn": "123-45-6789", "homes": [{"people": [{"ssn": "987-65-4321"}]}]}]"#,
        r#"[{"ssn": "123-45-6789", "ssns": [{"id": 1, "value": 987654321}]}]"#,
        r#"[{"ssn": "123-45-6789", "a": {"b": {"c": {"d": {"ssn": "987-65-4321"}}}}}]"#,
        r#"[{"ssn": "123-45-6789", "a": [[[[[[[[[[987654321]]]]]]]]]]}]"#,
        r#"[["Name", "SSN", "Family"], ["Ann", "123456789", ["987-65-4321"]]]"#,
    ] {
        assert_eq!(read(text), Err(ReadError::JsonArrays), "{text}");
    }
    for text in [
        r#"[{"ssn": "123-45-6789", "tags": ["a"], "accounts": [800100001]}]"#,
        r#"[{"ssn": "123-45-6789", "dependents": [{"ssn": "pending"}, {"ssn": null}]}]"#,
        r#"[{"ssn": "123-45-6789", "spouse": {"ssn": "987-65-4321"}}]"#,
        r#"[{"ssn": "123-45-6789", "visits": [{"at": "2024-01-31", "ssnCount": 2}]}]"#,
    ] {
        assert_eq!(rows(text), ["123456789"], "{text}");
    }
}

#[test]
fn the_only_array_that_may_hold_ssns_is_the_list() {
    for text in [
        r#"{"data": [{"ssn": "123-45-6789"}], "errors": []}"#,
        r#"{"links": [{"rel": "self"}], "data": [{"ssn": "123-45-6789"}]}"#,
        r#"{"data": [{"ssn": 123456789}], "included": [{"type": "x", "n": [1, "2024-01-31"]}]}"#,
        r#"{"employees": [{"ssn": "123-45-6789"}], "departments": [{"id": 1}]}"#,
        r#"{"page": {"sizes": [10, 20]}, "data": [123456789], "warnings": ["none"]}"#,
    ] {
        assert_eq!(rows(text), ["123456789"], "{text}");
    }
    for text in [
        r#"{"data": [{"ssn": "123-45-6789"}], "ids": [800100001]}"#,
        r#"{"data": [{"ssn": "123-45-6789"}], "more": [{"nationalId": "987654321"}]}"#,
        r#"{"data": [{"ssn": "123-45-6789"}], "more": [12345678]}"#,
        r#"{"data": [{"ssn": "123-45-6789"}], "more": [{"ssn": null}]}"#,
        r#"{"data": [{"ssn": "123-45-6789"}], "errors": ["987-65-4321: not found"]}"#,
        r#"{"a": ["x"], "b": ["y"]}"#,
        r#"{"ssn": "123-45-6780", "data": [{"ssn": "123-45-6789"}], "errors": []}"#,
    ] {
        assert_eq!(read(text), Err(ReadError::JsonArrays), "{text}");
    }
}

#[test]
fn extra_commas_are_ignored() {
    for text in [
        "[\"123-45-6789\", \"987-65-4321\",]",
        "[123456789, 987654321\n,\n]",
        "[{\"ssn\": \"123-45-6789\",}, {\"ssn\": \"987-65-4321\"},]",
        "{\"ssn\": \"123-45-6789\"},\n{\"ssn\": \"987-65-4321\"}",
        "\u{feff}\n{\"ssn\": \"123-45-6789\",\n\"name\": \"Doe, ]\\\",}\"},{\"ssn\": \"987-65-4321\"},\n",
        "{\"ssn\": \"123-45-6789\"}\n,{\"ssn\": \"987-65-4321\"}",
    ] {
        assert_eq!(rows(text), ["123456789", "987654321"], "{text}");
    }
    // A line that isn't valid is a row.
    let text = "{\"ssn\": \"123-45-6789\"},\n{\"ssn\": \"987-65\n{\"ssn\": \"123-45-6780\"},\n";
    let lines: Vec<_> = read(text).unwrap().iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 3]);
    assert_eq!(rows(text), ["123456789", "Shifted", "123456780"]);
}

#[test]
fn only_extra_commas_become_spaces() {
    for (text, expected) in [
        (r#"["a,]", "b\",}",]"#, r#"["a,]", "b\",}" ]"#),
        (r#"["\\", 1 , }"#, r#"["\\", 1   }"#),
        (
            r#"{"a": 1}, {"a": [1, 2,], },"#,
            r#"{"a": 1}  {"a": [1, 2 ]  } "#,
        ),
        ("[1], [2],", "[1], [2],"),
        ("[1,, 2]", "[1,, 2]"),
        ("{},,", "{} ,"),
        ("é,]", "é ]"),
    ] {
        assert_eq!(without_extra_commas(text), expected, "{text}");
    }
    // Missing values are mistakes, and lines of arrays may be tuples.
    assert!(read("[\"123-45-6789\",, \"987-65-4321\"]").is_err());
    let tuples = "[800100001, 123456789],\n[800100002, 123456780],\n[800100003, 123456781]";
    assert_eq!(rows(tuples), ["SeveralNumbers"; 3]);
}

#[test]
fn an_error_in_json_names_the_line_and_the_mistake() {
    for (text, words) in [
        ("[{\"ssn\": 012001001}]", ["line 1:", "leading zero"]),
        (
            "[{\"a\": 1,},\n{\"ssn\": 123-45-6789}]",
            ["line 2:", "quotes"],
        ),
        (
            "\r\n[{\"a\": 1},\r{\"ssn\": 012001001}]",
            ["line 3:", "quotes"],
        ),
        (
            "[{\"a\": 1,},\n\n{\"a\": x}]",
            ["line 3:", "isn't valid JSON"],
        ),
        (
            "\n[{\"a\": 1},\n{\"a\": 100 0}]",
            ["line 3:", "isn't valid JSON"],
        ),
        ("{\"ssn\": \"123-45-6789\",\n", ["line 2:", "ends before"]),
    ] {
        let message = read(text).unwrap_err().to_string();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
}
