//! Sign-in at an issuer.

use tempfile::TempDir;

use crate::browser::{Browser, VIEWPORTS};
use crate::issuer::REFUSAL;
use crate::sign_in_visit::{COMPOSE, HOUR, SignInVisit};
use crate::site::Site;
use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::wait::wait_for;

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_user_starts_follows_and_reopens_a_run() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    visit.goto("/").await;
    browser.wait_for_text("who", "Who are you?").await;
    visit.sign_in("ann", COMPOSE).await;
    assert_eq!(browser.address().await, visit.site.at("/"));
    visit.check_no_secret().await;
    browser.screenshot("signed-in").await;
    // It fits a phone's width too.
    browser.emulate(VIEWPORTS[2]).await;
    browser.wait_for_frames().await;
    let overflow = "document.documentElement.scrollWidth > innerWidth";
    assert_eq!(browser.evaluate(overflow).await, false);
    assert!(browser.is_visible("sign-out").await);
    browser.screenshot("signed-in-phone").await;
    browser.emulate(VIEWPORTS[0]).await;

    let path = visit.start(&numbers(3)).await;
    browser.wait_for_text("status", "Finished").await;
    browser.wait_for_text("count-succeeded", "3").await;
    browser
        .wait_for("document.querySelectorAll('[data-testid=row]').length === 3")
        .await;
    // The issuer has a session, so its page isn't shown.
    browser.reload().await;
    browser.wait_for_text("status", "Finished").await;
    assert_eq!(browser.address().await, visit.site.at(&path));
    // The same at another address of the page.
    visit.goto("/history").await;
    browser.wait_for_text("heading", "History").await;
    browser.click("history-run").await;
    browser.wait_for_text("status", "Finished").await;
    // The worker's own calls have a token too.
    let folder = TempDir::new().unwrap();
    browser.download_into(folder.path()).await;
    browser.click("download").await;
    browser.click("download-yes").await;
    browser
        .wait_for(
            "document.querySelector('[data-testid=download-says]')?.innerText.startsWith('Downloaded')",
        )
        .await;
    assert_eq!(visit.issuer.counts().exchanges, 3);
    assert_eq!(visit.site.refusals(), 0);
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_ends_the_session_and_hides_the_runs() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    // The run of another user is unknown.
    browser.expect_in_console("404");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    let path = visit.start(&numbers(3)).await;
    browser.wait_for_text("status", "Finished").await;

    browser.click("sign-out").await;
    let notice = browser.text("trouble").await;
    assert!(notice.starts_with("You are signed out"), "{notice}");
    assert_eq!(browser.address().await, visit.site.at("/"));
    assert!(!browser.is_visible("sign-out").await && !browser.is_visible("numbers").await);
    wait_for("the end of the session and its tokens", async || {
        let counts = visit.issuer.counts();
        ((counts.revocations, counts.ends) == (1, 1)).then_some(())
    })
    .await;
    visit.check_no_secret().await;
    browser.screenshot("signed-out").await;

    browser.click("sign-in").await;
    browser.wait_for_text("who", "Who are you?").await;
    visit.sign_in("bob", COMPOSE).await;
    browser.click("nav-history").await;
    browser
        .wait_for_text("history-empty", "No runs yet. Look up a list.")
        .await;
    visit.goto(&path).await;
    browser
        .wait_for_text("heading", "There is no such run")
        .await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_the_page_did_not_begin_is_refused() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    for query in [
        "?code=made-up&state=made-up",
        "?error=made_up&state=made-up",
    ] {
        visit.goto(&format!("/{query}")).await;
        let notice = browser.text("trouble").await;
        assert!(
            notice.starts_with("This sign-in didn't begin here"),
            "{notice}"
        );
        assert_eq!(browser.address().await, visit.site.at("/"));
    }
    // A sign-in with another state is refused, and cancels the one that was begun.
    browser.click("sign-in").await;
    browser.wait_for_text("who", "Who are you?").await;
    let begun = browser.address().await;
    visit.goto("/?code=made-up&state=made-up").await;
    visit
        .wait_for_notice("This sign-in didn't begin here")
        .await;
    assert_eq!(browser.evaluate("sessionStorage.length").await, 0);
    browser.goto(&begun).await;
    browser.click("as-ann").await;
    visit
        .wait_for_notice("This sign-in didn't begin here")
        .await;
    assert_eq!(browser.address().await, visit.site.at("/"));
    assert_eq!(visit.issuer.counts().exchanges, 0);
    // Two visits: by the click, and by the test.
    assert_eq!(visit.issuer.counts().visits, 2);
    browser.click("sign-in").await;
    browser.wait_for_text("heading", COMPOSE).await;
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_is_reported_and_can_be_repeated() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    for status in ["400", "503"] {
        browser.expect_in_console(status);
    }
    let wait_for_refusal = async |detail: &str| {
        browser
            .wait_for(&format!(
                "document.querySelector('[data-testid=trouble]')?.innerText.includes('{detail}')"
            ))
            .await;
        visit.wait_for_notice("You weren't signed in").await;
        assert_eq!(browser.address().await, visit.site.at("/history"));
        assert_eq!(browser.evaluate("sessionStorage.length").await, 0);
        assert!(!browser.is_visible("sign-out").await);
    };
    visit.goto("/history").await;
    browser.click("as-nobody").await;
    wait_for_refusal("gave this reason: access_denied.").await;
    visit.issuer.fail(400, REFUSAL);
    browser.click("sign-in").await;
    // From here on the issuer has a session, and doesn't show its page.
    browser.click("as-ann").await;
    wait_for_refusal("gave this reason: invalid_grant.").await;
    browser.screenshot("sign-in-refused").await;
    visit.issuer.fail(503, "down");
    browser.click("sign-in").await;
    wait_for_refusal("answered with status 503").await;
    visit.issuer.recover();
    let counts = visit.issuer.counts();
    let happened = (counts.visits, counts.failures, counts.exchanges);
    assert_eq!(happened, (3, 2, 0));
    browser.click("sign-in").await;
    browser.wait_for_text("heading", "History").await;
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_returns_without_signing_in_is_not_redirected() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    visit.goto("/").await;
    visit.browser.wait_for_text("who", "Who are you?").await;
    visit.goto("/history").await;
    visit.wait_for_notice("You aren't signed in yet").await;
    assert_eq!(visit.issuer.counts().visits, 1);
    visit.browser.click("sign-in").await;
    visit.sign_in("ann", "History").await;
    assert_eq!(visit.browser.address().await, visit.site.at("/history"));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_machine_no_sign_in_code_is_loaded() {
    let upstream = Upstream::succeeding().await;
    let (browser, site) = tokio::join!(Browser::open(), Site::new(EngineKind::Memory, &upstream));
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    let loaded = browser
        .wait_for(
            "(names => names.includes('/api/settings') && names)
            (performance.getEntriesByType('resource').map(entry => entry.name).join())",
        )
        .await;
    let loaded = loaded.as_str().unwrap();
    assert!(
        !loaded.contains("config.json") && !loaded.contains("worker"),
        "{loaded}"
    );
    assert!(!browser.is_visible("sign-out").await && !browser.is_visible("sign-in").await);
    browser.close().await;
}
