//! Lists in other shapes: JSON, several numbers on a line, shifted records, pipes.

use super::*;

const TWO: [&str; 2] = ["123456789", "987654321"];

#[test]
fn several_numbers_on_one_line_are_a_row_each() {
    for text in [
        "123-45-6789, 987-65-4321",
        "SSNs: 123-45-6789 and 987-65-4321\n",
        "123456789\t987654321\n",
        "'123-45-6789',\n'987-65-4321'",
        "ssn in ('123-45-6789', '987-65-4321');",
    ] {
        assert_eq!(rows(&read(text)), TWO, "{text}");
    }
    let source = read("123456789, 987654321\n123-45-6780\n");
    let lines: Vec<_> = (0..3).map(|row| source.line_number(row)).collect();
    assert_eq!(lines, [1, 1, 2]);
    assert_eq!(source.raw_value(1), "987654321");
}

#[test]
fn lines_of_one_list_may_have_several_numbers_each() {
    let text = "123-45-6789, 987-65-4321,\n123-45-6780, 987-65-4320";
    let expected = ["123456789", "987654321", "123456780", "987654320"];
    assert_eq!(rows(&read(text)), expected);
    let text = "123-45-6789 987-65-4321\n123-45-6780\n\n987-65-4320";
    assert_eq!(rows(&read(text)), expected);
}

#[test]
fn a_line_with_numbers_is_not_before_the_header() {
    for line in ["SSN: 123-45-6789", "123-45-6789, 987-65-4321"] {
        let rows = rows(&read(&format!("{line}\nSSN\n123-45-6780")));
        assert!(rows.iter().all(|row| row != "Preamble"), "{rows:?}");
        assert_eq!(rows.last().unwrap(), "123456780");
    }
}

#[test]
fn lines_that_may_be_a_table_are_not_split() {
    let error = read_error("123-45-6789,987-65-4321\n123-45-6780,987-65-4320");
    assert!(error.to_string().contains("one number per line"), "{error}");
    let source = read("123-45-6789 987-65-4321\n123-45-6780 987-65-4320\n");
    assert_eq!(rows(&source), ["SeveralNumbers", "SeveralNumbers"]);
}

#[test]
fn tuples_are_records_and_not_a_list() {
    let several = |count| vec!["SeveralNumbers"; count];
    for (text, lines) in [
        (
            "(800100001, 123456789),\n(800100002, 123456780),\n(800100003, 123456781)",
            3,
        ),
        (
            "INSERT INTO people (emp_id, ssn) VALUES (800100001, 123456789);",
            1,
        ),
    ] {
        assert_eq!(rows(&read(text)), several(lines), "{text}");
    }
    let source = read("INSERT INTO people VALUES\n(800100001, 123456789);");
    assert_eq!(rows(&source), ["NoDigits", "SeveralNumbers"]);
    // A list in brackets, over several lines.
    let text = "ssn IN (123456789, 987654321,\n  123456780, 987654320)";
    let expected = ["123456789", "987654321", "123456780", "987654320"];
    assert_eq!(rows(&read(text)), expected);
}

#[test]
fn lines_with_a_dashed_column_are_a_table() {
    let source = read("123-45-6789,800100001\n123-45-6780,800100002,800100003");
    assert_eq!(rows(&source), ["123456789", "123456780"]);
    let source = read("123-45-6789 800100001\n123-45-6780 800100002 800100003");
    assert_eq!(rows(&source), ["SeveralNumbers", "SeveralNumbers"]);
}

#[test]
fn one_number_in_a_line_of_a_table_is_not_sent() {
    let source = read("800100001 123456789\n800100002\n800100003 123456780");
    assert_eq!(rows(&source), ["SeveralNumbers"; 3]);
}

#[test]
fn the_lines_of_the_whole_text_decide_whether_it_is_a_list() {
    let start = "123-45-6789\n".repeat(1_000);
    let source = read(&format!("{start}200000000,800000000\n"));
    assert_eq!(source.list.rows.len(), 1_002);
    let source = read(&(start + &"200000000,800000000\n".repeat(1_001)));
    assert_eq!(source.list.rows.len(), 2_001);
    assert!(source.list.items.is_empty(), "{source:?}");
}

#[test]
fn a_long_list_with_several_numbers_a_line_is_read() {
    let line = "123-45-6789, 987-65-4321";
    for lines in [2, 999, 1_000, 1_001, 1_500] {
        let text = vec![line; lines].join(",\n");
        assert_eq!(read(&text).list.rows.len(), 2 * lines);
        assert_eq!(read(&format!("{text}\n")).list.rows.len(), 2 * lines);
    }
}

#[test]
fn json_is_read_as_a_list() {
    for text in [
        r#"["123-45-6789", "987-65-4321"]"#,
        "[\n  123456789,\n  987654321\n]\n",
        r#"{"ssnList": ["123456789", "987654321"]}"#,
        r#"[{"name": "Ann", "ssn": "123-45-6789"}, {"ssn": 987654321, "name": "Bob"}]"#,
        "{\"ssn\":\"123-45-6789\",\"name\":\"Ann\"}\n\n{\"ssn\":\"987-65-4321\"}\n",
        r#"{"data": {"rows": [{"id": {"ssn": "123456789"}}, {"id": {"ssn": "987654321"}}]}, "n": 2}"#,
        r#"[["Ann", "123-45-6789"], ["Bob", "987-65-4321"]]"#,
    ] {
        assert_eq!(rows(&read(text)), TWO, "{text}");
    }
    let text = "[\n  {\n    \"name\": \"Ann \\\"A\\\"\",\n    \"ssn\": 123456789.0\n  },\n  {\"ssn\": null},\n  \"x\"\n]";
    let source = read(text);
    assert_eq!(rows(&source), ["123456789", "Empty", "Shifted"]);
    let lines: Vec<_> = (0..3).map(|row| source.line_number(row)).collect();
    assert_eq!(lines, [2, 6, 7]);
    assert_eq!(source.cells(0), ["Ann \"A\"", "123456789.0"]);
    assert_eq!(source.table.unwrap().headers.unwrap(), ["name", "ssn"]);
}

#[test]
fn each_element_of_json_has_a_row() {
    let source =
        read(r#"["123-45-6789", "", null, "x\ny", true, ["987-65-4321"], "123456789, 987654321"]"#);
    assert_eq!(source.list.rows.len(), 7);
    assert_eq!(source.list.items.len(), 1);
    let source = read("{\"ssn\":\"123-45-6789\"}\n{\"ssn\":\"987-65\n");
    assert_eq!(rows(&source), ["123456789", "Shifted"]);
    assert!(read("[]").list.rows.is_empty());
}

#[test]
fn a_json_list_is_found_beside_other_members() {
    for text in [
        r#"{"taxId": "12-3456789", "ssnList": ["123-45-6789", "987-65-4321"]}"#,
        r#"{"ssnCount": 2, "ssnList": ["123-45-6789", "987-65-4321"]}"#,
    ] {
        assert_eq!(rows(&read(text)), TWO, "{text}");
    }
    let source = read(r#"{"ssn": "123-45-6789", "tags": ["a", "b"], "accounts": [800100001]}"#);
    assert_eq!(rows(&source), ["123456789"]);
}

#[test]
fn json_with_too_many_rows_or_columns_is_refused() {
    let message = read_error(&format!("[0{}]", ",0".repeat(1_000_000))).to_string();
    assert!(message.contains("1,000,001 rows"), "{message}");
    let names: Vec<_> = (0..500).map(|n| format!("\"k{n}\":1")).collect();
    let sparse = format!("{{{}}}{}", names.join(","), "{\"k499\":1}".repeat(10_000));
    let message = read_error(&sparse).to_string();
    assert!(message.contains("too many different members"), "{message}");
}

#[test]
fn json_that_is_uncertain_is_refused() {
    for (text, words) in [
        ("[\"123-45-6789\",\n \"987-65-4321\"\n", "ends before"),
        ("[{\"ssn\": \"123-45-6789\"},\n{\"ssn\": }]", "line 2"),
        (
            r#"{"a": ["123-45-6789"], "b": ["987-65-4321"]}"#,
            "several arrays",
        ),
        (
            r#"{"ssn": "123-45-6789", "ssnList": ["987-65-4321"]}"#,
            "a number beside one",
        ),
        (
            r#"{"ssn": "unknown", "people": [{"ssn": "987-65-4321"}]}"#,
            "a number beside one",
        ),
        (r#"[{"a": "123-45-6789", "b": "987-65-4321"}]"#, "“a”, “b”"),
    ] {
        let message = read_error(text).to_string();
        assert!(message.contains(words), "{message}");
    }
    // Brackets alone aren't JSON.
    assert_eq!(rows(&read("[123-45-6789, 987-65-4321]")), TWO);
}

#[test]
fn a_record_with_more_fields_than_the_header_is_shifted() {
    let source = read("Name,Account,SSN\nRoe, Ann,801200001,123-45-6789\nBob,1,987-65-4321,\n");
    assert_eq!(rows(&source), ["Shifted", "987654321"]);
    assert_eq!(source.raw_value(0), "Roe, Ann,801200001,123-45-6789");
    // Without a header, most records decide.
    let text = "1,123-45-6789\n2,987-65-4321\n3,x,123-45-6780\n";
    assert_eq!(rows(&read(text)), ["123456789", "987654321", "Shifted"]);
}

#[test]
fn a_quoted_field_with_a_comma_does_not_shift_its_record() {
    for text in [
        "Name,SSN\n'Roe, Ann','123-45-6789'\n'O''Neil, Bob','987-65-4321'\n",
        "Name, SSN\n\"Roe, Ann\", 123-45-6789\n \"Doe, Bob\", \"987-65-4321\"\n",
        "SSN, Name\n123-45-6789, \"Roe, Ann\"\n987-65-4321, \"Doe, Bob\"\n",
    ] {
        assert_eq!(rows(&read(text)), TWO, "{text}");
    }
    let source = read("SSN, Name\n123-45-6789, \"Roe, Ann\"\n");
    assert_eq!(source.cells(0), ["123-45-6789", "Roe, Ann"]);
}

#[test]
fn pipes_separate_the_fields_of_a_table() {
    for text in [
        "Name|SSN\nRoe, Ann|123-45-6789\nDoe, Bob|987-65-4321\n",
        "| Name | SSN |\n|------|:---:|\n| Ann | 123-45-6789 |\n| Bob | 987-65-4321 |\n",
    ] {
        assert_eq!(rows(&read(text)), TWO, "{text}");
    }
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    for (text, row, value, replaced) in [
        ("123-45-6789\nx\n", 1, "9", Some("123-45-6789\n9\n")),
        (
            "Name,SSN\nAnn,123-45-6789\nBob,\"12,3\"\n",
            1,
            "9",
            Some("Name,SSN\nAnn,123-45-6789\nBob,9\n"),
        ),
        (
            "Name;SSN\nAnn;123-45-6789\nBob;x\n",
            1,
            "a;\"b",
            Some("Name;SSN\nAnn;123-45-6789\nBob;\"a;\"\"b\"\n"),
        ),
        // The record ends before the column.
        (
            "Name,Town,SSN\nAnn,,123-45-6789\nBob\n",
            1,
            "9",
            Some("Name,Town,SSN\nAnn,,123-45-6789\nBob,,9\n"),
        ),
        // These rows have no value of their own.
        ("Payroll,\nName,SSN\nAnn,123-45-6789\n", 0, "9", None),
        ("Name,SSN\nAnn,123-45-6789\nTotal,1\n", 2, "9", None),
        ("[\"123-45-6789\", \"x\"]", 1, "9", None),
    ] {
        let source = read(text);
        let found = source.replace_value(row, value);
        assert_eq!(found.as_deref(), replaced, "{text}");
    }
}

#[test]
fn a_correction_made_of_the_value_keeps_its_row() {
    let text = "Name,SSN\nAnn,900-70-1001\nBob,\"9, \"\"x\"\"\"\nCy,\" y \"\n";
    let source = read_with_column(text, "SSN").unwrap();
    for (row, value) in [(1, "9, \"x\""), (2, "y")] {
        assert_eq!(source.raw_value(row), value);
        let replaced = source.replace_value(row, &source.raw_value(row)).unwrap();
        let again = read_with_column(&replaced, "SSN").unwrap();
        assert_eq!(again.raw_value(row), value);
    }
}
