use contract::list::{ReadOptions, read_source};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn line(row: u64, ssn: Option<&str>, body: Value) -> String {
    let outcome = if ssn.is_some() {
        "SUCCEEDED"
    } else {
        "INVALID"
    };
    let row = json!({
        "row": row, "ssn": ssn, "outcome": outcome, "statusCode": ssn.map(|_| 200), "body": body,
        "error": null, "warning": null, "durationMs": 12, "attempts": 1,
    });
    format!("{row}\n")
}

fn list(text: &str) -> Source {
    read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
}

fn file(format: Format, source: Option<&Source>, masked: bool, pages: &[String]) -> String {
    let mut assembler = Assembler::new(format, source, masked);
    let mut out = Vec::new();
    assembler.begin(&mut out);
    for page in pages {
        assembler.page(page, &mut out).unwrap();
    }
    assembler.end(&mut out);
    String::from_utf8(out).unwrap()
}

fn cells(csv: &str) -> Vec<Vec<String>> {
    let csv = csv.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_table_has_the_list_s_other_columns_and_numbers_that_keep_their_zeros() {
    let source = list("SSN,Name,Note\n001-02-0304,Ada,=1+1\nnobody,Bob,\"two\nlines\"\n");
    let pages = [
        line(0, Some("001020304"), json!({"name": "Ada"})),
        line(1, None, Value::Null),
    ];
    let csv = file(Format::Csv, Some(&source), false, &pages);
    assert_eq!(
        csv,
        "\u{feff}Name,Note,row,ssn,outcome,statusCode,error,warning,durationMs,attempts,body\r\n\
         Ada,'=1+1,0,001-02-0304,SUCCEEDED,200,,,12,1,\"{\"\"name\"\":\"\"Ada\"\"}\"\r\n\
         Bob,\"two\nlines\",1,,INVALID,,,,12,1,\r\n"
    );
}

#[test]
fn objects_hold_the_other_columns_under_their_names() {
    let source = list("Name,SSN\nAda,123-45-6789\nBob,123-45-6780\n");
    let pages = [
        line(0, Some("***-**-6789"), json!("=x")),
        line(1, Some("***-**-6780"), Value::Null),
    ];
    let ndjson = file(Format::Ndjson, Some(&source), true, &pages);
    let rows: Vec<Value> = ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[1]["columns"], json!({"Name": "Bob"}));
    // Only a table is opened by spreadsheets.
    assert_eq!(rows[0]["body"], "=x");
    let array: Value =
        serde_json::from_str(&file(Format::Json, Some(&source), true, &pages)).unwrap();
    assert_eq!(array, Value::from(rows));
}

#[test]
fn lines_go_through_as_they_came_where_nothing_is_joined() {
    let pages = [
        line(0, None, Value::Null) + &line(7, None, Value::Null),
        String::new(),
        line(9, None, Value::Null),
    ];
    for (format, brackets) in [(Format::Ndjson, ["", ""]), (Format::Json, ["[\n", "\n]\n"])] {
        let mut assembler = Assembler::new(format, None, true);
        let mut out = Vec::new();
        assembler.begin(&mut out);
        let at = pages
            .iter()
            .map(|page| assembler.page(page, &mut out).unwrap());
        assert_eq!(at.collect::<Vec<_>>(), [Some(8), None, Some(10)]);
        assert_eq!(assembler.rows, 3);
        assembler.end(&mut out);
        let lines = pages.concat();
        let told = match format {
            Format::Json => lines.trim_end().replace('\n', ",\n"),
            _ => lines,
        };
        let expected = [brackets[0], &told, brackets[1]].concat();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    assert_eq!(file(Format::Json, None, true, &[]), "[\n]\n");
}

#[test]
fn only_the_rows_of_a_group_go_in_where_one_is_asked_for() {
    let failed = |row: u64, status: Option<u16>, error: Option<ErrorKind>| {
        let row = json!({
            "row": row, "ssn": "***-**-6789", "outcome": "FAILED", "statusCode": status,
            "body": null, "error": error, "warning": null, "durationMs": 12, "attempts": 4,
        });
        format!("{row}\n")
    };
    let page = failed(0, Some(503), None)
        + &failed(1, Some(200), Some(ErrorKind::TimedOut))
        + &failed(2, None, Some(ErrorKind::TimedOut))
        + &failed(3, Some(503), Some(ErrorKind::BodyTooLarge));
    for (group, row) in [
        ((Some(503), None), 0),
        ((None, Some(ErrorKind::TimedOut)), 2),
    ] {
        for format in [Format::Csv, Format::Ndjson, Format::Json] {
            let mut assembler = Assembler::new(format, None, true).of_group(Some(group));
            let mut out = Vec::new();
            // Progress goes on over rows that are left out.
            assert_eq!(assembler.page(&page, &mut out), Ok(Some(4)));
            assert_eq!(assembler.rows, 1);
            let told = String::from_utf8(out).unwrap();
            let lines: Vec<_> = page.lines().collect();
            match format {
                Format::Csv => assert!(told.starts_with(&format!("{row},***-**-6789,FAILED"))),
                _ => assert_eq!(told.trim(), lines[row]),
            }
        }
    }
}

#[test]
fn another_list_is_joined_to_nothing() {
    let source = list("SSN,Name\n123-45-6789,Ada\nnone,Bob\n");
    for (row, ssn) in [
        (0, Some("***-**-6780")),
        (0, None),
        (1, Some("***-**-6789")),
        (2, Some("***-**-6789")),
    ] {
        for format in [Format::Csv, Format::Ndjson, Format::Json] {
            let mut assembler = Assembler::new(format, Some(&source), true);
            let page = line(row, ssn, Value::Null);
            let refused = assembler.page(&page, &mut Vec::new());
            assert_eq!(refused, Err(AssembleError::Unlike { row }));
        }
    }
}

#[test]
fn what_is_no_row_makes_no_file() {
    for format in [Format::Csv, Format::Ndjson, Format::Json] {
        let mut assembler = Assembler::new(format, None, true);
        let refused = assembler.page("<html>\n", &mut Vec::new());
        assert_eq!(refused, Err(AssembleError::NoRows));
    }
}

/// A cell as a list may have it: quotes, breaks, formulas, any letters.
fn cell() -> impl Strategy<Value = String> {
    "[ =+@\t\r\n,;\"'a-z0-9é-]{0,12}|.{0,12}"
}

proptest! {
    /// A CSV read back has the cells that went in, but for the apostrophe of one that would run.
    #[test]
    fn a_table_reads_back_as_it_was_and_runs_nowhere(
        others in prop::collection::vec((cell(), cell(), cell()), 1..8),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["SSN", "first", "second"]).unwrap();
        for (first, second, _) in &others {
            writer.write_record(["123-45-6789", first, second]).unwrap();
        }
        let source = list(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
        let pages: Vec<String> = others
            .iter()
            .zip(0..)
            .map(|((_, _, body), row)| line(row, Some("123456789"), json!(body)))
            .collect();
        let table = cells(&file(Format::Csv, Some(&source), false, &pages));
        prop_assert_eq!(table.len(), others.len() + 1);
        for (record, (first, second, body)) in table[1..].iter().zip(&others) {
            for (found, put) in [(&record[10], body), (&record[0], first), (&record[1], second)] {
                prop_assert!(*found == defused(put), "{:?} became {:?}", put, found);
                prop_assert!(*found == defused(found), "{:?} would run", found);
            }
            prop_assert_eq!(&record[3], "123-45-6789");
        }
    }

    /// However a number is written beside itself or another, a masked file has none of them.
    #[test]
    fn a_masked_file_holds_no_number_of_the_list(
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
        let pages: Vec<String> = numbers
            .iter()
            .zip(0..)
            .map(|(number, row)| line(row, Some(&format!("***-**-{}", parts(*number)[2])), json!(null)))
            .collect();
        for format in [Format::Csv, Format::Ndjson, Format::Json] {
            let file = file(format, Some(&source), true, &pages);
            for number in &numbers {
                for between in ["", "-", " ", "."] {
                    prop_assert!(!file.contains(&parts(*number).join(between)), "a full number stands");
                }
            }
        }
    }
}
