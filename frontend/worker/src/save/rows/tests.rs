use client::ResultsFilter;
use contract::list::ReadOptions;
use contract::wire::{Outcome, RowError};
use lists::read_source;
use serde_json::{Value, json};

use super::*;

pub(crate) fn save(format: Format) -> SaveOptions {
    SaveOptions {
        run: "01jd0000000000000000000abc".parse().unwrap(),
        rows: 10,
        format,
        filter: ResultsFilter::default(),
        group: None,
        reveal: false,
        columns: true,
    }
}

fn row(row: u64, ssn: Option<&str>) -> ResultRow {
    ResultRow {
        row,
        line: row + 1,
        ssn: ssn.map(str::to_owned),
        outcome: Outcome::Succeeded,
        status_code: Some(200),
        body: None,
        error: None,
        warning: None,
        duration_ms: Some(12),
        attempts: 1,
    }
}

fn list(text: &str) -> Source {
    read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
}

const LIST: &str = "SSN,Name\n123-45-6789,Ada\nnone,Bob\n";

#[test]
fn csv_is_for_spreadsheets_and_other_formats_for_programs() {
    let list = list(LIST);
    let file = |format, reveal| {
        let save = SaveOptions {
            reveal,
            ..save(format)
        };
        let mut rows = Rows::begin(&save, Some(&list)).unwrap();
        let ssn = if reveal { "123456789" } else { "***-**-6789" };
        rows.write(vec![row(0, Some(ssn)), row(1, None)]).unwrap();
        assert_eq!(rows.count(), 2);
        String::from_utf8(rows.end().unwrap()).unwrap()
    };
    assert_eq!(
        file(Format::Csv, true),
        "\u{feff}Name,typed,line,ssn,outcome,statusCode,error,warning,durationMs,attempts,body\r\n\
         Ada,,2,123-45-6789,SUCCEEDED,200,,,12,1,\r\n\
         Bob,none,3,,SUCCEEDED,200,,,12,1,\r\n"
    );
    assert!(file(Format::Csv, false).contains("Ada,,2,***-**-6789,"));
    let array: Vec<Value> = serde_json::from_str(&file(Format::Json, true)).unwrap();
    assert_eq!(array[0]["ssn"], "123456789");
    assert_eq!(array[1]["columns"], json!({"Name": "Bob", "typed": "none"}));
}

#[test]
fn only_rows_of_the_group_are_written() {
    let failed = |index, status_code, error: Option<ErrorKind>| ResultRow {
        outcome: Outcome::Failed,
        status_code,
        error: error.map(RowError::Fetch),
        ..row(index, Some("***-**-6789"))
    };
    let page = [
        failed(0, Some(503), None),
        failed(1, Some(200), Some(ErrorKind::TimedOut)),
        failed(2, None, Some(ErrorKind::TimedOut)),
        failed(3, Some(503), Some(ErrorKind::BodyTooLarge)),
    ];
    for (group, index) in [
        ((Some(503), None), 0),
        ((None, Some(ErrorKind::TimedOut)), 2),
    ] {
        let save = SaveOptions {
            group: Some(group),
            ..save(Format::Ndjson)
        };
        let mut rows = Rows::begin(&save, None).unwrap();
        // Progress counts the rows that are left out.
        assert_eq!(rows.write(page.to_vec()), Ok(Some(4)));
        assert_eq!(rows.count(), 1);
        let written: ResultRow = serde_json::from_slice(&rows.end().unwrap()).unwrap();
        assert_eq!(written.row, index);
    }
}

#[test]
fn an_empty_page_makes_no_progress() {
    let mut rows = Rows::begin(&save(Format::Json), None).unwrap();
    assert_eq!(rows.write(vec![row(7, None)]), Ok(Some(8)));
    assert_eq!(rows.write(Vec::new()), Ok(None));
}

#[test]
fn a_list_of_another_run_is_refused() {
    let list = list(LIST);
    for (index, line, ssn) in [
        (0, 2, Some("***-**-6780")),
        (0, 2, None),
        (1, 3, Some("***-**-6789")),
        (2, 4, Some("***-**-6789")),
    ] {
        for format in Format::ALL {
            let mut rows = Rows::begin(&save(format), Some(&list)).unwrap();
            let refused = rows.write(vec![row(index, ssn)]);
            assert_eq!(refused, Err(SaveError::ListMismatch { line }));
        }
    }
}
