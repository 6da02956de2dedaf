//! A list is checked before anything is sent.

use serde_json::json;

use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_list_is_checked_before_anything_is_sent() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = "123-45-6789\n123456780\n\n123-45-6789\n12-345-6781\nn/a\n900-70-1234\n1.23E+08\n";
    browser.type_in("numbers", list).await;
    browser.wait_for_text("report-invalid", "3").await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.wait_for_text("report-repeated", "1").await;
    browser.wait_for_text("report-warnings", "1").await;
    browser.wait_for_text("start", "Look up 3 numbers").await;
    browser.click("show-invalid").await;
    let lines = browser
        .wait_for(
            "(lines => lines.length === 3 && lines)
            ([...document.querySelectorAll('[data-testid=invalid-lines] li')]
                .map(line => [...line.children].map(part => part.textContent)))",
        )
        .await;
    assert_eq!(
        lines,
        json!([
            ["5", "12-345-6781", "nine digits, but not as 123-45-6789"],
            ["6", "n/a", "no digits"],
            [
                "8",
                "1.23E+08",
                "scientific notation: a spreadsheet has lost digits"
            ],
        ])
    );
    browser.screenshot("typed").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_valid_number_cannot_be_started() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let is_disabled = "document.querySelector('[data-testid=start]').disabled";
    assert_eq!(browser.evaluate(is_disabled).await, true);
    browser.type_in("numbers", "n/a\n").await;
    browser.wait_for_text("report-invalid", "1").await;
    assert_eq!(browser.evaluate(is_disabled).await, true);
    browser.type_in("numbers", "123456789").await;
    browser.wait_for_text("report-numbers", "1").await;
    browser.wait_for(&format!("!{is_disabled}")).await;
    // Invalid settings prevent the start too.
    browser.click("settings").await;
    browser.type_in("max-concurrency", "many").await;
    browser.wait_for(is_disabled).await;
    browser
        .wait_for_text("max-concurrency-wrong", "A whole number from 1 to 10,000.")
        .await;
    assert_eq!(browser.text("requests-per-second-wrong").await, "");
    browser.screenshot("wrong-setting").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_the_name_of_its_last_file_unless_one_is_typed() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let label = async |file: &str| {
        browser.upload("file", file, b"123456789").await;
        browser.wait_for_text("held", file).await;
        browser
            .evaluate("document.querySelector('[data-testid=label]').value")
            .await
    };
    assert_eq!(label("first.txt").await, "first.txt");
    assert_eq!(label("second.txt").await, "second.txt");
    // A file name that may hold a number isn't used.
    assert_eq!(label("123-45-6789.txt").await, "");
    browser.type_in("label", "The staff").await;
    assert_eq!(label("third.txt").await, "The staff");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_show_an_estimate_for_the_list() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = numbers(10_000).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser
        .wait_for_text(
            "estimate",
            "10,000 numbers, 1,000 at a time: about 2 seconds if each request takes 200 ms.",
        )
        .await;
    browser.click("settings").await;
    browser.type_in("requests-per-second", "50").await;
    browser
        .wait_for_text("estimate", "10,000 numbers at 50 per second: 3 min 20 s.")
        .await;
    browser.screenshot("rated").await;
    visit.close().await;
}
