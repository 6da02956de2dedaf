//! A run is followed live, to its end.

use serde_json::{Value, json};

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, list};
use crate::visit::{Visit, shown};

on_both_engines!(
    a_typed_list_is_followed_live_until_every_row_is_there,
    the_same_list_through_page_and_api_gives_the_same_rows,
);

/// Twenty numbers, one of them twice, and a line that is none.
fn lines() -> Vec<String> {
    let mut lines = numbers(20);
    lines.insert(2, "n/a".to_owned());
    lines.push(lines[4].clone());
    lines
}

/// An answer for most of the lines, none yet for one of them.
async fn upstream() -> Upstream {
    let numbers = numbers(20);
    Upstream::start(
        move |number, _| match numbers.iter().position(|n| n == number) {
            Some(5) => Reply::Status(404),
            Some(7) => Reply::Status(403),
            Some(9) => Reply::Held,
            _ => Reply::Body(
                "application/json",
                r#"{"name": "Ada", "since": 1815}"#.into(),
            ),
        },
    )
    .await
}

async fn a_typed_list_is_followed_live_until_every_row_is_there(kind: Kind) {
    let upstream = upstream().await;
    let visit = Visit::new(kind, &upstream).await;
    // So high that every row is in view, and so in the document.
    visit.browser.resize(1280, 1600).await;
    let id = visit.start_typed(&lines()).await;
    visit.until_status("Running").await;
    visit.until_count("succeeded", "17").await;
    visit.until_count("not-found", "1").await;
    visit.until_count("failed", "1").await;
    visit.until_count("pending", "1").await;
    visit
        .until_rows(|rows| {
            let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
            outcomes.iter().filter(|o| **o == "Succeeded").count() == 18
                && outcomes.get(10) == Some(&"Pending")
        })
        .await;
    visit.shoot("running").await;

    upstream.release();
    visit.until_status("Finished").await;
    visit.until_count("succeeded", "18").await;
    let rows = visit
        .until_rows(|rows| rows.len() == 22 && rows[10].outcome == "Succeeded")
        .await;
    let expected: Vec<_> = visit
        .site
        .world
        .listing(&format!("/api/executions/{id}/results"))
        .await
        .iter()
        .enumerate()
        .map(|(place, row)| {
            shown(
                row,
                match place {
                    2 => "no digits",
                    6 => "the upstream has no such number",
                    8 => "the upstream refused access",
                    10 => "name: Ada Example, attempt: 0",
                    _ => "name: Ada, since: 1815",
                },
            )
        })
        .collect();
    assert_eq!(rows, expected);
    let receipt = "22 lines = 20 numbers + 1 repeated + 1 invalid. \
                   20 = 18 succeeded + 1 not found + 1 failed.";
    visit.browser.until_text("receipt", receipt).await;

    visit.browser.click("row").await;
    let body = "{\n  \"name\": \"Ada\",\n  \"since\": 1815\n}";
    visit.browser.until_text("panel-body", body).await;
    visit.browser.resize(1280, 900).await;
    visit
        .browser
        .until("document.querySelector('[data-testid=row] .time')?.checkVisibility()")
        .await;
    visit.shoot("finished-with-panel").await;
    visit.check_no_number(&numbers(20)).await;
    visit.close().await;
}

async fn the_same_list_through_page_and_api_gives_the_same_rows(kind: Kind) {
    let upstream = upstream().await;
    upstream.release();
    let visit = Visit::new(kind, &upstream).await;
    let by_page = visit.start_typed(&lines()).await;
    visit.until_status("Finished").await;
    let world = &visit.site.world;
    let by_api = world.start(list(&lines())).await;
    world.until_over(&by_api).await;
    let mut found = [world.rows(&by_page).await, world.rows(&by_api).await];
    for row in found.iter_mut().flatten() {
        // How long it took, and what the upstream says of how often it was asked, may differ.
        row["durationMs"] = Value::Null;
        if let Some(body) = row["body"].as_object_mut() {
            body.remove("attempt");
        }
    }
    let [by_page, by_api] = found;
    assert_eq!(by_page, by_api);
    let asked: Vec<_> = by_page.iter().map(|row| row["ssn"].clone()).collect();
    let brought = lines().into_iter().map(|line| match line.as_str() {
        "n/a" => Value::Null,
        _ => json!(line),
    });
    assert_eq!(asked, brought.collect::<Vec<_>>());
    visit.close().await;
}

/// Counts in `window.polls` how often the page asks how a run is doing.
fn count_polls(id: &str) -> String {
    format!(
        "(fetch => window.fetch = (call, ...rest) => {{
            if ((call.url ?? String(call)).endsWith('/{id}')) window.polls++;
            return fetch(call, ...rest);
        }})(window.fetch) && (window.polls = 0)"
    )
}

const POLLS: &str = "window.polls";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_no_longer_asked_about_once_its_page_is_left_and_the_history_shows_it_live() {
    let upstream = upstream().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let id = visit.start_typed(&lines()).await;
    browser.read(&count_polls(&id)).await;
    browser.until(POLLS).await;
    visit.until_count("succeeded", "17").await;
    browser.click("nav-history").await;
    browser
        .until("document.querySelector('[data-testid=history-run]')?.innerText.includes('Running')")
        .await;
    let before = browser.read(POLLS).await;
    let listed = "performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/api/executions')).length";
    browser.until(&format!("{listed} >= 4")).await;
    assert_eq!(browser.read(POLLS).await, before);

    upstream.release();
    browser
        .until(
            "document.querySelector('[data-testid=history-run]')?.innerText.includes('Finished')",
        )
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_tab_asks_nothing_and_is_up_to_date_once_it_is_seen_again() {
    let upstream = upstream().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let id = visit.start_typed(&lines()).await;
    browser.read(&count_polls(&id)).await;
    visit.until_count("succeeded", "17").await;
    let hide = |hidden: bool| {
        format!(
            "(Object.defineProperty(document, 'hidden', {{get: () => {hidden}, configurable: true}}),
              document.dispatchEvent(new Event('visibilitychange')), {POLLS})"
        )
    };
    let before = browser.read(&hide(true)).await;
    upstream.release();
    visit.site.world.until_over(&id).await;
    assert_eq!(browser.read(POLLS).await, before);
    browser.read(&hide(false)).await;
    visit.until_status("Finished").await;
    let after = browser.read(POLLS).await.as_u64().unwrap();
    assert!(after <= before.as_u64().unwrap() + 1, "{before}, {after}");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_its_pace_and_what_is_left() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    // More than the run comes to before it is stopped.
    let list = numbers(5_000).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser.click("settings").await;
    browser.type_in("requests-per-second", "8").await;
    visit.start().await;
    browser
        .until("document.querySelector('[data-testid=times]')?.innerText.match(/^\\d+:\\d\\d elapsed · about \\d+ min left$/)")
        .await;
    browser
        .until("document.querySelector('[data-testid=curve] .line').getAttribute('d')?.startsWith('M0 ')")
        .await;
    browser.shoot("pace").await;
    browser.click("stop").await;
    visit.until_status("Stopped").await;
    let rate: f64 = browser.text("rate").await.parse().unwrap();
    assert!(rate > 0.0 && rate < 9.0, "{rate} a second on average");
    visit.close().await;
}
