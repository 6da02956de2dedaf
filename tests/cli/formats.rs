//! How rows are written: `--format`, `--spreadsheet`, `--dashes`.

use crate::fetch::{fetch, rows, text};
use crate::support::upstream::Upstream;

const TABLE: &str = "Name,SSN\nZoë,100010001\nBob,nonsense\n";

#[tokio::test(flavor = "multi_thread")]
async fn spreadsheet_csv_has_mark_crlf_and_dashes() {
    let upstream = Upstream::succeeding().await;
    let output = fetch(TABLE, &["-", "--upstream", &upstream.url, "--spreadsheet"]).await;
    let csv = text(&output.stdout);
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert!(
        lines[0].starts_with("\u{feff}Name,typed,line,ssn,"),
        "{csv}"
    );
    assert!(lines[1].starts_with("Zoë,,2,100-01-0001,SUCCEEDED,200,"));
    assert!(lines[2].starts_with("Bob,nonsense,3,,INVALID,,"));
    assert_eq!(lines[3..], [""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dashes_are_written_in_every_format() {
    let upstream = Upstream::succeeding().await;
    let args = ["-", "--upstream", &upstream.url, "--dashes", "--format"];
    let csv = text(&fetch(TABLE, &[&args[..], &["csv"]].concat()).await.stdout);
    assert!(csv.contains("Zoë,,2,100-01-0001,"), "{csv}");
    assert!(!csv.contains(['\u{feff}', '\r']));
    let ndjson = fetch(TABLE, &[&args[..], &["ndjson"]].concat()).await;
    assert_eq!(rows(&ndjson.stdout)[0]["ssn"], "100-01-0001");
}

#[tokio::test(flavor = "multi_thread")]
async fn spreadsheet_is_for_csv_only() {
    let upstream = Upstream::succeeding().await;
    for format in ["ndjson", "json"] {
        let args = ["--spreadsheet", "--format", format];
        let output = fetch(
            TABLE,
            &[&["-", "--upstream", &upstream.url], &args[..]].concat(),
        )
        .await;
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            text(&output.stderr),
            "rollcall: --spreadsheet is for CSV: leave it out, or use --format csv\n"
        );
    }
    assert_eq!(upstream.request_count(), 0);
}
