//! `rollcall fetch` with a workbook.

use rust_xlsxwriter::Workbook;
use tempfile::NamedTempFile;

use crate::fetch::{fetch, rows, text};
use crate::support::upstream::Upstream;

/// Writes an .xlsx workbook whose sheets have a name, a header and a number each.
fn workbook(sheets: &[(&str, &str)]) -> NamedTempFile {
    let mut workbook = Workbook::new();
    for (name, number) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        sheet.write(1, 0, "SSN").unwrap();
        sheet.write(3, 0, *number).unwrap();
        sheet.write(4, 0, "pending").unwrap();
    }
    let file = NamedTempFile::with_suffix(".xlsx").unwrap();
    workbook.save(file.path()).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_of_each_format_is_looked_up() {
    let upstream = Upstream::succeeding().await;
    for format in ["xls", "xlsb", "ods"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/lists/fixtures");
        let list = format!("{folder}/people.{format}");
        let args = [&list, "--format", "ndjson", "--upstream", &upstream.url];
        let output = fetch("", &args).await;
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{message}");
        assert!(
            message.contains("reading sheet 1 of 2, “People”, including 1 hidden row"),
            "{message}"
        );
        assert!(
            message.contains("reading column 2 of 3, “SSN”"),
            "{message}"
        );
        let rows = rows(&output.stdout);
        let numbers: Vec<_> = rows.iter().map(|row| row["ssn"].as_str()).collect();
        let expected = [
            Some("123456789"),
            Some("123456780"),
            None,
            Some("100010001"),
        ];
        assert_eq!(numbers, expected, "{format}");
        assert_eq!(rows[0]["columns"]["Born"], "1990-05-17");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_is_named_where_several_have_rows() {
    let upstream = Upstream::succeeding().await;
    let list = workbook(&[("Staff", "100-01-0001"), ("Old", "100-01-0002")]);
    let list = list.path().to_str().unwrap();
    let with = |more: &'static [&'static str]| {
        let args = [
            &[list, "--format", "ndjson", "--upstream", &upstream.url],
            more,
        ]
        .concat();
        async move { fetch("", &args).await }
    };
    let unnamed = with(&[]).await;
    assert_eq!(unnamed.status.code(), Some(2));
    let message = text(&unnamed.stderr);
    assert!(
        message.contains("1 “Staff”, 2 “Old”") && message.contains("--sheet"),
        "{message}"
    );
    let unknown = with(&["--sheet", "New"]).await;
    assert_eq!(unknown.status.code(), Some(2));
    let message = text(&unknown.stderr);
    assert!(
        message
            .contains("no such sheet. Its sheets: 1 “Staff”, 2 “Old”. Select a sheet with --sheet"),
        "{message}"
    );
    for args in [&["--sheet", "old"], &["--sheet", "2"]] {
        let output = with(args).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(rows(&output.stdout)[0]["ssn"], "100010002");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_a_sheet_names_its_own_row() {
    let list = workbook(&[("Staff", "n/a")]);
    let args = [
        list.path().to_str().unwrap(),
        "--upstream",
        "http://127.0.0.1:9/",
    ];
    let output = fetch("", &args).await;
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("(first: line 4)"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_files_are_refused_by_name() {
    for (bytes, args, name) in [
        ("PK\x03\x04list.csvPK\x05\x06", &["-"][..], "a ZIP archive"),
        ("PK\x03\x04xl/workbook.xml", &["-"], "damaged or incomplete"),
        ("%PDF-1.7", &["-"], "a PDF"),
        ("GIF89a", &["-"], "an image"),
        (
            "100010001\n",
            &["-", "--sheet", "1"],
            "the list isn't a workbook: omit --sheet",
        ),
    ] {
        let output = fetch(
            bytes,
            &[args, &["--upstream", "http://127.0.0.1:9/"]].concat(),
        )
        .await;
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(name), "{message}");
    }
}
