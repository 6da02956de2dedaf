//! Long downloads, straight to disk where the browser supports that.

use serde_json::Value;
use tempfile::TempDir;

use crate::layouts::check_layout;
use crate::support::app::EngineKind;
use crate::support::repeated_numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

/// Replaces the browser's file dialog by a file of the page's private file system.
const DIALOG: &str = "(window.showSaveFilePicker = async options => {
    window.options = options;
    const folder = await navigator.storage.getDirectory();
    return folder.getFileHandle('download', {create: true});
}) && true";

/// The content of that file; `null` if there is none.
const FILE: &str = "navigator.storage.getDirectory()
    .then(folder => folder.getFileHandle('download'))
    .then(handle => handle.getFile())
    .then(file => file.arrayBuffer())
    // Keeps a byte order mark.
    .then(bytes => new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes), () => null)";

const SAYS: &str = "document.querySelector('[data-testid=download-says]').innerText";

/// Runs a list of this many lines to its end, and opens the download dialog.
async fn run_and_open_dialog(visit: &Visit, count: u32) {
    let browser = &visit.browser;
    let list: String = repeated_numbers(count)
        .iter()
        .enumerate()
        .map(|(place, number)| format!("{number},Person {place}\n"))
        .collect();
    browser
        .upload(
            "file",
            "Everybody.csv",
            format!("SSN,Name\n{list}").as_bytes(),
        )
        .await;
    visit.start().await;
    visit.wait_for_status("Finished").await;
    browser.click("download").await;
    browser
        .wait_for_text("download-columns-names", "Name")
        .await;
}

/// Checks that a CSV file has each row once, in order, with its line's name.
fn check_csv(content: &str, count: u32) {
    let content = content.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(content.as_bytes());
    let mut rows = 0;
    for (record, number) in reader.records().zip(repeated_numbers(count)) {
        let record = record.unwrap();
        let expected = [
            format!("Person {rows}"),
            // The header is on line 1.
            (rows + 2).to_string(),
            format!("***-**-{}", &number[5..]),
            "SUCCEEDED".to_owned(),
        ];
        assert_eq!(record.iter().take(4).collect::<Vec<_>>(), expected);
        rows += 1;
    }
    assert_eq!(rows, count);
    assert_eq!(content.lines().count() as u32, count + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_download_outlasts_server_failures_or_is_cancelled() {
    const ROWS: u32 = 20_000;
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    // The browser logs each failure.
    browser.expect_in_console("503");
    run_and_open_dialog(&visit, ROWS).await;
    browser.evaluate(DIALOG).await;

    // The server fails after three pages.
    visit.site.allow_pages(3);
    browser.click("download-yes").await;
    browser
        .wait_for(&format!("{SAYS}.startsWith(\"The server doesn't answer\")"))
        .await;
    let suggested = browser.evaluate("window.options.suggestedName").await;
    let suggested = suggested.as_str().unwrap().to_owned();
    assert!(
        suggested.starts_with("Everybody 20") && suggested.ends_with(".csv"),
        "{suggested}"
    );
    let bar = "document.querySelector('[data-testid=download-progress]').ariaValueNow";
    let share: u32 = browser
        .evaluate(bar)
        .await
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(share < 50, "{share}");
    assert_eq!(
        browser.evaluate(FILE).await,
        "",
        "an incomplete file has content"
    );
    check_layout(browser, "download-waits").await;
    // The download continues while another page is open.
    browser.click("nav-history").await;
    browser.wait_for_text("heading", "History").await;
    visit.site.allow_pages(u64::MAX);
    browser
        .wait_for(&format!("{SAYS}.startsWith('Downloaded 20,000 rows')"))
        .await;
    check_csv(browser.evaluate(FILE).await.as_str().unwrap(), ROWS);
    check_layout(browser, "download-done").await;
    browser.click("download-dismiss").await;

    // A cancelled download leaves the earlier file unchanged.
    browser.click("history-run").await;
    let cancel_download = async || {
        browser.click("download").await;
        browser.click("download-ndjson").await;
        visit.site.allow_pages(3);
        browser.click("download-yes").await;
        browser
            .wait_for(&format!("{SAYS}.startsWith(\"The server doesn't answer\")"))
            .await;
        browser.click("download-cancel").await;
        browser.wait_until_hidden("downloading").await;
    };
    cancel_download().await;
    check_csv(browser.evaluate(FILE).await.as_str().unwrap(), ROWS);
    // If there was no file before, a cancelled download leaves none.
    browser
        .evaluate("navigator.storage.getDirectory().then(folder => folder.removeEntry('download')).then(() => true)")
        .await;
    cancel_download().await;
    browser
        .wait_for(&format!("({FILE}).then(content => content === null)"))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_are_downloaded_without_a_file_api() {
    const ROWS: u32 = 100_000;
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let (browser, folder) = (&visit.browser, TempDir::new().unwrap());
    browser.download_into(folder.path()).await;
    run_and_open_dialog(&visit, ROWS).await;
    browser.evaluate("delete window.showSaveFilePicker").await;
    assert_eq!(
        browser.evaluate("window.showSaveFilePicker ?? null").await,
        Value::Null
    );
    let (_, content) = visit.downloaded(folder.path()).await;
    check_csv(&content, ROWS);
    visit.close().await;
}
