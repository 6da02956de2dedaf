use contract::list::ReadOptions;
use contract::wire::{ErrorKind, Outcome, RowError};
use contract::{InvalidReason, Warning};
use lists::{ColumnSelector, Source, read_source};
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;

fn row(row: u64, ssn: Option<&str>, body: Option<&str>) -> ResultRow {
    ResultRow {
        row,
        line: row + 1,
        ssn: ssn.map(str::to_owned),
        outcome: match ssn {
            Some(_) => Outcome::Succeeded,
            None => Outcome::Invalid,
        },
        status_code: ssn.map(|_| 200),
        body: body.map(|body| RawValue::from_string(body.to_owned()).unwrap()),
        error: ssn
            .is_none()
            .then_some(RowError::Invalid(InvalidReason::NoDigits)),
        warning: None,
        duration_ms: ssn.map(|_| 12),
        attempts: 1,
    }
}

fn list(text: &str) -> Source {
    let column = ColumnSelector::Name("SSN".into());
    read_source(text.as_bytes(), &ReadOptions::default(), Some(&column)).unwrap()
}

fn file(options: WriteOptions, columns: Option<JoinedColumns<'_>>, rows: &[ResultRow]) -> String {
    let mut writer = RowWriter::begin(Vec::new(), options, columns).unwrap();
    for row in rows {
        writer.write(row.clone()).unwrap();
    }
    assert_eq!(writer.rows(), rows.len() as u64);
    String::from_utf8(writer.end().unwrap()).unwrap()
}

const LIST: &str = "SSN,Name,Note\n001-02-0304,Ada,=1+1\nnobody,Bob,\"two\nlines\"\n";

fn rows() -> [ResultRow; 2] {
    let body = r#"{ "name": "Ada" }"#;
    [row(0, Some("001020304"), Some(body)), row(1, None, None)]
}

#[test]
fn csv_for_programs_has_line_feeds_and_no_dashes() {
    assert_eq!(
        file(WriteOptions::new(Format::Csv), None, &rows()),
        "line,ssn,outcome,statusCode,error,warning,durationMs,attempts,body\n\
         1,001020304,SUCCEEDED,200,,,12,1,\"{ \"\"name\"\": \"\"Ada\"\" }\"\n\
         2,,INVALID,,NO_DIGITS,,,1,\n"
    );
}

#[test]
fn csv_for_spreadsheets_has_byte_order_mark_crlf_and_dashes() {
    let list = list(LIST);
    assert_eq!(
        file(
            WriteOptions::spreadsheet(),
            JoinedColumns::new(&list, false),
            &rows()
        ),
        "\u{feff}Name,Note,typed,line,ssn,outcome,statusCode,error,warning,durationMs,attempts,body\r\n\
         Ada,'=1+1,,2,001-02-0304,SUCCEEDED,200,,,12,1,\"{ \"\"name\"\": \"\"Ada\"\" }\"\r\n\
         Bob,\"two\nlines\",nobody,3,,INVALID,,NO_DIGITS,,,1,\r\n"
    );
}

#[test]
fn json_rows_are_the_rows_of_the_api_with_columns() {
    let list = list(LIST);
    let objects = rows().map(|row| serde_json::to_string(&row).unwrap());
    let plain = file(WriteOptions::new(Format::Ndjson), None, &rows());
    assert_eq!(plain, objects.clone().map(|object| object + "\n").concat());
    let with_columns = objects
        .iter()
        .zip([
            r#","columns":{"Name":"Ada","Note":"=1+1","typed":""}}"#,
            r#","columns":{"Name":"Bob","Note":"two\nlines","typed":"nobody"}}"#,
        ])
        // The list's line instead of the server's.
        .zip([2, 3])
        .map(|((object, columns), line)| {
            let object = object.replace(
                &format!(r#""line":{}"#, line - 1),
                &format!(r#""line":{line}"#),
            );
            object.strip_suffix('}').unwrap().to_owned() + columns
        });
    let with_columns: Vec<String> = with_columns.collect();
    let ndjson = file(
        WriteOptions::new(Format::Ndjson),
        JoinedColumns::new(&list, false),
        &rows(),
    );
    assert_eq!(ndjson, with_columns.join("\n") + "\n");
    let json = file(
        WriteOptions::new(Format::Json),
        JoinedColumns::new(&list, false),
        &rows(),
    );
    assert_eq!(json, format!("[\n{}\n]\n", with_columns.join(",\n")));
}

#[test]
fn json_array_may_be_empty_and_may_skip_rows() {
    assert_eq!(file(WriteOptions::new(Format::Json), None, &[]), "[\n]\n");
    let rows = [row(7, Some("***-**-0304"), None), row(9, None, None)];
    let json = file(WriteOptions::new(Format::Json), None, &rows);
    let read: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert_eq!([&read[0]["row"], &read[1]["row"]], [7, 9]);
}

#[test]
fn every_format_writes_dashes_and_keeps_masked_numbers() {
    for format in Format::ALL {
        let options = WriteOptions {
            dashes: true,
            ..WriteOptions::new(format)
        };
        let full = file(options, None, &[row(0, Some("001020304"), None)]);
        assert!(full.contains("001-02-0304") && !full.contains("001020304"));
        let masked = file(options, None, &[row(0, Some("***-**-0304"), None)]);
        assert!(masked.contains("***-**-0304"));
    }
}

#[test]
fn the_spreadsheet_option_changes_only_csv() {
    for format in [Format::Ndjson, Format::Json] {
        let options = WriteOptions {
            spreadsheet: true,
            ..WriteOptions::new(format)
        };
        assert_eq!(
            file(options, None, &rows()),
            file(WriteOptions::new(format), None, &rows())
        );
    }
}

#[test]
fn errors_and_warnings_have_their_api_names() {
    let failed = ResultRow {
        outcome: Outcome::Failed,
        status_code: None,
        error: Some(RowError::Fetch(ErrorKind::TimedOut)),
        warning: Some(Warning::AreaNeverIssued),
        ..row(0, Some("123456789"), None)
    };
    let csv = file(WriteOptions::new(Format::Csv), None, &[failed]);
    assert!(csv.contains("FAILED,,TIMED_OUT,AREA_NEVER_ISSUED,12,1,"));
}

/// A cell of a list, which may have quotes, line breaks, formulas and any other characters.
fn cell() -> impl Strategy<Value = String> {
    "[ =+@\t\r\n,;\"'a-z0-9é-]{0,12}|.{0,12}"
}

proptest! {
    /// A CSV file read back has the cells that were written, apart from added apostrophes.
    #[test]
    fn csv_reads_back_and_no_cell_is_a_formula(
        cells in prop::collection::vec((cell(), cell(), cell()), 1..8),
        spreadsheet: bool,
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["SSN", "first", "second"]).unwrap();
        for (first, second, _) in &cells {
            writer.write_record(["123-45-6789", first, second]).unwrap();
        }
        let source = list(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
        let rows = cells.iter().zip(0..).map(|((_, _, body), index)| {
            row(index, Some("123456789"), Some(&json!(body).to_string()))
        });
        let rows: Vec<ResultRow> = rows.collect();
        let options = WriteOptions { spreadsheet, ..WriteOptions::new(Format::Csv) };
        let table = file(options, JoinedColumns::new(&source, false), &rows);
        let table = table.strip_prefix('\u{feff}').unwrap_or(&table);
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), cells.len());
        for (record, (first, second, body)) in records.iter().zip(&cells) {
            let pairs = [(&record[10], body), (&record[0], first), (&record[1], second)];
            for (found, original) in pairs {
                prop_assert!(*found == defuse(original), "{:?} became {:?}", original, found);
                prop_assert!(*found == defuse(found), "{:?} would run", found);
            }
            prop_assert_eq!(&record[3], "123456789");
        }
    }

    /// A masked file contains no number of the list, however the other columns write it.
    #[test]
    fn masked_file_contains_no_number_of_the_list(
        numbers in prop::collection::vec(10_010_001_u32..999_999_999, 1..6),
        forms in prop::collection::vec((0_usize..4, 0_usize..6), 6),
    ) {
        let parts = |number: u32| {
            let digits = format!("{number:09}");
            [digits[..3].to_owned(), digits[3..5].to_owned(), digits[5..].to_owned()]
        };
        let mut text = "SSN,Name,Note\n".to_owned();
        for (number, (form, other)) in numbers.iter().zip(&forms) {
            let between = ["", "-", " ", "."][*form];
            let own = parts(*number).join(between);
            let other = parts(numbers[other % numbers.len()]).join(between);
            text.push_str(&format!("{},x{own}y,see {other}\n", parts(*number).join("-")));
        }
        let source = list(&text);
        let rows = numbers.iter().zip(0..).map(|(number, index)| {
            row(index, Some(&format!("***-**-{}", parts(*number)[2])), None)
        });
        let rows: Vec<ResultRow> = rows.collect();
        for format in Format::ALL {
            let file = file(WriteOptions::new(format), JoinedColumns::new(&source, true), &rows);
            for number in &numbers {
                for between in ["", "-", " ", "."] {
                    prop_assert!(!file.contains(&parts(*number).join(between)), "a full number is left");
                }
            }
        }
    }
}
