//! A run is stopped, and goes on.

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::Kind;
use crate::visit::Visit;

on_both_engines!(a_stop_keeps_what_was_fetched_and_trying_again_goes_on_to_the_end);

async fn a_stop_keeps_what_was_fetched_and_trying_again_goes_on_to_the_end(kind: Kind) {
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
    visit.until_count("succeeded", "10").await;
    upstream.until_total(15).await;
    assert!(!visit.browser.shows("redrive").await);
    visit.browser.click("stop").await;
    visit.until_status("Stopped").await;
    visit.until_count("succeeded", "10").await;
    visit.until_count("not-tried", "5").await;
    let reason = visit.browser.text("reason").await;
    assert!(reason.contains("5 numbers were not tried"), "{reason}");
    let rows = visit
        .until_rows(|rows| rows.get(14).is_some_and(|row| row.outcome == "Not tried"))
        .await;
    assert_eq!(rows[9].outcome, "Succeeded");
    assert_eq!(rows[14].answer, "the run ended before it was requested");
    assert!(!visit.browser.shows("stop").await);
    visit.shoot("stopped").await;

    upstream.release();
    let before = upstream.asked();
    let words = "Continue with the 5 not tried";
    visit.browser.until_text("redrive", words).await;
    visit.browser.click("redrive").await;
    visit.until_status("Finished").await;
    visit.until_count("succeeded", "15").await;
    visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    assert!(!visit.browser.shows("redrive").await);
    let after = upstream.asked();
    assert!(
        list[..10]
            .iter()
            .all(|number| after[number] == before[number]),
        "an answer is never asked for again"
    );
    assert_eq!(visit.site.world.execution(&id).await["pass"], 2);
    visit.check_no_number(&list).await;
    visit.shoot("tried-again").await;
    visit.close().await;
}
