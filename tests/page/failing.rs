//! What goes wrong is told.

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::Kind;
use crate::visit::Visit;

on_both_engines!(an_upstream_that_fails_is_told_in_every_row_and_asked_again_on_demand);

async fn an_upstream_that_fails_is_told_in_every_row_and_asked_again_on_demand(kind: Kind) {
    let upstream =
        Upstream::start(|_, before| Reply::Status(if before < 4 { 503 } else { 200 })).await;
    let visit = Visit::new(kind, &upstream).await;
    visit.start_typed(&numbers(5)).await;
    visit.until_status("Finished").await;
    visit.until_count("failed", "5").await;
    let rows = visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Failed"))
        .await;
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!(
            (row.status.as_str(), row.answer.as_str()),
            ("503", "overloaded or down, 4 attempts")
        );
    }
    visit.shoot("failed").await;
    assert_eq!(visit.browser.text("redrive").await, "Try 5 again");
    visit.browser.click("redrive").await;
    visit.until_count("succeeded", "5").await;
    visit.until_status("Finished").await;
    visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_failures_than_are_tolerated_end_the_run_and_the_page_says_why() {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010001" { 403 } else { 200 }))
            .await;
    let visit = Visit::new(Kind::Disk, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(4).join("\n")).await;
    browser.click("settings").await;
    browser.type_in("tolerated", "10").await;
    browser
        .until("document.querySelector('[data-testid=settings-line]').innerText.includes('more than 10% fail')")
        .await;
    visit.start().await;
    visit.until_status("Failed").await;
    let reason = browser.text("reason").await;
    assert!(reason.contains("more than the 10 % tolerated"), "{reason}");
    visit.close().await;
}
