//! Failed rows, and failures in groups.

use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::visit::Visit;

on_both_engines!(failed_rows_say_why_and_can_be_retried);

async fn failed_rows_say_why_and_can_be_retried(kind: EngineKind) {
    let upstream =
        Upstream::start(|_, before| Reply::Status(if before < 4 { 503 } else { 200 })).await;
    let visit = Visit::new(kind, &upstream).await;
    visit.start_typed(&numbers(5)).await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("failed", "5").await;
    let rows = visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Failed"))
        .await;
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!(
            (row.status.as_str(), row.answer.as_str()),
            ("503", "overloaded or down, 4 attempts")
        );
    }
    visit.screenshot("failed").await;
    visit.browser.wait_for_text("redrive", "Try 5 again").await;
    visit.browser.click("redrive").await;
    visit.wait_for_count("succeeded", "5").await;
    visit.wait_for_status("Finished").await;
    visit
        .wait_for_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_failures_end_the_run_with_a_reason() {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010001" { 403 } else { 200 }))
            .await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", &numbers(4).join("\n")).await;
    browser.click("settings").await;
    browser.type_in("tolerated", "10").await;
    browser
        .wait_for("document.querySelector('[data-testid=settings-line]').innerText.includes('more than 10% fail')")
        .await;
    visit.start().await;
    visit.wait_for_status("Failed").await;
    let reason = browser.text("reason").await;
    assert!(reason.contains("more than the 10 % tolerated"), "{reason}");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_filtered_and_retried_by_group() {
    let list = numbers(9);
    let refused = list[..2].to_vec();
    let overloaded = list[2..6].to_vec();
    let upstream = Upstream::start(move |number, before| {
        let is_in = |group: &[String]| group.iter().any(|other| other == number);
        Reply::Status(match before {
            _ if is_in(&refused) => 403,
            0..4 if is_in(&overloaded) => 503,
            _ => 200,
        })
    })
    .await;
    let visit = Visit::new(EngineKind::Disk, &upstream).await;
    let browser = &visit.browser;
    let id = visit.start_typed(&list).await;
    visit.wait_for_status("Finished").await;
    let chips =
        "[...document.querySelectorAll('[data-testid=chip-group]')].map(chip => chip.innerText)";
    browser
        .wait_for(&format!(
            "{chips}.join() === '503 overloaded 4,403 access refused 2'"
        ))
        .await;
    browser.wait_for_text("redrive", "Try 6 again").await;
    assert!(!browser.is_visible("redrive-these").await);

    browser.click("chip-group").await;
    visit
        .wait_for_rows(|rows| rows.len() == 4 && rows.iter().all(|row| row.status == "503"))
        .await;
    browser
        .wait_for_text("redrive-these", "Try these 4 again")
        .await;
    browser.screenshot("group").await;
    browser.click("redrive-these").await;
    visit.wait_for_count("succeeded", "7").await;
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("failed", "2").await;
    assert_eq!(visit.site.app.execution(&id).await["pass"], 2);
    for number in &list[..2] {
        assert_eq!(
            upstream.request_counts()[number],
            1,
            "a number of the other group was requested again"
        );
    }
    // The selected chip stays, although no row matches.
    browser.wait_for_text("rows-note", "No row matches.").await;
    browser.click("chip-failed").await;
    visit
        .wait_for_rows(|rows| rows.len() == 2 && rows.iter().all(|row| row.status == "403"))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_the_pass_before_are_not_shown_in_a_redrive() {
    let list = numbers(3);
    let refused = list[0].clone();
    let upstream = Upstream::start(move |number, before| match before {
        _ if number == refused => Reply::Status(403),
        0..4 => Reply::Status(503),
        _ => Reply::Held,
    })
    .await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    visit.start_typed(&list).await;
    visit.wait_for_status("Finished").await;
    let chips = "[...document.querySelectorAll('[data-testid=chip-group]')].map(chip => chip.innerText).join()";
    browser
        .wait_for(&format!(
            "{chips} === '503 overloaded 2,403 access refused 1'"
        ))
        .await;
    browser.click("chip-group").await;
    // The failures of the next pass never arrive.
    browser
        .evaluate(
            "(fetch => window.fetch = (call, ...rest) =>
                call.url.endsWith('/failures') ? new Promise(() => {}) : fetch(call, ...rest)
            )(window.fetch) && null",
        )
        .await;
    browser.click("redrive-these").await;
    visit.wait_for_count("failed", "1").await;
    // The selected chip stays.
    browser
        .wait_for(&format!("{chips} === '503 overloaded 0'"))
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_upstream_is_named_with_advice() {
    let upstream = Upstream::unreachable();
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    visit.start_typed(&numbers(3)).await;
    visit.wait_for_status("Finished").await;
    let advice = visit.browser.text("advice").await;
    let (host, _) = visit.site.app.fetcher.upstream();
    let starts = format!("{host} can't be reached\n3 numbers failed: no connection was made.");
    assert!(advice.starts_with(&starts), "{advice}");
    assert!(advice.contains("firewall"), "{advice}");
    visit.browser.screenshot("upstream-unreachable").await;
    visit.close().await;
}
