//! A run is opened again.

use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

on_both_engines!(a_run_opens_by_its_address_and_from_the_history);

async fn a_run_opens_by_its_address_and_from_the_history(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.type_in("label", "The first three").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    let rows = visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    let receipt = browser.text("receipt").await;
    let address = browser.address().await;
    assert_eq!(address, visit.site.at(&format!("/executions/{id}")));

    browser.reload().await;
    browser.wait_for_text("heading", "The first three").await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_rows(|found| found == rows).await;
    browser.wait_for_text("receipt", &receipt).await;

    browser.click("nav-history").await;
    browser.wait_for_text("heading", "History").await;
    // The heading has the focus, and the navigation marks the page.
    browser
        .wait_for("document.activeElement.dataset.testid === 'heading'")
        .await;
    let here = "[...document.querySelectorAll('nav [aria-current=page]')].map(link => link.innerText).join()";
    assert_eq!(browser.evaluate(here).await, "History");
    let entry = browser.text("history-run").await;
    assert!(
        entry.contains("The first three")
            && entry.contains("3 lines")
            && entry.contains("Finished"),
        "{entry}"
    );
    visit.screenshot("history").await;
    browser.click("history-run").await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_rows(|found| found == rows).await;
    assert_eq!(browser.address().await, address);

    // A new list is empty: nothing of the last one was kept.
    browser.click("nav-new").await;
    browser
        .wait_for_text("heading", "Look up Social Security Numbers")
        .await;
    assert_eq!(
        browser
            .evaluate("document.querySelector('[data-testid=numbers]').value")
            .await,
        ""
    );
    visit.check_no_number(&numbers(3)).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_run_has_a_page_that_says_so() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    // The browser logs each 404.
    visit.browser.expect_in_console("404");
    for path in [
        "/executions/01jd0000000000000000000abc",
        "/executions/nonsense",
        "/executions/%2Fetc%2Fpasswd",
    ] {
        visit.browser.goto(&visit.site.at(path)).await;
        visit
            .browser
            .wait_for_text("heading", "There is no such run")
            .await;
        let notice = visit.browser.text("missing").await;
        assert!(notice.starts_with("It was deleted"), "{path}: {notice}");
    }
    visit.browser.screenshot("no-such-run").await;
    visit.close().await;
}
