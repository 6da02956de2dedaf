//! How a browser is let in.

use tempfile::TempDir;

use crate::browser::Browser;
use crate::program::{Port, Program};
use crate::site::Site;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;

const NO_TROUBLE: &str = "!document.querySelector('[data-testid=trouble]')?.checkVisibility()";

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_the_program_prints_lets_the_browser_in_and_its_token_leaves_the_address_bar()
 {
    let upstream = Upstream::quick().await;
    let data = TempDir::new().unwrap();
    let program = Program::start(&Port::reserve(), data.path(), &upstream);
    let (address, token) = program.address_and_token();

    let browser = Browser::open().await;
    browser.goto(&program.printed).await;
    browser
        .until_text("heading", "Look up Social Security Numbers")
        .await;
    assert_eq!(browser.address().await, address);
    assert!(
        browser
            .text("upstream")
            .await
            .starts_with("Upstream: 127.0.0.1:")
    );
    browser.until(NO_TROUBLE).await;
    let told = browser
        .read("document.documentElement.outerHTML + document.cookie + JSON.stringify({...localStorage})")
        .await;
    assert!(
        !told.as_str().unwrap().contains(token),
        "a script can read the token"
    );

    // Let in for good: no token is needed any more.
    browser.goto(&format!("{address}history")).await;
    browser.until_text("heading", "History").await;
    assert_eq!(
        browser.text("history-empty").await,
        "No runs yet. Look up a list."
    );
    browser.shoot("history-empty").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_token_the_page_says_where_it_is() {
    let upstream = Upstream::quick().await;
    let site = Site::new(Kind::Memory, &upstream).await;
    let browser = Browser::open().await;
    // The page asks, and is refused: the browser notes that.
    browser.expect_in_console("401");
    for path in [
        "/",
        "/?token=0",
        "/history",
        "/executions/01jd0000000000000000000abc",
    ] {
        browser.goto(&site.at(path)).await;
        let told = browser.text("trouble").await;
        let starts = "You aren't signed in\nOpen the address that Rollcall printed when it started";
        assert!(told.starts_with(starts), "at {path}: {told}");
        let shown = browser.read("document.body.innerText").await;
        assert!(!shown.as_str().unwrap().contains("Asking"), "at {path}");
    }
    browser.shoot("not-let-in").await;
    // With the token it goes on.
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    browser.until(NO_TROUBLE).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_not_let_in_goes_on_by_itself_once_another_tab_is() {
    let upstream = Upstream::quick().await;
    let site = Site::new(Kind::Memory, &upstream).await;
    let browser = Browser::open().await;
    browser.expect_in_console("401");
    browser.goto(&site.at("/history")).await;
    browser.text("trouble").await;
    // What another tab does: the printed address is opened, and its cookie is every tab's.
    let printed = serde_json::to_string(&site.printed()).unwrap();
    browser
        .read(&format!("fetch({printed}).then(() => true)"))
        .await;
    browser
        .until_text("history-empty", "No runs yet. Look up a list.")
        .await;
    browser.text("upstream").await;
    browser.until(NO_TROUBLE).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_page_says_so() {
    let upstream = Upstream::quick().await;
    let site = Site::new(Kind::Memory, &upstream).await;
    let browser = Browser::open().await;
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    browser.goto(&site.at("/nowhere/at/all")).await;
    browser.until_text("heading", "There is no such page").await;
    browser.close().await;
}
