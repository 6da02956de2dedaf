//! The page and `rollcall fetch` write the same bytes for the same run.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::downloads::{LIST, upstream};
use crate::support::app::EngineKind;
use crate::support::program::rollcall;
use crate::visit::Visit;

/// Whether the dialog asks for the list's file.
const LIST_IS_GONE: &str = "document.querySelector('[data-testid=download-columns-says]')
    .innerText.startsWith('This page no longer has your list')";

/// Runs [`LIST`] on the page's server with `rollcall fetch`; returns the run's id and the rows.
async fn fetch(visit: &Visit, options: &[&str]) -> (String, String) {
    let mut fetch = Command::from(rollcall())
        .args(["fetch", "-", "--api", &visit.site.printed()])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut list = fetch.stdin.take().unwrap();
    list.write_all(LIST.as_bytes()).await.unwrap();
    drop(list);
    let output = fetch.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "one number fails");
    let runs = visit.site.app.get("/api/executions").await.expect(200);
    let newest = runs["executions"][0]["id"].as_str().unwrap();
    let rows = String::from_utf8(output.stdout).unwrap();
    (newest.to_owned(), rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn download_equals_the_output_of_fetch() {
    let upstream = upstream().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let (browser, folder) = (&visit.browser, TempDir::new().unwrap());
    browser.download_into(folder.path()).await;
    for (format, numbers) in [
        ("csv", "masked"),
        ("csv", "full"),
        ("ndjson", "masked"),
        ("json", "full"),
    ] {
        let mut options = vec!["--format", format];
        if numbers == "masked" {
            options.push("--masked");
        }
        if format == "csv" {
            options.push("--spreadsheet");
        }
        let (run, fetched) = fetch(&visit, &options).await;
        browser
            .goto(&visit.site.at(&format!("/executions/{run}")))
            .await;
        visit.wait_for_status("Finished").await;
        browser.click("download").await;
        browser.wait_for(LIST_IS_GONE).await;
        browser
            .upload("download-list", "Staff.csv", LIST.as_bytes())
            .await;
        browser
            .wait_for_text("download-columns-names", "Name, Note, typed")
            .await;
        browser.click(&format!("download-{format}")).await;
        browser.click(&format!("download-{numbers}")).await;
        let (_, downloaded) = visit.downloaded(folder.path()).await;
        assert_eq!(downloaded, fetched, "{format}, {numbers}");
    }
    visit.close().await;
}
