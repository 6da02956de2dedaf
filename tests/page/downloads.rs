//! Downloads: each format is compared with the API's rows.

use serde_json::json;
use tempfile::TempDir;

use crate::downloaded_files::{as_cells, rows};
use crate::layouts::check_layout;
use crate::support::app::EngineKind;
use crate::support::upstream::{Reply, Upstream};
use crate::visit::Visit;

on_both_engines!(files_have_the_rows_of_the_api_and_the_lists_columns);

/// A list with a formula, a number in another column, a repeated number and a line without one.
pub const LIST: &str = "Name,SSN,Note\r\n\
    Ada,123-45-6789,\"=HYPERLINK(\"\"x\"\")\"\r\n\
    \"Bob, B.\",001-02-0304,see 123-45-6789\r\n\
    Eve,219-45-6781,-5\r\n\
    Ada again,123456789,\"two\r\nlines\"\r\n\
    Mallory,nobody,Zürich\r\n";

/// The list's other columns, as they were written.
fn others() -> [[&'static str; 2]; 5] {
    [
        ["Ada", "=HYPERLINK(\"x\")"],
        ["Bob, B.", "see 123-45-6789"],
        ["Eve", "-5"],
        ["Ada again", "two\r\nlines"],
        ["Mallory", "Zürich"],
    ]
}

/// An upstream whose bodies hold the number; one number is unknown, and one fails.
pub async fn upstream() -> Upstream {
    Upstream::start(|number, _| match number {
        "001020304" => Reply::Status(404),
        "219456781" => Reply::Status(503),
        number => Reply::Body("application/json", json!({"ssn": number}).to_string()),
    })
    .await
}

/// Runs [`LIST`] to its end, and returns the run's id.
async fn run_of_list(visit: &Visit) -> String {
    let browser = &visit.browser;
    browser.upload("file", "Staff.csv", LIST.as_bytes()).await;
    browser.wait_for_text("report-numbers", "3").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    id
}

async fn files_have_the_rows_of_the_api_and_the_lists_columns(kind: EngineKind) {
    let upstream = upstream().await;
    let visit = Visit::new(kind, &upstream).await;
    let (browser, folder) = (&visit.browser, TempDir::new().unwrap());
    browser.download_into(folder.path()).await;
    let id = run_of_list(&visit).await;
    for (numbers, query) in [("masked", ""), ("full", "?reveal=true")] {
        let api = visit
            .site
            .app
            .all_rows(&format!("/api/executions/{id}/results{query}"))
            .await;
        for format in ["csv", "ndjson", "json"] {
            browser.click("download").await;
            browser
                .wait_for_text("download-columns-names", "Name, Note, typed")
                .await;
            browser.click(&format!("download-{format}")).await;
            // Masked by default.
            if numbers == "full" {
                browser.click("download-full").await;
                let says = browser.text("download-numbers-says").await;
                assert!(says.contains("The server records in its log"), "{says}");
            }
            let (name, content) = visit.downloaded(folder.path()).await;
            assert!(
                name.starts_with("Staff 20") && name.ends_with(&format!(".{format}")),
                "{name}"
            );
            let expected = api.iter().zip(others()).map(|(row, [name, note])| {
                let note = match numbers {
                    "masked" => note.replace("123-45-6789", "***-**-6789"),
                    _ => note.to_owned(),
                };
                let typed = if name == "Mallory" { "nobody" } else { "" };
                let columns = json!({"Name": name, "Note": note, "typed": typed});
                match format {
                    "csv" => as_cells(row, &columns),
                    _ => {
                        let mut row = row.clone();
                        row["columns"] = columns;
                        row
                    }
                }
            });
            assert_eq!(
                rows(format, &content),
                expected.collect::<Vec<_>>(),
                "{format}, {numbers}"
            );
            if numbers == "masked" {
                for number in [
                    "123-45-6789",
                    "123456789",
                    "001020304",
                    "219456781",
                    "001-02-0304",
                ] {
                    assert!(
                        !content.contains(number),
                        "a full number in a masked {format}"
                    );
                }
            }
        }
    }
    // The list's columns are optional.
    browser.click("download").await;
    browser
        .wait_for_text("download-columns-names", "Name, Note, typed")
        .await;
    if kind == EngineKind::Disk {
        check_layout(browser, "download").await;
    }
    browser.click("download-columns").await;
    let (_, content) = visit.downloaded(folder.path()).await;
    assert!(!content.contains("Zürich"));
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_list_can_be_added_again_and_another_is_refused() {
    let upstream = upstream().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let (browser, folder) = (&visit.browser, TempDir::new().unwrap());
    browser.download_into(folder.path()).await;
    run_of_list(&visit).await;
    browser.reload().await;
    visit.wait_for_status("Finished").await;
    browser.click("download").await;
    let says = "document.querySelector('[data-testid=download-columns-says]').innerText";
    browser
        .wait_for(&format!(
            "{says}.startsWith('This page no longer has your list')"
        ))
        .await;
    let (_, content) = visit.downloaded(folder.path()).await;
    assert_eq!(rows("csv", &content).len(), 5);
    assert!(!content.contains("Zürich"));

    browser.click("download").await;
    for (name, list, why) in [
        (
            "short.csv",
            "Name,SSN\nAda,123-45-6789\n".to_owned(),
            "more or fewer lines",
        ),
        (
            "other.csv",
            LIST.replace("219-45-6781", "219-45-6782"),
            "the number on line 4 differs",
        ),
    ] {
        browser.upload("download-list", name, list.as_bytes()).await;
        browser.wait_for(&format!("{says}.includes('{why}')")).await;
    }
    check_layout(browser, "download-other-list").await;
    browser
        .upload("download-list", "Staff.csv", LIST.as_bytes())
        .await;
    browser
        .wait_for_text("download-columns-names", "Name, Note, typed")
        .await;
    let (_, content) = visit.downloaded(folder.path()).await;
    let found = rows("csv", &content);
    assert_eq!(found.len(), others().len());
    for (row, [name, _]) in found.iter().zip(others()) {
        assert_eq!(row["Name"], name);
    }

    // A crashed worker loses the list. Then no file is written without the selected columns.
    browser
        .evaluate(
            "(post => Worker.prototype.postMessage = function (...parts) {
                window.worker = this;
                post.apply(this, parts);
            })(Worker.prototype.postMessage) && null",
        )
        .await;
    browser.click("download").await;
    browser
        .wait_for_text("download-columns-names", "Name, Note, typed")
        .await;
    browser
        .evaluate("window.worker.dispatchEvent(new Event('error'))")
        .await;
    browser.click("download-yes").await;
    browser
        .wait_for("document.querySelector('[data-testid=download-says]').innerText.startsWith('This page no longer has the list')")
        .await;
    browser.click("download-dismiss").await;
    browser.click("download").await;
    browser
        .wait_for(&format!(
            "{says}.startsWith('This page no longer has your list')"
        ))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_hold_the_shown_rows_or_those_so_far() {
    let upstream = Upstream::start(|number, _| match number {
        "219456781" => Reply::Held,
        "001020304" => Reply::Status(404),
        _ => Reply::Status(200),
    })
    .await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let (browser, folder) = (&visit.browser, TempDir::new().unwrap());
    browser.download_into(folder.path()).await;
    browser.upload("file", "Staff.csv", LIST.as_bytes()).await;
    browser.wait_for_text("report-numbers", "3").await;
    visit.start().await;
    visit.wait_for_count("not-found", "1").await;
    visit.wait_for_count("succeeded", "1").await;
    browser.click("download").await;
    browser.text("download-so-far").await;
    assert!(browser.is_visible("download-so-far").await);
    assert!(!browser.is_visible("download-shown").await);
    let (name, content) = visit.downloaded(folder.path()).await;
    assert!(
        name.starts_with("Staff 20") && name.ends_with(" so far.csv"),
        "{name}"
    );
    let outcomes: Vec<_> = rows("csv", &content)
        .iter()
        .map(|row| row["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        outcomes,
        ["SUCCEEDED", "NOT_FOUND", "PENDING", "SUCCEEDED", "INVALID"]
    );
    upstream.release();
    visit.wait_for_status("Finished").await;

    browser.click("chip-not-found").await;
    browser.click("download").await;
    assert!(!browser.is_visible("download-so-far").await);
    let (name, content) = visit.downloaded(folder.path()).await;
    assert!(!name.contains("so far"), "{name}");
    let found = rows("csv", &content);
    assert_eq!((found.len(), &found[0]["Name"]), (1, &json!("Bob, B.")));
    // All rows, whatever the table shows.
    browser.click("download").await;
    browser.click("download-all").await;
    let (_, content) = visit.downloaded(folder.path()).await;
    assert_eq!(rows("csv", &content).len(), 5);
    visit.close().await;
}
