//! A sign-in goes on for as long as it can; where it ends, the reader is told, nothing of theirs is
//! lost unasked, and nobody is sent around.

use std::time::Duration;

use crate::door::{COMPOSE, Door, HOUR};
use crate::support::numbers;
use crate::support::patience::until;
use crate::support::upstream::{Reply, Upstream};

/// The page renews a token of this life after six seconds, and doesn't use it after seven.
const SHORT: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_before_they_end() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let door = Door::new(&upstream, SHORT).await;
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    door.start(&numbers(2)).await;
    until("a renewal", async || {
        (door.issuer.counts().renewals > 0).then_some(())
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
async fn an_api_that_takes_no_token_is_told_of_and_nobody_is_sent_around() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    door.site.fail(401);
    door.goto("/history").await;
    browser.click("as-ann").await;
    door.until_told("Your sign-in has ended").await;
    assert_eq!(browser.address().await, door.site.at("/history"));
    door.check_stays(1).await;
    // Whoever asks for it is sent, and is told again.
    browser.click("sign-in").await;
    browser
        .until("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    door.until_told("Your sign-in has ended").await;
    door.check_stays(2).await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_fails_has_not_taken_a_token() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    for status in ["401", "429", "503"] {
        browser.expect_in_console(status);
    }
    door.site.fail(503);
    door.goto("/history").await;
    browser.click("as-ann").await;
    for (status, failures) in [(429, 2), (401, 4)] {
        until("calls that fail", async || {
            (door.site.failures() >= failures).then_some(())
        })
        .await;
        door.site.fail(status);
    }
    door.until_told("Your sign-in has ended").await;
    door.check_stays(1).await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_sent_to_sign_in_in_vain_is_not_sent_again() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    let path = door.start(&numbers(2)).await;
    browser.until_text("status", "Running").await;
    // Some tokens are taken, so that another sign-in could help.
    door.site.fail_but("/api/settings", 401);
    until("another sign-in", async || {
        (door.issuer.counts().exchanges == 2).then_some(())
    })
    .await;
    door.until_told("Your sign-in has ended").await;
    assert_eq!(browser.address().await, door.site.at(&path));
    door.check_stays(2).await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_throttled_or_down_ends_no_sign_in() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let door = Door::new(&upstream, SHORT).await;
    let browser = &door.browser;
    for status in ["429", "503"] {
        browser.expect_in_console(status);
    }
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    door.start(&numbers(2)).await;
    browser.until_text("status", "Running").await;
    door.issuer.fail(429, "<html>Slow down</html>");
    until("a renewal that fails", async || {
        (door.issuer.counts().failures > 0).then_some(())
    })
    .await;
    // The token has some time left, then it is told that it can't be renewed.
    browser
        .until(
            "document.querySelector('[data-testid=trouble]')?.innerText.startsWith(\"Your sign-in can't be renewed\")",
        )
        .await;
    let told = browser.text("trouble").await;
    assert!(
        told.contains("status 429") && told.contains("tries again by itself"),
        "{told}"
    );
    assert!(!browser.shows("sign-in").await);
    browser.shoot("sign-in-not-renewed").await;
    let failures = door.issuer.counts().failures;
    door.issuer.fail(503, "");
    until("another that fails", async || {
        (door.issuer.counts().failures > failures).then_some(())
    })
    .await;
    door.issuer.recover();
    upstream.release();
    browser.until_text("status", "Finished").await;
    browser
        .until("!document.querySelector('[data-testid=trouble]')")
        .await;
    let counts = door.issuer.counts();
    assert_eq!((counts.visits, counts.exchanges), (1, 1));
    assert_eq!(door.site.refusals(), 0);
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_on_another_page_is_not_lost_with_the_sign_in() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    // One that is started is no longer at stake.
    door.start(&numbers(1)).await;
    browser.until_text("status", "Finished").await;
    browser.click("nav-new").await;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.until_text("report-numbers", "3").await;
    door.issuer.take_back();
    browser.click("nav-history").await;
    door.until_told("Your sign-in has ended").await;
    browser.read("history.back()").await;
    browser.until_text("heading", COMPOSE).await;
    // The worker has it still, and was asked for nothing else before.
    browser.type_in("numbers", "\n123-45-6789").await;
    browser.until_text("report-numbers", "4").await;
    assert_eq!(browser.read("sessionStorage.length").await, 0);
    assert_eq!(door.issuer.counts().visits, 1);
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_lacks_a_sign_in_says_so() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    browser.expect_in_console("401");
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    door.start(&numbers(3)).await;
    browser.until_text("status", "Finished").await;
    browser
        .until("document.querySelectorAll('[data-testid=row]').length === 3")
        .await;
    door.issuer.take_back();
    browser.click("download").await;
    browser.click("download-yes").await;
    browser
        .until(
            "document.querySelector('[data-testid=download-says]')?.innerText.startsWith('Your sign-in has ended. ')",
        )
        .await;
    let told = browser.text("download-says").await;
    assert!(told.ends_with("No file was written."), "{told}");
    door.until_told("Your sign-in has ended").await;
    browser.shoot("download-without-sign-in").await;
    door.check_stays(1).await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_with_the_sign_in_is_told_as_that() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    let browser = &door.browser;
    door.goto("/").await;
    door.enter("ann", COMPOSE).await;
    browser
        .read(
            "(post => Worker.prototype.postMessage = function (...parts) {
                window.worker = this;
                return post.apply(this, parts);
            })(Worker.prototype.postMessage) && null",
        )
        .await;
    browser.click("nav-history").await;
    browser.text("history-empty").await;
    browser
        .read("window.worker.dispatchEvent(new Event('error'))")
        .await;
    door.until_told("The part of the page that holds your sign-in has stopped")
        .await;
    door.check_stays(1).await;
    browser.click("sign-in").await;
    browser
        .until("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    browser.until_text("user", "ann@example.gov").await;
    assert_eq!(door.issuer.counts().exchanges, 2);
    door.check_no_secret().await;
    door.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_told_how_to_sign_in_can_try_again() {
    let upstream = Upstream::quick().await;
    let door = Door::new(&upstream, HOUR).await;
    door.site.hold_config(true);
    door.goto("/").await;
    door.until_told("The server doesn't answer").await;
    door.site.hold_config(false);
    door.browser.click("sign-in").await;
    door.enter("ann", COMPOSE).await;
    assert_eq!(door.issuer.counts().visits, 1);
    door.browser.close().await;
}
