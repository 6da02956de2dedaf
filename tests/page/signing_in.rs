//! Where one signs in: at an issuer, with nothing kept of it.

use std::time::Duration;

use tempfile::TempDir;

use crate::browser::{Browser, LOOKS};
use crate::guarded::Guarded;
use crate::issuer::Issuer;
use crate::site::Site;
use crate::support::numbers;
use crate::support::patience::until;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::Kind;
use crate::visit::kept;

const HOUR: Duration = Duration::from_secs(3_600);

/// A browser before a page where one signs in.
struct Door {
    browser: Browser,
    site: Guarded,
    issuer: Issuer,
}

impl Door {
    async fn new(upstream: &Upstream, life: Duration) -> Self {
        let issuer = Issuer::new(life).await;
        let (browser, site) = tokio::join!(Browser::open(), Guarded::new(upstream, &issuer));
        Self {
            browser,
            site,
            issuer,
        }
    }

    async fn goto(&self, path: &str) {
        self.browser.goto(&self.site.at(path)).await;
    }

    /// Signs in as this user, and waits for the page of this heading.
    async fn enter(&self, user: &str, heading: &str) {
        self.browser.click(&format!("as-{user}")).await;
        self.browser.until_text("heading", heading).await;
        let name = format!("{user}@example.gov");
        self.browser.until_text("user", &name).await;
    }

    /// Starts a run of these numbers; its address.
    async fn start(&self, numbers: &[String]) -> String {
        self.browser.type_in("numbers", &numbers.join("\n")).await;
        self.browser.click("start").await;
        let path = self
            .browser
            .until("location.pathname.startsWith('/executions/') && location.pathname")
            .await;
        path.as_str().unwrap().to_owned()
    }

    /// Checks that no token and no verifier is in the tab's storage, its addresses or the document.
    async fn check_no_secret(&self) {
        let kept = kept(&self.browser).await;
        let secrets = self.issuer.secrets();
        assert!(secrets.len() >= 4, "there are tokens and a verifier");
        for secret in secrets {
            assert!(!kept.contains(&secret), "the page keeps {secret}");
        }
        assert_eq!(self.browser.read("sessionStorage.length").await, 0);
        assert_eq!(self.browser.read("location.search").await, "");
    }
}

const COMPOSE: &str = "Look up a list of numbers";

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
async fn tokens_are_renewed_before_they_end() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let door = Door::new(&upstream, Duration::from_secs(8)).await;
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    door.start(&numbers(2)).await;
    until("two renewals", async || {
        (door.issuer.counts().renewals >= 2).then_some(())
    })
    .await;
    upstream.release();
    door.browser.until_text("status", "Finished").await;
    assert_eq!(door.site.refusals(), 0);
    assert_eq!(door.issuer.counts().exchanges, 1);
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_whose_tokens_are_taken_back_signs_in_again_and_is_where_they_were() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    // The browser notes what the API and then the issuer refuse.
    browser.expect_in_console("401");
    browser.expect_in_console("400");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    let path = door.start(&numbers(2)).await;
    browser.until_text("status", "Running").await;
    door.issuer.take_back();
    until("another sign-in", async || {
        (door.issuer.counts().exchanges == 2).then_some(())
    })
    .await;
    browser.until_text("status", "Running").await;
    assert_eq!(browser.address().await, door.site.at(&path));
    upstream.release();
    browser.until_text("status", "Finished").await;
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_list_at_hand_is_asked_before_they_sign_in_again() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    browser.expect_in_console("400");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.until_text("report-numbers", "3").await;
    door.issuer.take_back();
    browser.click("start").await;
    let told = browser.text("trouble").await;
    assert!(told.starts_with("Your sign-in has ended"), "{told}");
    let typed = "document.querySelector('[data-testid=numbers]').value.split('\\n').length";
    assert_eq!(browser.read(typed).await, 3);
    browser.shoot("sign-in-ended").await;
    browser.click("sign-in").await;
    browser
        .until("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    door.start(&numbers(3)).await;
    browser.until_text("status", "Finished").await;
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
    let counts = door.issuer.counts();
    assert_eq!((counts.revocations, counts.ends), (1, 1));
    door.check_no_secret().await;
    browser.shoot("signed-out").await;

    browser.click("sign-in").await;
    browser.until_text("who", "Who are you?").await;
    door.enter("bob", COMPOSE).await;
    browser.click("nav-history").await;
    browser
        .until_text("history-empty", "Nothing yet. Look up a list.")
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
    assert_eq!(door.issuer.counts().exchanges, 0);
    // What the issuer refuses is told in its words, and the next may go well.
    browser.click("sign-in").await;
    browser.click("as-nobody").await;
    browser
        .until(
            "document.querySelector('[data-testid=trouble]')?.innerText.includes('access_denied')",
        )
        .await;
    assert_eq!(browser.address().await, door.site.at("/"));
    browser.click("sign-in").await;
    door.enter("ann", COMPOSE).await;
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_takes_no_token_is_told_of_and_nobody_is_sent_around() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    door.site.take_none();
    door.goto("/history").await;
    browser.click("as-ann").await;
    let told = browser.text("trouble").await;
    assert!(told.starts_with("Your sign-in has ended"), "{told}");
    browser.text("sign-in").await;
    assert_eq!(browser.address().await, door.site.at("/history"));
    assert_eq!(door.issuer.counts().exchanges, 1);
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
