//! A run is followed to its end.

use serde_json::{Value, json};

use crate::support::app::EngineKind;
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::visit::{Visit, expected_row};

on_both_engines!(
    a_typed_list_is_followed_until_every_row_has_arrived,
    page_and_api_give_the_same_rows,
);

/// Twenty numbers, one of them twice, and a line without a number.
fn lines() -> Vec<String> {
    let mut lines = numbers(20);
    lines.insert(2, "n/a".to_owned());
    lines.push(lines[4].clone());
    lines
}

/// An upstream that answers most of the lines, and holds one.
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

async fn a_typed_list_is_followed_until_every_row_has_arrived(kind: EngineKind) {
    let upstream = upstream().await;
    let visit = Visit::new(kind, &upstream).await;
    // High enough for all rows: only visible rows are in the document.
    visit.browser.resize(1280, 1600).await;
    let id = visit.start_typed(&lines()).await;
    visit.wait_for_status("Running").await;
    visit.wait_for_count("succeeded", "17").await;
    visit.wait_for_count("not-found", "1").await;
    visit.wait_for_count("failed", "1").await;
    visit.wait_for_count("pending", "1").await;
    visit
        .wait_for_rows(|rows| {
            let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
            outcomes.iter().filter(|o| **o == "Succeeded").count() == 18
                && outcomes.get(10) == Some(&"Pending")
        })
        .await;
    visit.screenshot("running").await;

    upstream.release();
    visit.wait_for_status("Finished").await;
    visit.wait_for_count("succeeded", "18").await;
    let rows = visit
        .wait_for_rows(|rows| rows.len() == 22 && rows[10].outcome == "Succeeded")
        .await;
    let expected: Vec<_> = visit
        .site
        .app
        .all_rows(&format!("/api/executions/{id}/results"))
        .await
        .iter()
        .enumerate()
        .map(|(place, row)| {
            expected_row(
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
    visit.browser.wait_for_text("receipt", receipt).await;

    visit.browser.click("row").await;
    let body = "{\n  \"name\": \"Ada\",\n  \"since\": 1815\n}";
    visit.browser.wait_for_text("panel-body", body).await;
    visit.browser.resize(1280, 900).await;
    visit
        .browser
        .wait_for("document.querySelector('[data-testid=row] .time')?.checkVisibility()")
        .await;
    visit.screenshot("finished-with-panel").await;
    visit.check_no_number(&numbers(20)).await;
    visit.close().await;
}

async fn page_and_api_give_the_same_rows(kind: EngineKind) {
    let upstream = upstream().await;
    upstream.release();
    let visit = Visit::new(kind, &upstream).await;
    let by_page = visit.start_typed(&lines()).await;
    visit.wait_for_status("Finished").await;
    let app = &visit.site.app;
    let by_api = app.start(list(&lines())).await;
    app.wait_for_end(&by_api).await;
    let mut found = [app.rows(&by_page).await, app.rows(&by_api).await];
    for row in found.iter_mut().flatten() {
        // The duration and the upstream's count of attempts may differ.
        row["durationMs"] = Value::Null;
        if let Some(body) = row["body"].as_object_mut() {
            body.remove("attempt");
        }
    }
    let [by_page, by_api] = found;
    assert_eq!(by_page, by_api);
    let fetched: Vec<_> = by_page.iter().map(|row| row["ssn"].clone()).collect();
    let expected = lines().into_iter().map(|line| match line.as_str() {
        "n/a" => Value::Null,
        _ => json!(line),
    });
    assert_eq!(fetched, expected.collect::<Vec<_>>());
    visit.close().await;
}

/// Counts in `window.polls` how many polls of a run the page starts.
fn count_polls(id: &str) -> String {
    format!(
        "(fetch => window.fetch = (call, ...rest) => {{
            if ((call.url ?? String(call)).endsWith('/{id}')) window.polls++;
            return fetch(call, ...rest);
        }})(window.fetch) && (window.polls = 0)"
    )
}

const POLLS: &str = "window.polls";

/// Counts the timers that are started from now on, and those of them that fire in a hidden tab.
const COUNT_HIDDEN_TIMERS: &str = "(setTimeout => window.setTimeout = (call, ...rest) => {
    window.timers++;
    return setTimeout(() => {
        window.firedHidden += document.hidden;
        call();
    }, ...rest);
})(window.setTimeout.bind(window)) && (window.timers = window.firedHidden = 0)";

#[tokio::test(flavor = "multi_thread")]
async fn leaving_a_run_ends_its_polls_and_the_history_is_live() {
    let upstream = upstream().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let id = visit.start_typed(&lines()).await;
    browser.evaluate(&count_polls(&id)).await;
    browser.wait_for(POLLS).await;
    visit.wait_for_count("succeeded", "17").await;
    browser.click("nav-history").await;
    browser
        .wait_for(
            "document.querySelector('[data-testid=history-run]')?.innerText.includes('Running')",
        )
        .await;
    let before = browser.evaluate(POLLS).await;
    let listed = "performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/api/executions')).length";
    browser.wait_for(&format!("{listed} >= 4")).await;
    assert_eq!(browser.evaluate(POLLS).await, before);

    upstream.release();
    browser
        .wait_for(
            "document.querySelector('[data-testid=history-run]')?.innerText.includes('Finished')",
        )
        .await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_tab_does_not_poll_until_it_is_visible() {
    let upstream = upstream().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let id = visit.start_typed(&lines()).await;
    browser.evaluate(&count_polls(&id)).await;
    visit.wait_for_count("succeeded", "17").await;
    let hide = |hidden: bool| {
        format!(
            "(Object.defineProperty(document, 'hidden', {{get: () => {hidden}, configurable: true}}),
              document.dispatchEvent(new Event('visibilitychange', {{bubbles: true}})), {POLLS})"
        )
    };
    browser.evaluate(COUNT_HIDDEN_TIMERS).await;
    // A poll in flight starts another timer.
    browser.wait_for("window.timers").await;
    let before = browser.evaluate(&hide(true)).await;
    browser.wait_for("window.firedHidden").await;
    upstream.release();
    visit.site.app.wait_for_end(&id).await;
    assert_eq!(browser.evaluate(POLLS).await, before);
    browser.evaluate(&hide(false)).await;
    visit.wait_for_status("Finished").await;
    let after = browser.evaluate(POLLS).await.as_u64().unwrap();
    assert!(after <= before.as_u64().unwrap() + 1, "{before}, {after}");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_run_shows_its_rate_and_the_time_left() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    // More than the run fetches before it is stopped.
    let list = numbers(5_000).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser.click("settings").await;
    browser.type_in("requests-per-second", "8").await;
    visit.start().await;
    browser
        .wait_for("document.querySelector('[data-testid=times]')?.innerText.match(/^\\d+:\\d\\d elapsed · about \\d+ min left$/)")
        .await;
    browser
        .wait_for("document.querySelector('[data-testid=curve] .line').getAttribute('d')?.startsWith('M0 ')")
        .await;
    browser.screenshot("pace").await;
    browser.click("stop").await;
    visit.wait_for_status("Stopped").await;
    let rate: f64 = browser.text("rate").await.parse().unwrap();
    assert!(rate > 0.0 && rate < 9.0, "{rate} a second on average");
    visit.close().await;
}
