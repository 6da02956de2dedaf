//! Where one signs in: at an issuer, with nothing kept of it.

use tempfile::TempDir;

use crate::browser::{Browser, LOOKS};
use crate::door::{COMPOSE, Door, HOUR};
use crate::issuer::REFUSAL;
use crate::site::Site;
use crate::support::numbers;
use crate::support::patience::until;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_starts_a_run_follows_it_and_comes_back_to_it_by_its_address() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    door.goto("/").await;
    browser.until_text("who", "Who are you?").await;
    door.enter("ann", COMPOSE).await;
    assert_eq!(browser.address().await, door.site.at("/"));
    door.check_no_secret().await;
    browser.shoot("signed-in").await;
    // On a phone there is room for it too.
    browser.look(LOOKS[2]).await;
    browser.settle().await;
    let overflow = "document.documentElement.scrollWidth > innerWidth";
    assert_eq!(browser.read(overflow).await, false);
    assert!(browser.shows("sign-out").await);
    browser.shoot("signed-in-phone").await;
    browser.look(LOOKS[0]).await;

    let path = door.start(&numbers(3)).await;
    browser.until_text("status", "Finished").await;
    browser.until_text("count-succeeded", "3").await;
    browser
        .until("document.querySelectorAll('[data-testid=row]').length === 3")
        .await;
    // The issuer knows the reader still, so they see nothing of it.
    browser.reload().await;
    browser.until_text("status", "Finished").await;
    assert_eq!(browser.address().await, door.site.at(&path));
    // And so from an address that somebody sent them.
    door.goto("/history").await;
    browser.until_text("heading", "History").await;
    browser.click("history-run").await;
    browser.until_text("status", "Finished").await;
    // The worker's own calls bring a token too.
    let folder = TempDir::new().unwrap();
    browser.download_into(folder.path()).await;
    browser.click("download").await;
    browser.click("download-yes").await;
    browser
        .until(
            "document.querySelector('[data-testid=download-says]')?.innerText.startsWith('Downloaded')",
        )
        .await;
    assert_eq!(door.issuer.counts().exchanges, 3);
    assert_eq!(door.site.refusals(), 0);
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_is_out_and_another_sees_nothing_of_theirs() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    // Another's run is none.
    browser.expect_in_console("404");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    let path = door.start(&numbers(3)).await;
    browser.until_text("status", "Finished").await;

    browser.click("sign-out").await;
    let told = browser.text("trouble").await;
    assert!(told.starts_with("You are signed out"), "{told}");
    assert_eq!(browser.address().await, door.site.at("/"));
    assert!(!browser.shows("sign-out").await && !browser.shows("numbers").await);
    until("the end of the session and its tokens", async || {
        let counts = door.issuer.counts();
        ((counts.revocations, counts.ends) == (1, 1)).then_some(())
    })
    .await;
    door.check_no_secret().await;
    browser.shoot("signed-out").await;

    browser.click("sign-in").await;
    browser.until_text("who", "Who are you?").await;
    door.enter("bob", COMPOSE).await;
    browser.click("nav-history").await;
    browser
        .until_text("history-empty", "No runs yet. Look up a list.")
        .await;
    door.goto(&path).await;
    browser.until_text("heading", "There is no such run").await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_the_page_did_not_ask_for_is_refused() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    for query in [
        "?code=made-up&state=made-up",
        "?error=made_up&state=made-up",
    ] {
        door.goto(&format!("/{query}")).await;
        let told = browser.text("trouble").await;
        assert!(
            told.starts_with("This sign-in wasn't asked for here"),
            "{told}"
        );
        assert_eq!(browser.address().await, door.site.at("/"));
    }
    // Nor where one was begun, with another state; and what was begun is worth nothing then.
    browser.click("sign-in").await;
    browser.until_text("who", "Who are you?").await;
    let begun = browser.address().await;
    door.goto("/?code=made-up&state=made-up").await;
    door.until_told("This sign-in wasn't asked for here").await;
    assert_eq!(browser.read("sessionStorage.length").await, 0);
    browser.goto(&begun).await;
    browser.click("as-ann").await;
    door.until_told("This sign-in wasn't asked for here").await;
    assert_eq!(browser.address().await, door.site.at("/"));
    assert_eq!(door.issuer.counts().exchanges, 0);
    // To here, twice: by the click, and by the test.
    assert_eq!(door.issuer.counts().visits, 2);
    browser.click("sign-in").await;
    browser.until_text("heading", COMPOSE).await;
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_issuer_refuses_is_told_and_another_sign_in_may_go_well() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    for status in ["400", "503"] {
        browser.expect_in_console(status);
    }
    let told = async |detail: &str| {
        browser
            .until(&format!(
                "document.querySelector('[data-testid=trouble]')?.innerText.includes('{detail}')"
            ))
            .await;
        door.until_told("You weren't signed in").await;
        assert_eq!(browser.address().await, door.site.at("/history"));
        assert_eq!(browser.read("sessionStorage.length").await, 0);
        assert!(!browser.shows("sign-out").await);
    };
    door.goto("/history").await;
    browser.click("as-nobody").await;
    told("gave this reason: access_denied.").await;
    door.issuer.fail(400, REFUSAL);
    browser.click("sign-in").await;
    // From here on the issuer knows the reader, and shows nothing.
    browser.click("as-ann").await;
    told("gave this reason: invalid_grant.").await;
    browser.shoot("sign-in-refused").await;
    door.issuer.fail(503, "down");
    browser.click("sign-in").await;
    told("answered with status 503").await;
    door.issuer.recover();
    let counts = door.issuer.counts();
    let happened = (counts.visits, counts.failures, counts.exchanges);
    assert_eq!(happened, (3, 2, 0));
    browser.click("sign-in").await;
    browser.until_text("heading", "History").await;
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_without_an_answer_is_not_sent_again_at_once() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    door.goto("/").await;
    door.browser.until_text("who", "Who are you?").await;
    door.goto("/history").await;
    door.until_told("You aren't signed in yet").await;
    assert_eq!(door.issuer.counts().visits, 1);
    door.browser.click("sign-in").await;
    door.enter("ann", "History").await;
    assert_eq!(door.browser.address().await, door.site.at("/history"));
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_machine_nothing_of_a_sign_in_is_asked_for() {
    let upstream = Upstream::quick().await;
    let (browser, site) = tokio::join!(Browser::open(), Site::new(Kind::Memory, &upstream));
    browser.goto(&site.printed()).await;
    browser.text("upstream").await;
    let loaded = browser
        .read("performance.getEntriesByType('resource').map(entry => entry.name).join()")
        .await;
    let loaded = loaded.as_str().unwrap();
    assert!(loaded.contains("/api/settings"), "{loaded}");
    assert!(
        !loaded.contains("config.json") && !loaded.contains("worker"),
        "{loaded}"
    );
    assert!(!browser.shows("sign-out").await && !browser.shows("sign-in").await);
    browser.close().await;
}
