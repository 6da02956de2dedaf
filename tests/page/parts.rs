//! Pages whose code is loaded when it is first needed.

use serde_json::json;

use crate::browser::Browser;
use crate::support::app::EngineKind;
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

/// How many files of shared code a page needs: what it shares with each other part, and with both.
const SHARED: usize = 3;

/// Waits until the code of lists and of the run page has arrived. The page loads it once it has a list.
pub async fn wait_for_run_code(browser: &Browser) {
    // History and the run page share a file that lists don't need.
    let shared = ",shared,fetch".repeat(SHARED + 1);
    let loaded = format!("({LOADED}).join() === 'list,fetch,run,fetch{shared}'");
    browser.wait_for(&loaded).await;
}

/// The files of the pages' code that were loaded: their names up to the hash, and their initiators.
const LOADED: &str = "performance.getEntriesByType('resource')
    .map(entry => [new URL(entry.name).pathname.slice(1).split('-')[0], entry.initiatorType])
    .filter(([name]) => ['list', 'run', 'history', 'shared'].includes(name))
    .sort()";

/// The initiator of each load of the program, which the page's HTML preloads.
const PROGRAM_LOADS: &str = "performance.getEntriesByType('resource')
    .filter(entry => new URL(entry.name).pathname.startsWith('/rollcall_bg-'))
    .map(entry => entry.initiatorType)";

/// Opens the page. Files whose path starts with `file` fail to load.
async fn visit_with_failing(upstream: &Upstream, file: &'static str) -> Visit {
    let visit = Visit::new(EngineKind::Memory, upstream).await;
    visit.browser.expect_in_console("503");
    visit.browser.expect_in_console("TypeError");
    visit.site.fail_file(Some(file));
    visit
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_loads_no_other_pages_code() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.text("upstream").await;
    assert_eq!(browser.evaluate(LOADED).await, json!([]));
    assert_eq!(browser.evaluate(PROGRAM_LOADS).await, json!(["link"]));
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    wait_for_run_code(browser).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_preloads_its_pages_code() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let id = visit.site.app.start(list(&numbers(3))).await;
    visit.site.app.wait_for_end(&id).await;
    let run = format!("/executions/{id}");
    for (path, shows, part) in [
        (run.as_str(), "status", "run"),
        ("/history", "history", "history"),
    ] {
        browser.goto(&visit.site.at(path)).await;
        browser.text(shows).await;
        let loaded = browser.evaluate(LOADED).await;
        let mut expected = vec![json!([part, "link"])];
        expected.extend(vec![json!(["shared", "link"]); SHARED]);
        assert_eq!(loaded, json!(expected));
        assert_eq!(browser.evaluate(PROGRAM_LOADS).await, json!(["link"]));
    }
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_fails_to_load_is_loaded_again_on_demand() {
    let upstream = Upstream::succeeding().await;
    for (file, requests) in [("/history-", 1), ("/shared-", SHARED as u64)] {
        // Each file needs a browser whose cache is empty.
        let visit = visit_with_failing(&upstream, file).await;
        let (browser, site) = (&visit.browser, &visit.site);
        browser.click("nav-history").await;
        let error = browser.text("load-error").await;
        assert!(
            error.starts_with("This part of the page can't be loaded\n"),
            "{error}"
        );
        let title = browser.evaluate("document.title").await;
        assert_eq!(title, "History · Rollcall");
        browser.screenshot("load-error").await;
        // The second attempt fails too.
        browser.click("load-again").await;
        site.wait_for_failures(2 * requests).await;
        browser.text("load-error").await;
        site.fail_file(None);
        browser.click("load-again").await;
        browser.wait_for_text("heading", "History").await;
        browser.wait_until_hidden("load-error").await;
        visit.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_failed_to_load_is_loaded_again_on_return() {
    let upstream = Upstream::succeeding().await;
    let visit = visit_with_failing(&upstream, "/history-").await;
    let (browser, site) = (&visit.browser, &visit.site);
    browser.click("nav-history").await;
    browser.text("load-error").await;
    // Each return makes a new attempt.
    for failures in [2, 3] {
        browser.click("nav-new").await;
        browser
            .wait_for_text("heading", "Look up Social Security Numbers")
            .await;
        browser.click("nav-history").await;
        site.wait_for_failures(failures).await;
        browser.text("load-error").await;
    }
    site.fail_file(None);
    browser.click("nav-new").await;
    browser.click("nav-history").await;
    browser.wait_for_text("heading", "History").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_shown_once_its_code_can_be_loaded() {
    let upstream = Upstream::succeeding().await;
    let visit = visit_with_failing(&upstream, "/list-").await;
    let (browser, site) = (&visit.browser, &visit.site);
    browser.type_in("numbers", "123-45-6789").await;
    browser.text("load-error").await;
    // The run can be started all the same.
    browser.wait_for_text("start", "Look up 1 number").await;
    site.fail_file(None);
    browser.click("load-again").await;
    browser.wait_for_text("report-numbers", "1").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_whose_prefetch_failed_is_loaded_when_needed() {
    let upstream = Upstream::succeeding().await;
    let visit = visit_with_failing(&upstream, "/run-").await;
    let (browser, site) = (&visit.browser, &visit.site);
    browser.type_in("numbers", "123-45-6789").await;
    site.wait_for_failures(1).await;
    site.fail_file(None);
    browser.click("start").await;
    browser.wait_for_text("status", "Finished").await;
    visit.close().await;
}
