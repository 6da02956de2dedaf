//! Access with the printed address and its token.

use tempfile::TempDir;

use crate::browser::Browser;
use crate::program::{Port, Program};
use crate::site::Site;
use crate::support::app::EngineKind;
use crate::support::upstream::Upstream;

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_address_gives_access_and_hides_its_token() {
    let upstream = Upstream::succeeding().await;
    let data = TempDir::new().unwrap();
    let program = Program::start(&Port::reserve(), data.path(), &upstream);
    let (address, token) = program.address_and_token();

    let browser = Browser::open().await;
    browser.goto(&program.printed).await;
    browser
        .wait_for_text("heading", "Look up Social Security Numbers")
        .await;
    assert_eq!(browser.address().await, address);
    assert!(
        browser
            .text("upstream")
            .await
            .starts_with("Upstream: 127.0.0.1:")
    );
    browser.wait_until_hidden("trouble").await;
    let readable = browser
        .evaluate("document.documentElement.outerHTML + document.cookie + JSON.stringify({...localStorage})")
        .await;
    assert!(
        !readable.as_str().unwrap().contains(token),
        "a script can read the token"
    );

    // The cookie gives access from now on.
    browser.goto(&format!("{address}history")).await;
    browser.wait_for_text("heading", "History").await;
    assert_eq!(
        browser.text("history-empty").await,
        "No runs yet. Look up a list."
    );
    browser.screenshot("history-empty").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_the_page_says_where_to_find_it() {
    let upstream = Upstream::succeeding().await;
    let site = Site::new(EngineKind::Memory, &upstream).await;
    let browser = Browser::open().await;
    // The browser logs each refused call.
    browser.expect_in_console("401");
    for path in [
        "/",
        "/?token=0",
        "/history",
        "/executions/01jd0000000000000000000abc",
    ] {
        browser.goto(&site.at(path)).await;
        let notice = browser.text("trouble").await;
        let expected =
            "You aren't signed in\nOpen the address that Rollcall printed when it started";
        assert!(notice.starts_with(expected), "at {path}: {notice}");
    }
    // The last address is a run's, which no longer says that it is loading.
    browser
        .wait_for(
            "[...document.querySelectorAll('main p')]
                .filter(found => found.textContent === 'Loading the run…')
                .map(found => found.checkVisibility())
                .join() === 'false'",
        )
        .await;
    browser.screenshot("not-let-in").await;
    // The printed address gives access.
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    browser.wait_until_hidden("trouble").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_recovers_when_another_tab_gets_access() {
    let upstream = Upstream::succeeding().await;
    let site = Site::new(EngineKind::Memory, &upstream).await;
    let browser = Browser::open().await;
    browser.expect_in_console("401");
    browser.goto(&site.at("/history")).await;
    browser.text("trouble").await;
    // As another tab does: opening the printed address sets the cookie of all tabs.
    let printed = serde_json::to_string(&site.printed()).unwrap();
    browser
        .evaluate(&format!("fetch({printed}).then(() => true)"))
        .await;
    browser
        .wait_for_text("history-empty", "No runs yet. Look up a list.")
        .await;
    browser.text("upstream").await;
    browser.wait_until_hidden("trouble").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_has_a_page_that_says_so() {
    let upstream = Upstream::succeeding().await;
    let site = Site::new(EngineKind::Memory, &upstream).await;
    let browser = Browser::open().await;
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    browser.goto(&site.at("/nowhere/at/all")).await;
    browser
        .wait_for_text("heading", "There is no such page")
        .await;
    browser.close().await;
}
