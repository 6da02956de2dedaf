//! Full numbers are shown on demand, and never stored.

use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

const OPEN: &str = "document.querySelector('[data-testid=reveal-ask]')?.open";

#[tokio::test(flavor = "multi_thread")]
async fn full_numbers_are_shown_on_demand_and_not_kept() {
    let list = numbers(5);
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    visit.start_typed(&list).await;
    visit.wait_for_status("Finished").await;
    let dashed: Vec<String> = list
        .iter()
        .map(|number| format!("{}-{}-{}", &number[..3], &number[3..5], &number[5..]))
        .collect();
    let all_shown = |rows: &[crate::visit::Row]| {
        let shown = rows.iter().map(|row| row.number.as_str());
        shown.eq(dashed.iter().map(String::as_str))
    };
    visit.wait_for_rows(|rows| rows.len() == 5).await;

    // Nothing is shown before the dialog is confirmed.
    browser.click("reveal").await;
    browser.wait_for(OPEN).await;
    browser.screenshot("reveal-question").await;
    let question = browser.text("reveal-ask").await;
    assert!(question.contains("records in its log"), "{question}");
    browser.click("reveal-ask-no").await;
    browser.wait_for(&format!("!{OPEN}")).await;
    visit.check_no_number(&list).await;

    browser.click("reveal").await;
    browser.click("reveal-ask-yes").await;
    visit.wait_for_rows(all_shown).await;
    browser.click("row").await;
    browser.wait_for_text("panel-number", &dashed[0]).await;
    browser.screenshot("revealed").await;

    // Masked again in the table; the panel is closed.
    browser.click("reveal").await;
    visit
        .wait_for_rows(|rows| {
            rows.len() == 5 && rows.iter().all(|row| row.number.starts_with("•••"))
        })
        .await;
    browser.wait_until_hidden("panel").await;
    visit.check_no_number(&list).await;

    // The dialog is shown once per visit; a reloaded page is masked.
    browser.click("reveal").await;
    visit.wait_for_rows(all_shown).await;
    browser.reload().await;
    visit
        .wait_for_rows(|rows| {
            rows.len() == 5 && rows.iter().all(|row| row.number.starts_with("•••"))
        })
        .await;
    visit.check_no_number(&list).await;
    visit.close().await;
}
