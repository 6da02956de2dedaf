//! Screenshots of every state of the page, on a desktop and a phone, in light and dark.
//!
//! Each state must fit the screen's width. Other tests check its behaviour.

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::{Browser, VIEWPORTS};
use crate::parts::wait_for_run_code;
use crate::program::{Port, Program};
use crate::site::Site;
use crate::support::app::EngineKind;
use crate::support::upstream::{Reply, Upstream};
use crate::support::{numbers, repeated_numbers};
use crate::visit::Visit;

/// A typical record of an upstream.
fn record(number: &str) -> Reply {
    const NAMES: [&str; 4] = ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Kurt Gödel"];
    let place = place(number);
    let name = NAMES[place % NAMES.len()];
    let record = serde_json::json!({"name": name, "status": "active", "year": 1950 + place % 50});
    Reply::Body("application/json", record.to_string())
}

/// The index of one of [`numbers`].
fn place(number: &str) -> usize {
    (number.parse::<usize>().unwrap() - 100_010_001) / 7
}

/// Takes a screenshot in every viewport, and checks that the page fits.
pub async fn check_layout(browser: &Browser, state: &str) {
    for viewport in VIEWPORTS {
        browser.emulate(viewport).await;
        browser.wait_for_frames().await;
        let (overflow, small) = (
            browser.evaluate(TOO_WIDE).await,
            browser.evaluate(TOO_SMALL).await,
        );
        browser
            .screenshot(&format!("state-{state}-{}", viewport.name))
            .await;
        assert_eq!(
            overflow,
            Value::Array(Vec::new()),
            "{state} in {viewport:?} is too wide"
        );
        if viewport.is_phone {
            assert_eq!(
                small,
                Value::Array(Vec::new()),
                "{state} in {viewport:?} is hard to touch"
            );
        }
    }
    browser.emulate(VIEWPORTS[0]).await;
}

/// The elements that are wider than the page.
const TOO_WIDE: &str = "document.documentElement.scrollWidth <= innerWidth ? []
    : [...document.querySelectorAll('body *')]
        .filter(found => found.checkVisibility() && found.getBoundingClientRect().right > innerWidth + 1)
        .map(found => found.outerHTML.slice(0, 120))";

/// The controls that are too small to touch: WCAG 2.2 (2.5.8) requires 24 pixels.
const TOO_SMALL: &str = "[...document.querySelectorAll('button, select')]
    .filter(found => found.checkVisibility() && found.getBoundingClientRect().height < 24)
    .map(found => found.outerHTML.slice(0, 120))";

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_and_a_read_list_fit_every_screen() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.text("upstream").await;
    check_layout(browser, "empty").await;

    let table = "Name,SSN,Town\r\n\
        Ada,123-45-6789,London\r\n\
        Alan,123-45-6789,Wilmslow\r\n\
        Grace,1234567,New York\r\n\
        Kurt,987-65-4320,Vienna\r\n\
        Emmy,12-34,Erlangen\r\n\
        Sofia,219-09-1234,Moscow\r\n";
    browser.upload("file", "people.csv", table.as_bytes()).await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.wait_for_text("report-invalid", "1").await;
    check_layout(browser, "understood").await;
    browser.click("show-invalid").await;
    browser.text("invalid-lines").await;
    check_layout(browser, "invalid-lines").await;

    browser
        .upload("file", "header.csv", b"Name,SSN,Town\n")
        .await;
    browser.wait_for_text("held", "header.csv").await;
    browser
        .wait_for("document.querySelector('[data-testid=nothing]')?.checkVisibility()")
        .await;
    check_layout(browser, "no-number").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uncertain_column_fits_every_screen() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let row = |n: u32| {
        format!(
            "Person Number {n};8001000{n:02};2019-04-{n:02};9007010{n:02};Finance and Control;London\r\n"
        )
    };
    let rows: String = (10..30).map(row).collect();
    let table = format!("Name;Employee No;Hired;Tax ID;Department;Town\r\n{rows}");
    browser
        .upload("file", "payroll.csv", table.as_bytes())
        .await;
    browser.text("ask").await;
    check_layout(browser, "asking").await;
    browser.click("clear").await;
    browser
        .type_in("numbers", "Account,Number\n800100001,900701001\n")
        .await;
    browser.text("ask").await;
    check_layout(browser, "asking-typed").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_a_finished_and_a_listed_run_fit_every_screen() {
    let list = numbers(400);
    let upstream = Upstream::start(|number, _| match place(number) {
        250.. => Reply::Held,
        place if place % 23 == 7 => Reply::Status(404),
        place if place % 23 == 11 => Reply::Status(403),
        _ => record(number),
    })
    .await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    let browser = &visit.browser;
    browser
        .upload("file", "quarter three.txt", list.join("\n").as_bytes())
        .await;
    visit.start().await;
    visit.wait_for_count("pending", "150").await;
    visit
        .wait_for_rows(|rows| rows[0].outcome == "Succeeded")
        .await;
    check_layout(browser, "running").await;

    upstream.release();
    visit.wait_for_status("Finished").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome != "Pending"))
        .await;
    check_layout(browser, "done").await;
    browser
        .evaluate("document.querySelector('[data-testid=row]').click()")
        .await;
    browser
        .wait_for("document.querySelector('[data-testid=panel]')")
        .await;
    check_layout(browser, "row").await;

    browser.click("nav-history").await;
    browser.text("history-run").await;
    check_layout(browser, "history").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_upstream_fits_every_screen() {
    let upstream = Upstream::start(|number, _| {
        Reply::Status(match place(number) {
            ..20 => 503,
            20..25 => 403,
            _ => 400,
        })
    })
    .await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    visit.start_typed(&numbers(30)).await;
    visit.wait_for_status("Finished").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Failed"))
        .await;
    check_layout(&visit.browser, "failing").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_upstream_fits_every_screen() {
    let upstream = Upstream::unreachable();
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    visit.start_typed(&numbers(30)).await;
    visit.wait_for_status("Finished").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Failed"))
        .await;
    check_layout(&visit.browser, "unreachable").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_fits_every_screen() {
    let upstream = Upstream::start(|number, _| match place(number) {
        ..20 => record(number),
        _ => Reply::Held,
    })
    .await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    visit.start_typed(&numbers(30)).await;
    visit.wait_for_count("succeeded", "20").await;
    visit.browser.click("stop").await;
    visit.wait_for_status("Stopped").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome != "Pending"))
        .await;
    check_layout(&visit.browser, "stopped").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_server_fits_every_screen() {
    let upstream = Upstream::start(|number, _| record(number)).await;
    let data = TempDir::new().unwrap();
    // Reserved until the end: no other program may answer there.
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.goto(&program.printed).await;
    browser.text("upstream").await;
    browser.type_in("numbers", &numbers(6).join("\n")).await;
    browser.wait_for_text("report-numbers", "6").await;
    wait_for_run_code(&browser).await;
    drop(program);
    browser.click("start").await;
    browser.text("trouble").await;
    check_layout(&browser, "server-gone").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_an_unknown_run_fit_every_screen() {
    let upstream = Upstream::succeeding().await;
    let site = Site::new(EngineKind::Memory, &upstream).await;
    let browser = Browser::open().await;
    browser.expect_in_console("401");
    browser.expect_in_console("404");
    browser.goto(&site.at("/?token=wrong")).await;
    browser.text("trouble").await;
    check_layout(&browser, "wrong-token").await;
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    browser
        .goto(&site.at("/executions/01jd0000000000000000000abc"))
        .await;
    browser.text("missing").await;
    check_layout(&browser, "no-such-run").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_fit_every_screen() {
    let upstream = Upstream::start(|number, _| record(number)).await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    let browser = &visit.browser;
    browser
        .upload(
            "file",
            "everyone.txt",
            repeated_numbers(100_000).join("\n").as_bytes(),
        )
        .await;
    browser.wait_for_text("report-numbers", "1,000").await;
    visit.start().await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("succeeded", "1,000").await;
    // To the middle, whose rows haven't been loaded.
    browser
        .evaluate("(rows => rows.scrollTop = rows.scrollHeight / 2)(document.querySelector('[data-testid=rows]'))")
        .await;
    visit
        .wait_for_rows(|rows| rows.len() > 5 && rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    check_layout(browser, "many").await;
    visit.close().await;
}
