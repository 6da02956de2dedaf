//! Lists longer than a screen.

use tempfile::TempDir;

use crate::browser::Browser;
use crate::parts::wait_for_run_code;
use crate::program::{Port, Program};
use crate::support::app::EngineKind;
use crate::support::upstream::Upstream;
use crate::support::{numbers, repeated_numbers};
use crate::visit::Visit;

on_both_engines!(only_visible_rows_of_a_long_list_are_in_the_document);

/// The rows of the list.
const ROWS: u32 = 5_000;

/// A limit of the rows in the document at this window's height.
const MAX_ROWS: u64 = 60;

const ROW_COUNT: &str = "document.querySelectorAll('[data-testid=rows] [role=row]').length";

async fn only_visible_rows_of_a_long_list_are_in_the_document(kind: EngineKind) {
    let [last, valid] = ["5,000", "4,999"];
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    let mut lines = numbers(ROWS);
    lines[ROWS as usize - 2] = "the last but one".to_owned();
    browser
        .upload("file", "list.txt", lines.join("\r\n").as_bytes())
        .await;
    browser.wait_for_text("report-numbers", valid).await;
    browser.wait_for_text("report-invalid", "1").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("succeeded", valid).await;
    let first = visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    assert_eq!(first[0].place, "1");
    assert_eq!(first[0].number, "•••-••-0001");
    assert!(browser.evaluate(ROW_COUNT).await.as_u64().unwrap() < MAX_ROWS);
    assert_eq!(
        browser
            .evaluate("document.querySelector('[data-testid=rows]').ariaRowCount")
            .await,
        (ROWS + 1).to_string()
    );
    // The run fits the screen, and only its rows scroll.
    browser
        .wait_for(
            "document.documentElement.scrollHeight <= innerHeight
                && document.querySelector('[data-testid=receipt]').getBoundingClientRect().bottom <= innerHeight",
        )
        .await;
    visit.screenshot("long-top").await;

    // To the end, by scrolling.
    browser
        .evaluate("document.querySelector('[data-testid=rows]').scrollTop = 1e9")
        .await;
    let shown = visit
        .wait_for_rows(|rows| rows.last().is_some_and(|row| row.place == last))
        .await;
    let api = visit
        .site
        .app
        .all_rows(&format!("/api/executions/{id}/results?first={}", ROWS - 2))
        .await;
    let [.., last_but_one, last] = &shown[..] else {
        panic!("two rows");
    };
    assert_eq!(
        (last_but_one.outcome.as_str(), last_but_one.number.as_str()),
        ("Invalid", "—")
    );
    assert_eq!(last.outcome, "Succeeded");
    let ssn = api[1]["ssn"].as_str().unwrap();
    assert_eq!(last.number, ssn.replace('*', "•"));
    assert!(browser.evaluate(ROW_COUNT).await.as_u64().unwrap() < MAX_ROWS);
    let is_in_view = format!(
        "(() => {{
            const row = document.getElementById('row-{}')?.getBoundingClientRect();
            const table = document.querySelector('[data-testid=rows]').getBoundingClientRect();
            return !!row && row.top >= table.top && row.bottom <= table.bottom + 1;
        }})()",
        ROWS - 1
    );
    browser.wait_for(&is_in_view).await;
    visit.screenshot("long-end").await;

    // The first key goes to a row in view: the table moves by less than a row.
    let scroll_top = "document.querySelector('[data-testid=rows]').scrollTop";
    let before = browser.evaluate(scroll_top).await.as_f64().unwrap();
    browser.type_in("rows", "\u{e015}").await; // ArrowDown
    browser
        .wait_for(
            "document.querySelector('[data-testid=rows]').getAttribute('aria-activedescendant')",
        )
        .await;
    let after = browser.evaluate(scroll_top).await.as_f64().unwrap();
    let row_height = browser
        .evaluate("document.querySelector('[data-testid=row]').offsetHeight")
        .await;
    let moved = (before - after).abs();
    assert!(moved <= row_height.as_f64().unwrap(), "{moved}");

    // To both ends, by keys.
    browser.type_in("rows", "\u{e011}").await; // Home
    visit.wait_for_rows(|rows| rows[0].place == "1").await;
    browser.type_in("rows", "\u{e010}").await; // End
    browser.wait_for(&is_in_view).await;

    // A filter finds the invalid row.
    browser.click("chip-invalid").await;
    let wrong = visit.wait_for_rows(|rows| rows.len() == 1).await;
    assert_eq!(
        (wrong[0].place.as_str(), wrong[0].answer.as_str()),
        ("4,999", "no digits")
    );
    let some: Vec<_> = lines.iter().take(50).collect();
    visit.check_no_number(&some).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_sent_in_parts_with_progress() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .upload(
            "file",
            "long.txt",
            repeated_numbers(260_000).join("\n").as_bytes(),
        )
        .await;
    browser.wait_for_text("report-repeated", "259,000").await;
    browser
        .evaluate(
            "(steps => new MutationObserver(() => {
                const bar = document.querySelector('progress[data-testid=sent][max]');
                if (bar && steps.at(-2) !== bar.value) steps.push(bar.value, bar.max);
            }).observe(document.body, {subtree: true, childList: true, attributes: true}))
            (window.steps = [])",
        )
        .await;
    let id = visit.start().await;
    let steps = browser.evaluate("window.steps").await;
    let steps: Vec<u64> = serde_json::from_value(steps).unwrap();
    assert!(steps.len() >= 6, "too few steps: {steps:?}");
    assert!(steps.iter().skip(1).step_by(2).all(|max| *max == 260_000));
    assert!(steps.iter().step_by(2).is_sorted(), "{steps:?}");
    visit.wait_for_status("Finished").await;
    let execution = visit.site.app.execution(&id).await;
    assert_eq!(execution["rows"], 260_000);
    assert_eq!(execution["items"], 1_000);
    visit.close().await;
}

/// Counts in `window.readSize` how many bytes and characters the page's main thread reads.
const COUNT_READ: &str = "(() => {
    window.readSize = 0;
    const count = (type, name, size) => {
        const call = type.prototype[name];
        type.prototype[name] = function (...parts) {
            window.readSize += size(this, ...parts);
            return call.apply(this, parts);
        };
    };
    for (const name of ['arrayBuffer', 'slice', 'stream', 'text']) count(Blob, name, blob => blob.size);
    for (const name of ['encode', 'encodeInto']) count(TextEncoder, name, (_, text) => text.length);
    for (const name of ['charCodeAt', 'codePointAt']) count(String, name, () => 1);
    for (const name of ['split', 'slice', 'substring']) count(String, name, text => text.length);
})()";

/// More than the page's own texts, and less than a tenth of the list.
const READ_LIMIT: u64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_thread_reads_no_line_of_a_million() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("million.txt");
    std::fs::write(&path, repeated_numbers(1_000_000).join("\n")).unwrap();
    browser
        .wait_for("document.querySelector('[data-testid=numbers]')")
        .await;
    browser.evaluate(COUNT_READ).await;
    browser.drop_file("drop", &path).await;
    browser.wait_for_text("report-repeated", "999,000").await;
    let dropped = browser.evaluate("window.readSize").await.as_u64().unwrap();
    assert!(dropped < READ_LIMIT, "{dropped}");
    browser.click("clear").await;

    browser
        .evaluate("window.data = new DataTransfer(), window.data.setData('text/plain', '123-45-6789\\n'.repeat(1e6)), null")
        .await;
    browser
        .evaluate(
            "document.querySelector('[data-testid=numbers]').dispatchEvent(
                new ClipboardEvent('paste', {clipboardData: window.data, bubbles: true, cancelable: true}))",
        )
        .await;
    browser.wait_for_text("held", "Pasted list").await;
    browser.wait_for_text("report-repeated", "999,999").await;
    let pasted = browser.evaluate("window.readSize").await.as_u64().unwrap();
    assert!(pasted < READ_LIMIT, "{pasted}");
    visit.check_no_number(&["123-45-6789"]).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_the_server_and_can_be_cancelled() {
    let upstream = Upstream::succeeding().await;
    let data = TempDir::new().unwrap();
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.goto(&program.printed).await;
    browser
        .upload(
            "file",
            "long.txt",
            repeated_numbers(260_000).join("\n").as_bytes(),
        )
        .await;
    browser.wait_for_text("report-numbers", "1,000").await;
    wait_for_run_code(&browser).await;
    drop(program);

    browser.click("start").await;
    let notice = browser.text("trouble").await;
    assert!(notice.starts_with("The server doesn't answer"), "{notice}");
    browser.screenshot("start-waits").await;
    browser.click("cancel").await;
    browser
        .wait_for_text("start", "Look up 1,000 numbers")
        .await;
    browser.wait_until_hidden("trouble").await;

    browser.click("start").await;
    browser.text("trouble").await;
    let _program = Program::start(&port, data.path(), &upstream);
    browser
        .wait_for("location.pathname.startsWith('/executions/')")
        .await;
    browser.wait_for_text("status", "Finished").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_once_the_server_is_back() {
    let upstream = Upstream::succeeding().await;
    let data = TempDir::new().unwrap();
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.expect_in_console("TypeError: Failed to fetch");
    browser.goto(&program.printed).await;
    browser.text("upstream").await;
    drop(program);
    browser.upload("file", "list.txt", b"123-45-6789\n").await;
    let notice = "document.querySelector('[data-testid=file-trouble]').innerText";
    browser
        .wait_for(&format!("{notice}.includes('tries again by itself')"))
        .await;
    let _program = Program::start(&port, data.path(), &upstream);
    browser.wait_for_text("report-numbers", "1").await;
    browser.wait_until_hidden("file-trouble").await;
    browser.close().await;
}
