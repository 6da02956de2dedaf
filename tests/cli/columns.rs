//! The list's other columns, joined to its rows.

use serde_json::json;

use crate::fetch::{fetch, rows, text};
use crate::support::upstream::Upstream;

const TABLE: &str = "Name,SSN,Line,Note\n\
    Ann,100010001,7,=1+1\n\
    \"Bob, jr.\",nonsense,-5,\n\
    Cy,100-01-0003,x,wife 100-01-0004 of 100010003\n";

#[tokio::test(flavor = "multi_thread")]
async fn other_columns_come_first_in_csv_without_formulas() {
    let upstream = Upstream::succeeding().await;
    let output = fetch(TABLE, &["-", "--upstream", &upstream.url]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let names: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
    assert_eq!(names[..5], ["Name", "Line 2", "Note", "typed", "line"]);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |record: usize| records[record].iter().take(7).collect::<Vec<_>>();
    assert_eq!(
        cells(0),
        ["Ann", "7", "'=1+1", "", "2", "100010001", "SUCCEEDED"]
    );
    assert_eq!(
        cells(1),
        ["Bob, jr.", "-5", "", "nonsense", "3", "", "INVALID"]
    );
    assert!(records[2][2].contains("100-01-0004"));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_columns_are_an_unchanged_object_in_json() {
    let upstream = Upstream::succeeding().await;
    let args = ["-", "--upstream", &upstream.url, "--format"];
    let output = fetch(TABLE, &[&args[..], &["ndjson"]].concat()).await;
    let found = rows(&output.stdout);
    assert_eq!(
        found[0]["columns"],
        json!({"Name": "Ann", "Line 2": "7", "Note": "=1+1", "typed": ""})
    );
    assert_eq!(found[1]["columns"]["Name"], "Bob, jr.");
    let array = fetch(TABLE, &[&args[..], &["json"]].concat()).await;
    let array: Vec<serde_json::Value> = serde_json::from_slice(&array.stdout).unwrap();
    assert_eq!(array[2]["columns"], found[2]["columns"]);
    // A list of numbers alone has no other columns.
    let plain = fetch("SSN\n100010001\n", &[&args[..], &["ndjson"]].concat()).await;
    assert!(rows(&plain.stdout)[0].get("columns").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn masked_columns_hold_no_number() {
    let upstream = Upstream::succeeding().await;
    for format in ["csv", "ndjson", "json"] {
        let args = [
            "-",
            "--masked",
            "--format",
            format,
            "--upstream",
            &upstream.url,
        ];
        let output = text(&fetch(TABLE, &args).await.stdout);
        assert!(output.contains("wife ***-**-0004 of ***-**-0003"));
        for number in ["100010001", "100010003", "100-01-000"] {
            assert!(!output.contains(number), "{format}");
        }
    }
}
