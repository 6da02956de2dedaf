use contract::list::{ReadOptions, Row};

use super::*;
use crate::read::read_up_to;
use crate::{ReadError, read_lines, read_source, read_value};

mod columns;
mod lines;
mod properties;
mod shapes;
mod uncertain;

fn read(text: &str) -> Source {
    read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
}

fn read_error(text: &str) -> ReadError {
    read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap_err()
}

fn read_with_column(text: &str, column: &str) -> Result<Source, ReadError> {
    let column = column.parse().unwrap();
    read_source(text.as_bytes(), &ReadOptions::default(), Some(&column))
}

/// Returns each row's number or reason.
fn rows(source: &Source) -> Vec<String> {
    let row = |row: &Row| match row {
        Row::Item { index, .. } => {
            let digits = source.list.items[*index as usize].expose_digits();
            String::from_utf8_lossy(&digits).into_owned()
        }
        Row::Invalid(reason) => format!("{reason:?}"),
    };
    source.list.rows.iter().map(row).collect()
}

/// Returns the column with the numbers, the delimiter and whether there is a header.
fn layout_of(source: &Source) -> Option<(usize, u8, bool)> {
    let table = source.table.as_ref()?;
    Some((table.ssn_column, table.delimiter, table.headers.is_some()))
}

#[test]
fn one_value_per_line_is_not_a_table() {
    for text in [
        "123 45 6789\n987-65-4321\n",
        "123-45-6789\n987654321\nDoe, John\n111223333",
        "Doe, John\n123456789",
        "\"123-45-6789\n987654321\n111,2\n",
        "123456789\t\n987654321\t\n",
        // Pasted from source code.
        "\"123-45-6789\",\n\"987-65-4321\",",
        "hello, world",
        "123456789",
        "",
    ] {
        assert!(read(text).table.is_none(), "{text}");
    }
    let source = read("123-45-6789\n\n  \r\nDoe, John\r987654321\n123456789");
    let expected = ["123456789", "NoDigits", "987654321", "123456789"];
    assert_eq!(rows(&source), expected);
    assert_eq!(source.list.duplicates(), 1);
    let lines: Vec<_> = (0..5).map(|row| source.line_number(row)).collect();
    assert_eq!(lines, [1, 4, 5, 6, 0]);
    assert_eq!(source.raw_value(1), "Doe, John");
    assert_eq!(source.cells(1), ["Doe, John"]);
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let text = "123-45-6789\r\n\u{ff19}87654321\n";
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(unit).collect()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ] {
        let source = read_source(&bytes, &ReadOptions::default(), None).unwrap();
        assert_eq!(rows(&source), ["123456789", "987654321"]);
    }
}

#[test]
fn lines_before_the_header_are_invalid_rows() {
    let text = "Payroll report,,\nRun 2024-01-31,,\n\n,,\nNo,Name,SSN\n1,Ann,123456789\n";
    let source = read(text);
    let expected = ["Preamble", "Preamble", "Preamble", "123456789"];
    assert_eq!(rows(&source), expected);
    assert_eq!((source.line_number(2), source.line_number(3)), (4, 6));
    assert_eq!(source.table.unwrap().headers.unwrap()[2], "SSN");
    // Notes that have no delimiter, and a list without other columns.
    let expected = ["Preamble", "Preamble", "123456789"];
    for text in [
        "# from HR\n# 1 row\nid,ssn\n1,123456789",
        "Report\nRun 7\nSSN\n123456789",
    ] {
        assert_eq!(rows(&read(text)), expected, "{text}");
    }
    let selected = "Report,\nName,Tax ID\nAnn,123456789";
    let source = read_with_column(selected, "tax id").unwrap();
    assert_eq!(rows(&source), ["Preamble", "123456789"]);
}

#[test]
fn a_first_line_that_names_the_delimiter_is_no_row() {
    for text in [
        "sep=,\nName,SSN\nAnn,123-45-6789\n",
        "sep=;\nName;SSN\nRoe, Ann;123-45-6789\n",
        "sep=|\nName|SSN\nRoe, Ann|123-45-6789\n",
        "sep=,\n123-45-6789\n",
    ] {
        assert_eq!(rows(&read(text)), ["123456789"], "{text}");
    }
    let source = read("sep=,\nName,SSN\nAnn,123-45-6789\n");
    assert_eq!(source.line_number(0), 3);
    assert_eq!(source.cells(0), ["Ann", "123-45-6789"]);
}

#[test]
fn a_first_record_without_column_names_is_a_row() {
    for text in [
        "Ann,pending\nBob,123-45-6789",
        "Ann,no SSN\nBob,123-45-6789",
        "Ann,SSN unknown\nBob,123-45-6789",
        "Ann,foreign: no SSN\nBob,123-45-6789",
        "Ann,SSN later\nBob,123-45-6789",
        "Ann,lost it\nBob,123-45-6789\nCy,123-45-6789",
        "Ann,\nBob,123-45-6789",
        "no ssn\n123-45-6789",
    ] {
        let source = read(text);
        assert_eq!(rows(&source)[1], "123456789", "{text}");
        assert!(source.table.is_none_or(|table| table.headers.is_none()));
    }
}

#[test]
fn repeated_headers_and_totals_are_invalid_rows() {
    let text = "Name,SSN\nAnn,123456789\n\nname, SSN\nBob,987654321\nTotal,000000002\nTRL,2\n";
    assert_eq!(
        rows(&read(text)),
        [
            "123456789",
            "RepeatedHeader",
            "987654321",
            "ControlRecord",
            "TooFewDigits"
        ]
    );
    // A number with dashes is one of a person. Other reasons are more precise.
    let text = "SSN,Name\n123-45-6789,Total\n,Total\n(9 digits),\nSSN,Name\n";
    assert_eq!(
        rows(&read(text)),
        ["123456789", "Empty", "OtherCharacters", "RepeatedHeader"]
    );
    assert_eq!(
        rows(&read("SSN\n123456789\nSSN\n")),
        ["123456789", "RepeatedHeader"]
    );
}

#[test]
fn the_mark_that_ends_a_dos_text_is_no_row() {
    for text in [
        "123-45-6789\r\n987654321\r\n\u{1a}",
        "123-45-6789\r\n987654321\u{1a}\u{1a}",
        "Name,SSN\r\nDoe,123-45-6789\r\nRoe,987654321\r\n\u{1a}",
    ] {
        assert_eq!(rows(&read(text)), ["123456789", "987654321"], "{text:?}");
    }
}

#[test]
fn invalid_bytes_make_only_their_line_invalid() {
    let bytes = b"123456789\nJos\xc3\xa9\n123\xff45\xff6789\n\xe2\r\n987654321";
    let source = read_source(bytes, &ReadOptions::default(), None).unwrap();
    let expected = ["123456789", "NoDigits", "Encoding", "Encoding", "987654321"];
    assert_eq!(rows(&source), expected);
}

#[test]
fn a_text_of_windows_keeps_its_names_and_dashes() {
    let bytes = b"Name;SSN\nJos\xe9;123\x9645\x966789\nM\xfcller;987\xa065\xa04321";
    let source = read_source(bytes, &ReadOptions::default(), None).unwrap();
    assert_eq!(rows(&source), ["123456789", "987654321"]);
    assert_eq!(source.cells(0)[0], "Jos\u{e9}");
    // UTF-16 without a byte order mark.
    let bytes: Vec<u8> = "123-45-6789\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let source = read_source(&bytes, &ReadOptions::default(), None).unwrap();
    assert_eq!(rows(&source), ["123456789"]);
}

#[test]
fn a_text_may_start_with_a_header() {
    for text in [
        "SSN\n123456789\n",
        "\n\"Social Security Number\"\r\n123-45-6789",
    ] {
        let source = read(text);
        assert_eq!(rows(&source), ["123456789"]);
        assert_eq!(layout_of(&source), Some((0, b',', true)));
    }
    let source = read_with_column("Tax ID\n123456789", "tax id").unwrap();
    assert_eq!(rows(&source), ["123456789"]);
}

#[test]
fn a_record_with_an_empty_value_is_a_row() {
    let source = read("ssn,name\n123456789,Doe\n,Roe\n\n   \nx\n\"\",Poe\n,\n");
    let expected = ["123456789", "Empty", "NoDigits", "Empty", "Empty"];
    assert_eq!(rows(&source), expected);
    let source = read("name\tssn\nDoe\t123456789\nRoe\n\t\n");
    assert_eq!(rows(&source), ["123456789", "Empty", "Empty"]);
}

#[test]
fn cells_are_unquoted() {
    let source = read("name,note,ssn\n\"Doe, \"\"J\"\"\",\"two\nlines\",\"123-45-6789\"\nRoe,,x\n");
    assert_eq!(source.cells(0), ["Doe, \"J\"", "two\nlines", "123-45-6789"]);
    assert_eq!(source.cells(1), ["Roe", "", "x"]);
    assert!(source.cells(2).is_empty());
    assert_eq!((source.line_number(0), source.line_number(1)), (2, 4));
}

#[test]
fn a_list_with_too_many_rows_is_refused() {
    let text = b"123456789\n987654321\n\n111223333\n";
    let options = ReadOptions::default();
    assert!(read_up_to(3, text, &options, None).is_ok());
    assert_eq!(
        read_up_to(2, text, &options, None).unwrap_err(),
        ReadError::TooManyRows { rows: 3, limit: 2 }
    );
}

#[test]
fn a_file_that_is_no_text_is_refused_by_name() {
    for (bytes, words) in [
        (&b"PK\x03\x04xl/workbook.xml"[..], ["workbook", "CSV"]),
        (b"PK\x03\x04list.csvPK\x05\x06", ["ZIP", "Unpack"]),
        (b"\x1f\x8b\x08", ["gzip", "Decompress"]),
        (b"%PDF-1.7\n123-45-6789", ["PDF", "Copy"]),
        (b"<html><td>123-45-6789</td>", ["HTML", "CSV"]),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", ["HTML", "CSV"]),
    ] {
        let error = read_source(bytes, &ReadOptions::default(), None).unwrap_err();
        let message = error.to_string();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
}

#[test]
fn lost_zeros_and_warnings_are_counted() {
    let text = "12345678\n1234567\n900-12-3456\n123456789\n123-00-1234\n123456";
    assert_eq!((read(text).zeros_lost(), read(text).warnings()), (2, 2));
    let restore = ReadOptions {
        restore_leading_zeros: true,
        ..ReadOptions::default()
    };
    let source = read_source(text.as_bytes(), &restore, None).unwrap();
    assert_eq!((source.zeros_lost(), source.list.invalid), (2, 1));
}

#[test]
fn debug_of_a_source_shows_no_text() {
    let shown = format!("{:?}", read("name,ssn\nDoe,123-45-6789\nRoe,987654321x"));
    assert!(
        !shown.contains("6789") && !shown.contains("4321"),
        "{shown}"
    );
}

#[test]
fn the_server_reads_the_same_rows_without_invalid_text() {
    let typed =
        "123-45-6789\nJane Doe\n12345678\n123 45 6789\n\"\"\n987-65\n001-02-0304\n1234567\n";
    for restore_leading_zeros in [false, true] {
        let options = ReadOptions {
            restore_leading_zeros,
            ..Default::default()
        };
        let list = read_source(typed.as_bytes(), &options, None).unwrap().list;
        let sent = list.values();
        assert!(!sent.iter().any(|value| value.contains("Jane")));
        let read: List = sent
            .iter()
            .map(|value| read_value(value, &options))
            .collect();
        assert_eq!(read, list);
        let text: String = list.parts(4_000_000).map(|part| part.text).collect();
        let read: List = read_lines(text.as_bytes(), &options).collect();
        assert_eq!(read, list);
    }
}
