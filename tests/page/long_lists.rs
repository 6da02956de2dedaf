//! Lists that no screen holds.

use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;
use crate::visit::Visit;

on_both_engines!(twenty_thousand_lines_stand_in_the_document_only_where_they_are_seen);

/// Rows that a window of this height may draw, with what is drawn ahead.
const DRAWN: u64 = 60;

const NODES: &str = "document.querySelectorAll('[data-testid=rows] [role=row]').length";

async fn twenty_thousand_lines_stand_in_the_document_only_where_they_are_seen(kind: Kind) {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(kind, &upstream).await;
    let browser = &visit.browser;
    let mut lines = numbers(20_000);
    lines[19_998] = "the last but one".to_owned();
    browser
        .upload("file", "list.txt", lines.join("\r\n").as_bytes())
        .await;
    browser.until_text("report-numbers", "19,999").await;
    browser.until_text("report-invalid", "1").await;
    let id = visit.start().await;
    visit.until_status("Finished").await;
    visit.until_count("succeeded", "19,999").await;
    let first = visit
        .until_rows(|rows| rows.iter().all(|row| row.outcome == "Succeeded"))
        .await;
    assert_eq!(first[0].place, "1");
    assert_eq!(first[0].number, "•••-••-0001");
    assert!(browser.read(NODES).await.as_u64().unwrap() < DRAWN);
    assert_eq!(
        browser
            .read("document.querySelector('[data-testid=rows]').ariaRowCount")
            .await,
        "20001"
    );
    // The whole run is on one screen, and only its rows scroll.
    browser
        .until(
            "document.documentElement.scrollHeight <= innerHeight
                && document.querySelector('[data-testid=receipt]').getBoundingClientRect().bottom <= innerHeight",
        )
        .await;
    visit.shoot("long-top").await;

    // To the end, by the scroll bar.
    browser
        .read("document.querySelector('[data-testid=rows]').scrollTop = 1e9")
        .await;
    let last = visit
        .until_rows(|rows| rows.last().is_some_and(|row| row.place == "20,000"))
        .await;
    let api = visit
        .site
        .world
        .listing(&format!("/api/executions/{id}/results?first=19998"))
        .await;
    let [.., last_but_one, last] = &last[..] else {
        panic!("two rows");
    };
    assert_eq!(
        (last_but_one.outcome.as_str(), last_but_one.number.as_str()),
        ("Invalid", "—")
    );
    assert_eq!(last.outcome, "Succeeded");
    let ssn = api[1]["ssn"].as_str().unwrap();
    assert_eq!(last.number, ssn.replace('*', "•"));
    assert!(browser.read(NODES).await.as_u64().unwrap() < DRAWN);
    let is_in_view = "(() => {
        const row = document.getElementById('row-19999')?.getBoundingClientRect();
        const table = document.querySelector('[data-testid=rows]').getBoundingClientRect();
        return !!row && row.top >= table.top && row.bottom <= table.bottom + 1;
    })()";
    browser.until(is_in_view).await;
    visit.shoot("long-end").await;

    // And back and forth by the keys.
    browser.type_in("rows", "\u{e011}").await; // Home
    visit.until_rows(|rows| rows[0].place == "1").await;
    browser.type_in("rows", "\u{e010}").await; // End
    browser.until(is_in_view).await;

    // What went wrong is found without scrolling.
    browser.click("chip-invalid").await;
    let wrong = visit.until_rows(|rows| rows.len() == 1).await;
    assert_eq!(
        (wrong[0].place.as_str(), wrong[0].answer.as_str()),
        ("19,999", "no digits")
    );
    let some: Vec<_> = lines.iter().take(50).collect();
    visit.check_no_number(&some).await;
    visit.close().await;
}
