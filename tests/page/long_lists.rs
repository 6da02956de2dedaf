//! Lists that no screen holds.

use tempfile::TempDir;

use crate::browser::Browser;
use crate::program::{Port, Program};
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;
use crate::visit::Visit;

on_both_engines!(twenty_thousand_lines_stand_in_the_document_only_where_they_are_seen);

/// Rows that a window of this height may draw, with what is drawn ahead.
const DRAWN: u64 = 60;

const NODES: &str = "document.querySelectorAll('[data-testid=rows] [role=row]').length";

async fn twenty_thousand_lines_stand_in_the_document_only_where_they_are_seen(kind: Kind) {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    let mut lines = numbers(20_000);
    lines[19_998] = "the last but one".to_owned();
    browser
        .upload("file", "list.txt", lines.join("\r\n").as_bytes())
        .await;
    browser.until_text("report-numbers", "19,999").await;
    browser.until_text("report-invalid", "1").await;
    let id = visit.start().await;
    visit.until_status("Finished").await;
    visit.until_count("succeeded", "19,999").await;
    let first = visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    assert_eq!(first[0].place, "1");
    assert_eq!(first[0].number, "•••-••-0001");
    assert!(browser.read(NODES).await.as_u64().unwrap() < DRAWN);
    assert_eq!(
        browser
            .read("document.querySelector('[data-testid=rows]').ariaRowCount")
            .await,
        "20001"
    );
    // The whole run is on one screen, and only its rows scroll.
    browser
        .until(
            "document.documentElement.scrollHeight <= innerHeight
                && document.querySelector('[data-testid=receipt]').getBoundingClientRect().bottom <= innerHeight",
        )
        .await;
    visit.shoot("long-top").await;

    // To the end, by the scroll bar.
    browser
        .read("document.querySelector('[data-testid=rows]').scrollTop = 1e9")
        .await;
    let last = visit
        .until_rows(|rows| rows.last().is_some_and(|row| row.place == "20,000"))
        .await;
    let api = visit
        .site
        .world
        .listing(&format!("/api/executions/{id}/results?first=19998"))
        .await;
    let [.., last_but_one, last] = &last[..] else {
        panic!("two rows");
    };
    assert_eq!(
        (last_but_one.outcome.as_str(), last_but_one.number.as_str()),
        ("Invalid", "—")
    );
    assert_eq!(last.outcome, "Succeeded");
    let ssn = api[1]["ssn"].as_str().unwrap();
    assert_eq!(last.number, ssn.replace('*', "•"));
    assert!(browser.read(NODES).await.as_u64().unwrap() < DRAWN);
    let is_in_view = "(() => {
        const row = document.getElementById('row-19999')?.getBoundingClientRect();
        const table = document.querySelector('[data-testid=rows]').getBoundingClientRect();
        return !!row && row.top >= table.top && row.bottom <= table.bottom + 1;
    })()";
    browser.until(is_in_view).await;
    visit.shoot("long-end").await;

    // And back and forth by the keys.
    browser.type_in("rows", "\u{e011}").await; // Home
    visit.until_rows(|rows| rows[0].place == "1").await;
    browser.type_in("rows", "\u{e010}").await; // End
    browser.until(is_in_view).await;

    // What went wrong is found without scrolling.
    browser.click("chip-invalid").await;
    let wrong = visit.until_rows(|rows| rows.len() == 1).await;
    assert_eq!(
        (wrong[0].place.as_str(), wrong[0].answer.as_str()),
        ("19,999", "no digits")
    );
    let some: Vec<_> = lines.iter().take(50).collect();
    visit.check_no_number(&some).await;
    visit.close().await;
}

/// So many lines of a thousand numbers, so that it is the list that is long and not its run.
fn repeated(lines: usize) -> String {
    let numbers = numbers(1_000);
    let mut text = String::with_capacity(lines * 10);
    for line in 0..lines {
        text.push_str(&numbers[line % numbers.len()]);
        text.push('\n');
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_too_long_for_one_request_goes_in_parts_and_its_progress_is_told() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .upload("file", "long.txt", repeated(260_000).as_bytes())
        .await;
    browser.until_text("report-repeated", "259,000").await;
    browser
        .read(
            "(told => new MutationObserver(() => {
                const bar = document.querySelector('progress[data-testid=sent][max]');
                if (bar && told.at(-1) !== bar.value) told.push(bar.value, bar.max);
            }).observe(document.body, {subtree: true, childList: true, attributes: true}))
            (window.told = [])",
        )
        .await;
    let id = visit.start().await;
    let told = browser.read("window.told").await;
    let told: Vec<u64> = serde_json::from_value(told).unwrap();
    assert!(told.len() >= 6, "several steps: {told:?}");
    assert!(told.iter().skip(1).step_by(2).all(|max| *max == 260_000));
    assert!(told.iter().step_by(2).is_sorted(), "{told:?}");
    visit.until_status("Finished").await;
    let execution = visit.site.world.execution(&id).await;
    assert_eq!(execution["rows"], 260_000);
    assert_eq!(execution["items"], 1_000);
    visit.close().await;
}

/// Counts in `window.taken` how many bytes of files and characters of texts the page's own thread
/// has read.
const COUNT_TAKEN: &str = "(() => {
    window.taken = 0;
    const count = (type, name, size) => {
        const call = type.prototype[name];
        type.prototype[name] = function (...parts) {
            window.taken += size(this, ...parts);
            return call.apply(this, parts);
        };
    };
    for (const name of ['arrayBuffer', 'slice', 'stream', 'text']) count(Blob, name, blob => blob.size);
    for (const name of ['encode', 'encodeInto']) count(TextEncoder, name, (_, text) => text.length);
    for (const name of ['charCodeAt', 'codePointAt']) count(String, name, () => 1);
    for (const name of ['split', 'slice', 'substring']) count(String, name, text => text.length);
})()";

/// Far more than the page's own texts have, far less than a million lines.
const TAKEN: u64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_itself_reads_no_line_of_a_million() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("million.txt");
    std::fs::write(&path, repeated(1_000_000)).unwrap();
    browser
        .until("document.querySelector('[data-testid=numbers]')")
        .await;
    browser.read(COUNT_TAKEN).await;
    browser.drop_file("drop", &path).await;
    browser.until_text("report-repeated", "999,000").await;
    let dropped = browser.read("window.taken").await.as_u64().unwrap();
    assert!(dropped < TAKEN, "{dropped}");
    browser.click("clear").await;

    browser
        .read("window.data = new DataTransfer(), window.data.setData('text/plain', '123-45-6789\\n'.repeat(1e6)), null")
        .await;
    browser
        .read(
            "document.querySelector('[data-testid=numbers]').dispatchEvent(
                new ClipboardEvent('paste', {clipboardData: window.data, bubbles: true, cancelable: true}))",
        )
        .await;
    browser.until_text("held", "Pasted list").await;
    browser.until_text("report-repeated", "999,999").await;
    let pasted = browser.read("window.taken").await.as_u64().unwrap();
    assert!(pasted < TAKEN, "{pasted}");
    visit.check_no_number(&["123-45-6789"]).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_a_server_that_is_gone_and_can_be_let_go_of() {
    let upstream = Upstream::quick().await;
    let data = TempDir::new().unwrap();
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.goto(&program.printed).await;
    browser
        .upload("file", "long.txt", repeated(260_000).as_bytes())
        .await;
    browser.until_text("report-numbers", "1,000").await;
    drop(program);

    browser.click("start").await;
    let told = browser.text("trouble").await;
    assert!(told.starts_with("The server doesn't answer"), "{told}");
    browser.shoot("start-waits").await;
    browser.click("cancel").await;
    browser.until_text("start", "Look up 1,000 numbers").await;
    browser
        .until("!document.querySelector('[data-testid=trouble]')?.checkVisibility()")
        .await;

    browser.click("start").await;
    browser.text("trouble").await;
    let _program = Program::start(&port, data.path(), &upstream);
    browser
        .until("location.pathname.startsWith('/executions/')")
        .await;
    browser.until_text("status", "Finished").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_brought_while_the_server_is_gone_is_read_once_it_is_back() {
    let upstream = Upstream::quick().await;
    let data = TempDir::new().unwrap();
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.goto(&program.printed).await;
    browser.text("upstream").await;
    drop(program);
    browser.upload("file", "list.txt", b"123-45-6789\n").await;
    let told = "document.querySelector('[data-testid=file-trouble]').innerText";
    browser
        .until(&format!("{told}.includes('tries again by itself')"))
        .await;
    let _program = Program::start(&port, data.path(), &upstream);
    browser.until_text("report-numbers", "1").await;
    browser
        .until("!document.querySelector('[data-testid=file-trouble]')?.checkVisibility()")
        .await;
    browser.close().await;
}
