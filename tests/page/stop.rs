//! A run is stopped and continued.

use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::visit::Visit;

on_both_engines!(a_stopped_run_keeps_its_rows_and_can_be_continued);

async fn a_stopped_run_keeps_its_rows_and_can_be_continued(kind: EngineKind) {
    let list = numbers(15);
    let answered = list[..10].to_vec();
    let upstream = Upstream::start(move |number, _| {
        if answered.iter().any(|answered| answered == number) {
            Reply::Status(200)
        } else {
            Reply::Held
        }
    })
    .await;
    let visit = Visit::new(kind, &upstream).await;
    let id = visit.start_typed(&list).await;
    visit.wait_for_count("succeeded", "10").await;
    upstream.wait_for_requests(15).await;
    assert!(!visit.browser.is_visible("redrive").await);
    visit.browser.click("stop").await;
    visit.wait_for_status("Stopped").await;
    visit.wait_for_count("succeeded", "10").await;
    visit.wait_for_count("not-tried", "5").await;
    let reason = visit.browser.text("reason").await;
    assert!(reason.contains("5 numbers were not tried"), "{reason}");
    let rows = visit
        .wait_for_rows(|rows| rows.get(14).is_some_and(|row| row.outcome == "Not tried"))
        .await;
    assert_eq!(rows[9].outcome, "Succeeded");
    assert_eq!(rows[14].answer, "the run ended before it was requested");
    assert!(!visit.browser.is_visible("stop").await);
    visit.screenshot("stopped").await;

    upstream.release();
    let before = upstream.request_counts();
    let words = "Continue with the 5 not tried";
    visit.browser.wait_for_text("redrive", words).await;
    visit.browser.click("redrive").await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("succeeded", "15").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    assert!(!visit.browser.is_visible("redrive").await);
    let after = upstream.request_counts();
    assert!(
        list[..10]
            .iter()
            .all(|number| after[number] == before[number]),
        "an answered number was requested again"
    );
    assert_eq!(visit.site.app.execution(&id).await["pass"], 2);
    visit.check_no_number(&list).await;
    visit.screenshot("tried-again").await;
    visit.close().await;
}
