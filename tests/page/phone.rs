//! A run on a phone.

use serde_json::json;

use crate::browser::VIEWPORTS;
use crate::support::app::EngineKind;
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_rows_scroll_with_the_page() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let app = &visit.site.app;
    let id = app.start(list(&numbers(300))).await;
    app.wait_for_end(&id).await;
    browser.emulate(VIEWPORTS[2]).await;
    browser
        .goto(&visit.site.at(&format!("/executions/{id}")))
        .await;
    let seen = "[...document.querySelector('[data-testid=row]').children]
        .filter(cell => cell.checkVisibility()).map(cell => cell.textContent)";
    browser
        .wait_for(&format!(
            "document.querySelector('[data-testid=row] .outcome') && {seen}.length === 3"
        ))
        .await;
    assert_eq!(
        browser.evaluate(seen).await,
        json!(["•••-••-0001", "Succeeded", "200"])
    );
    let measured = browser
        .evaluate(
            "[document.querySelector('[data-testid=row]').offsetHeight,
              getComputedStyle(document.querySelector('[data-testid=rows]')).overflowY,
              document.documentElement.scrollWidth <= innerWidth]",
        )
        .await;
    assert_eq!(measured, json!([44, "clip", true]));
    browser.screenshot("phone-top").await;

    // To the end, by scrolling the page; only visible rows are in the document.
    browser.evaluate("(scrollTo(0, 1e9), true)").await;
    let last = visit
        .wait_for_rows(|rows| rows.last().is_some_and(|row| row.place == "300"))
        .await;
    assert!(last.len() < 60, "{}", last.len());
    let end = "document.querySelector('[data-testid=row]:last-child').getBoundingClientRect().bottom <= innerHeight";
    browser.wait_for(end).await;
    // The table's header stays in view.
    let head = "Math.round(document.querySelector('.row.head').getBoundingClientRect().top)";
    assert_eq!(browser.evaluate(head).await, 0);
    browser.screenshot("phone-end").await;

    // To the beginning, by the keyboard.
    browser.type_in("rows", "\u{e011}").await;
    visit.wait_for_rows(|rows| rows[0].place == "1").await;
    browser.click("row").await;
    browser.wait_for_text("panel-number", "•••-••-0001").await;
    browser.screenshot("phone-panel").await;
    visit.close().await;
}
