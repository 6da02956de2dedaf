//! A run is deleted, after a question.

use serde_json::json;

use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::{Kind, list};
use crate::visit::Visit;

const OPEN: &str = "document.querySelector('[data-testid=delete-ask]').open";

on_both_engines!(a_run_is_deleted_from_its_page_after_a_question);

async fn a_run_is_deleted_from_its_page_after_a_question(kind: Kind) {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.until_text("report-numbers", "3").await;
    browser.type_in("label", "The first three").await;
    let id = visit.start().await;
    visit.until_status("Finished").await;

    // Escape is a no, and the focus is where it was.
    browser.click("delete").await;
    browser.until(OPEN).await;
    let question = browser.text("delete-ask").await;
    assert!(
        question
            .starts_with("Delete “The first three”?\n\nIts 3 lines and all results are deleted"),
        "{question}"
    );
    let focused = "document.activeElement.dataset.testid";
    assert_eq!(browser.read(focused).await, "delete-ask-no");
    visit.shoot("delete-question").await;
    browser.type_in("delete-ask-no", "\u{e00c}").await;
    browser.until(&format!("!{OPEN}")).await;
    assert_eq!(browser.read(focused).await, "delete");
    assert_eq!(visit.site.world.execution(&id).await["id"], json!(id));

    browser.click("delete").await;
    browser.click("delete-ask-yes").await;
    browser.until_text("heading", "History").await;
    browser
        .until_text(
            "done",
            "Deleted “The first three”, with its 3 lines and all results.",
        )
        .await;
    browser
        .until_text("history-empty", "No runs yet. Look up a list.")
        .await;
    let address = format!("/api/executions/{id}");
    let answer = visit.site.world.get(&address).await;
    answer.expect_problem(404, "unknown-execution");
    // What was done is told once.
    browser.click("nav-new").await;
    browser.click("nav-history").await;
    browser.text("history-empty").await;
    assert!(!browser.shows("done").await);
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_runs_is_deleted_from_the_history() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let world = &visit.site.world;
    for rows in [1, 2] {
        let id = world.start(list(&numbers(rows))).await;
        world.until_over(&id).await;
    }
    browser.click("nav-history").await;
    let shown = "[...document.querySelectorAll('[data-testid=history-run] b')].map(name => name.innerText).join()";
    browser
        .until(&format!("{shown} === 'List of 2 lines,List of 1 line'"))
        .await;
    browser.click("history-delete").await;
    browser.click("delete-ask-yes").await;
    browser
        .until(&format!("{shown} === 'List of 1 line'"))
        .await;
    assert!(
        browser
            .text("done")
            .await
            .starts_with("Deleted “List of 2 lines”")
    );
    assert_eq!(browser.address().await, visit.site.at("/history"));
    visit.close().await;
}
