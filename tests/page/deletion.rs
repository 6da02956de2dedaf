//! Runs are deleted after confirmation.

use serde_json::json;

use crate::support::app::EngineKind;
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

const OPEN: &str = "document.querySelector('[data-testid=delete-ask]')?.open";

on_both_engines!(a_run_is_deleted_from_its_page_after_confirmation);

async fn a_run_is_deleted_from_its_page_after_confirmation(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.type_in("label", "The first three").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;

    // Escape cancels, and restores the focus.
    browser.click("delete").await;
    browser.wait_for(OPEN).await;
    let question = browser.text("delete-ask").await;
    assert!(
        question
            .starts_with("Delete “The first three”?\n\nIts 3 lines and all results are deleted"),
        "{question}"
    );
    let focused = "document.activeElement.dataset.testid";
    assert_eq!(browser.evaluate(focused).await, "delete-ask-no");
    visit.screenshot("delete-question").await;
    browser.type_in("delete-ask-no", "\u{e00c}").await;
    browser.wait_for(&format!("!{OPEN}")).await;
    assert_eq!(browser.evaluate(focused).await, "delete");
    assert_eq!(visit.site.app.execution(&id).await["id"], json!(id));

    browser.click("delete").await;
    browser.click("delete-ask-yes").await;
    browser.wait_for_text("heading", "History").await;
    browser
        .wait_for_text(
            "done",
            "Deleted “The first three”, with its 3 lines and all results.",
        )
        .await;
    browser
        .wait_for_text("history-empty", "No runs yet. Look up a list.")
        .await;
    let address = format!("/api/executions/{id}");
    let response = visit.site.app.get(&address).await;
    response.expect_problem(404, "unknown-execution");
    // The notice is shown once.
    browser.click("nav-new").await;
    browser.click("nav-history").await;
    browser.text("history-empty").await;
    assert!(!browser.is_visible("done").await);
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_deleted_from_the_history() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let app = &visit.site.app;
    for rows in [1, 2] {
        let id = app.start(list(&numbers(rows))).await;
        app.wait_for_end(&id).await;
    }
    browser.click("nav-history").await;
    let names = "[...document.querySelectorAll('[data-testid=history-run] b')].map(name => name.innerText).join()";
    browser
        .wait_for(&format!("{names} === 'List of 2 lines,List of 1 line'"))
        .await;
    browser.click("history-delete").await;
    browser.click("delete-ask-yes").await;
    browser
        .wait_for(&format!("{names} === 'List of 1 line'"))
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
