//! A run on a phone.

use serde_json::json;

use crate::browser::LOOKS;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::{Kind, list};
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_rows_scroll_with_the_page_and_keep_what_there_is_room_for() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let world = &visit.site.world;
    let id = world.start(list(&numbers(300))).await;
    world.until_over(&id).await;
    browser.look(LOOKS[2]).await;
    browser
        .goto(&visit.site.at(&format!("/executions/{id}")))
        .await;
    let seen = "[...document.querySelector('[data-testid=row]').children]
        .filter(cell => cell.checkVisibility()).map(cell => cell.textContent)";
    browser
        .until(&format!(
            "document.querySelector('[data-testid=row] .outcome') && {seen}.length === 3"
        ))
        .await;
    assert_eq!(
        browser.read(seen).await,
        json!(["•••-••-0001", "Succeeded", "200"])
    );
    let measured = browser
        .read(
            "[document.querySelector('[data-testid=row]').offsetHeight,
              getComputedStyle(document.querySelector('[data-testid=rows]')).overflowY,
              document.documentElement.scrollWidth <= innerWidth]",
        )
        .await;
    assert_eq!(measured, json!([44, "clip", true]));
    browser.shoot("phone-top").await;

    // To the end, by the page; only what is seen is in the document.
    browser.read("(scrollTo(0, 1e9), true)").await;
    let last = visit
        .until_rows(|rows| rows.last().is_some_and(|row| row.place == "300"))
        .await;
    assert!(last.len() < 60, "{}", last.len());
    let end = "document.querySelector('[data-testid=row]:last-child').getBoundingClientRect().bottom <= innerHeight";
    browser.until(end).await;
    // The head stays in view.
    let head = "Math.round(document.querySelector('.row.head').getBoundingClientRect().top)";
    assert_eq!(browser.read(head).await, 0);
    browser.shoot("phone-end").await;

    // By the keyboard to its beginning.
    browser.type_in("rows", "\u{e011}").await;
    visit.until_rows(|rows| rows[0].place == "1").await;
    browser.click("row").await;
    browser.until_text("panel-number", "•••-••-0001").await;
    browser.shoot("phone-panel").await;
    visit.close().await;
}
