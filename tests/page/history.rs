//! A run is come back to.

use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;
use crate::visit::Visit;

on_both_engines!(a_run_is_come_back_to_by_its_address_and_through_the_history);

async fn a_run_is_come_back_to_by_its_address_and_through_the_history(kind: Kind) {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.until_text("report-numbers", "3").await;
    browser.type_in("label", "The first three").await;
    let id = visit.start().await;
    visit.until_status("Finished").await;
    let rows = visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    let receipt = browser.text("receipt").await;
    let address = browser.address().await;
    assert_eq!(address, visit.site.at(&format!("/executions/{id}")));

    browser.reload().await;
    browser.until_text("heading", "The first three").await;
    visit.until_status("Finished").await;
    visit.until_rows(|found| found == rows).await;
    browser.until_text("receipt", &receipt).await;

    browser.click("nav-history").await;
    browser.until_text("heading", "History").await;
    // A screen reader begins at the heading, and knows where it is.
    browser
        .until("document.activeElement.dataset.testid === 'heading'")
        .await;
    let here = "[...document.querySelectorAll('nav [aria-current=page]')].map(link => link.innerText).join()";
    assert_eq!(browser.read(here).await, "History");
    let entry = browser.text("history-run").await;
    assert!(
        entry.contains("The first three")
            && entry.contains("3 lines")
            && entry.contains("Finished"),
        "{entry}"
    );
    visit.shoot("history").await;
    browser.click("history-run").await;
    visit.until_status("Finished").await;
    visit.until_rows(|found| found == rows).await;
    assert_eq!(browser.address().await, address);

    // A new list begins empty: nothing of the last one was kept.
    browser.click("nav-new").await;
    browser
        .until_text("heading", "Look up Social Security Numbers")
        .await;
    assert_eq!(
        browser
            .read("document.querySelector('[data-testid=numbers]').value")
            .await,
        ""
    );
    visit.check_no_number(&numbers(3)).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_not_there_is_said_plainly() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    // The browser notes each 404.
    visit.browser.expect_in_console("404");
    for path in [
        "/executions/01jd0000000000000000000abc",
        "/executions/nonsense",
        "/executions/%2Fetc%2Fpasswd",
    ] {
        visit.browser.goto(&visit.site.at(path)).await;
        visit
            .browser
            .until_text("heading", "There is no such run")
            .await;
        let said = visit.browser.text("missing").await;
        assert!(said.starts_with("It was deleted"), "{path}: {said}");
    }
    visit.browser.shoot("no-such-run").await;
    visit.close().await;
}
