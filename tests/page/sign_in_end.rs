//! The end of a sign-in: tokens are renewed, lists aren't lost, and no redirect loops.

use std::time::Duration;

use crate::sign_in_visit::{COMPOSE, HOUR, SignInVisit};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

/// The page renews a token of this life after six seconds, and doesn't use it after seven.
const SHORT: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_before_they_end() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let visit = SignInVisit::new(&upstream, SHORT).await;
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    visit.start(&numbers(2)).await;
    wait_for("a renewal", async || {
        (visit.issuer.counts().renewals > 0).then_some(())
    })
    .await;
    wait_for("calls with the new token", async || {
        visit.issuer.end_replaced_tokens().then_some(())
    })
    .await;
    upstream.release();
    visit.browser.wait_for_text("status", "Finished").await;
    assert_eq!(visit.site.refusals(), 0);
    assert_eq!(visit.issuer.counts().exchanges, 1);
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_tokens_lead_through_a_sign_in_back_to_the_run() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    // The browser logs what the API and the issuer refuse.
    browser.expect_in_console("401");
    browser.expect_in_console("400");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    let path = visit.start(&numbers(2)).await;
    browser.wait_for_text("status", "Running").await;
    visit.issuer.revoke_tokens();
    wait_for("another sign-in", async || {
        (visit.issuer.counts().exchanges == 2).then_some(())
    })
    .await;
    browser.wait_for_text("status", "Running").await;
    assert_eq!(browser.address().await, visit.site.at(&path));
    upstream.release();
    browser.wait_for_text("status", "Finished").await;
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_list_is_asked_before_a_new_sign_in() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    browser.expect_in_console("401");
    browser.expect_in_console("400");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.wait_for_text("report-numbers", "3").await;
    visit.issuer.revoke_tokens();
    browser.click("start").await;
    let notice = browser.text("trouble").await;
    assert!(notice.starts_with("Your sign-in has ended"), "{notice}");
    let typed = "document.querySelector('[data-testid=numbers]').value.split('\\n').length";
    assert_eq!(browser.evaluate(typed).await, 3);
    browser.screenshot("sign-in-ended").await;
    browser.click("sign-in").await;
    browser
        .wait_for("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    visit.start(&numbers(3)).await;
    browser.wait_for_text("status", "Finished").await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_refuses_every_token_causes_no_redirect_loop() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    browser.expect_in_console("401");
    visit.site.fail(401);
    visit.goto("/history").await;
    browser.click("as-ann").await;
    visit.wait_for_notice("Your sign-in has ended").await;
    assert_eq!(browser.address().await, visit.site.at("/history"));
    visit.check_no_redirect(1).await;
    // The user can ask for another sign-in, and gets the same notice.
    browser.click("sign-in").await;
    browser
        .wait_for("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    visit.wait_for_notice("Your sign-in has ended").await;
    visit.check_no_redirect(2).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_error_other_than_401_ends_no_sign_in() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    for status in ["401", "429", "503"] {
        browser.expect_in_console(status);
    }
    // The page continues to call after 503 and 429. Only the 401 ends the sign-in.
    visit.site.fail(503);
    visit.goto("/history").await;
    browser.click("as-ann").await;
    for (status, failures) in [(429, 2), (401, 4)] {
        wait_for("calls that fail", async || {
            (visit.site.failures() >= failures).then_some(())
        })
        .await;
        visit.site.fail(status);
    }
    visit.wait_for_notice("Your sign-in has ended").await;
    visit.check_no_redirect(1).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_not_redirected_again_after_a_useless_sign_in() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    browser.expect_in_console("401");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    let path = visit.start(&numbers(2)).await;
    browser.wait_for_text("status", "Running").await;
    // Some calls succeed, so another sign-in could help.
    visit.site.fail_all_except("/api/settings", 401);
    wait_for("another sign-in", async || {
        (visit.issuer.counts().exchanges == 2).then_some(())
    })
    .await;
    visit.wait_for_notice("Your sign-in has ended").await;
    assert_eq!(browser.address().await, visit.site.at(&path));
    visit.check_no_redirect(2).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_or_failing_issuer_ends_no_sign_in() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let visit = SignInVisit::new(&upstream, SHORT).await;
    let browser = &visit.browser;
    for status in ["429", "503"] {
        browser.expect_in_console(status);
    }
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    visit.start(&numbers(2)).await;
    browser.wait_for_text("status", "Running").await;
    visit.issuer.fail(429, "<html>Slow down</html>");
    wait_for("a renewal that fails", async || {
        (visit.issuer.counts().failures > 0).then_some(())
    })
    .await;
    // The page shows the failure once the token has expired.
    browser
        .wait_for(
            "document.querySelector('[data-testid=trouble]')?.innerText.startsWith(\"Your sign-in can't be renewed\")",
        )
        .await;
    let notice = browser.text("trouble").await;
    assert!(
        notice.contains("status 429") && notice.contains("tries again by itself"),
        "{notice}"
    );
    assert!(!browser.is_visible("sign-in").await);
    browser.screenshot("sign-in-not-renewed").await;
    // The page has noticed that its token has ended, and must make no call with it.
    visit.issuer.end_access_tokens();
    let failures = visit.issuer.counts().failures;
    visit.issuer.fail(503, "");
    wait_for("another renewal that fails", async || {
        (visit.issuer.counts().failures > failures).then_some(())
    })
    .await;
    visit.issuer.recover();
    upstream.release();
    browser.wait_for_text("status", "Finished").await;
    browser.wait_until_hidden("trouble").await;
    let counts = visit.issuer.counts();
    assert_eq!((counts.visits, counts.exchanges), (1, 1));
    assert_eq!(visit.site.refusals(), 0);
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_on_another_page_survives_the_end_of_a_sign_in() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    browser.expect_in_console("401");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    // A list whose run has started can't be lost.
    visit.start(&numbers(1)).await;
    browser.wait_for_text("status", "Finished").await;
    browser.click("nav-new").await;
    browser.type_in("numbers", &numbers(3).join("\n")).await;
    browser.wait_for_text("report-numbers", "3").await;
    visit.issuer.revoke_tokens();
    browser.click("nav-history").await;
    visit.wait_for_notice("Your sign-in has ended").await;
    browser.evaluate("history.back()").await;
    browser.wait_for_text("heading", COMPOSE).await;
    // The worker still has the list.
    browser.type_in("numbers", "\n123-45-6789").await;
    browser.wait_for_text("report-numbers", "4").await;
    assert_eq!(browser.evaluate("sessionStorage.length").await, 0);
    assert_eq!(visit.issuer.counts().visits, 1);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_without_a_sign_in_says_so() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    browser.expect_in_console("401");
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    visit.start(&numbers(3)).await;
    browser.wait_for_text("status", "Finished").await;
    // The page requests rows again until they are final. A request after the tokens are revoked would
    // begin another sign-in.
    browser
        .wait_for(
            "[...document.querySelectorAll('[data-testid=row]')]
                .filter(row => row.innerText.includes('Succeeded')).length === 3",
        )
        .await;
    visit.issuer.revoke_tokens();
    browser.click("download").await;
    browser.click("download-yes").await;
    browser
        .wait_for(
            "document.querySelector('[data-testid=download-says]')?.innerText.startsWith('Your sign-in has ended. ')",
        )
        .await;
    let notice = browser.text("download-says").await;
    assert!(notice.ends_with("No file was written."), "{notice}");
    visit.wait_for_notice("Your sign-in has ended").await;
    browser.screenshot("download-without-sign-in").await;
    visit.check_no_redirect(1).await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_worker_ends_the_sign_in_and_says_so() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    let browser = &visit.browser;
    visit.goto("/").await;
    visit.sign_in("ann", COMPOSE).await;
    browser
        .evaluate(
            "(post => Worker.prototype.postMessage = function (...parts) {
                window.worker = this;
                return post.apply(this, parts);
            })(Worker.prototype.postMessage) && null",
        )
        .await;
    browser.click("nav-history").await;
    browser.text("history-empty").await;
    browser
        .evaluate("window.worker.dispatchEvent(new Event('error'))")
        .await;
    visit
        .wait_for_notice("The part of the page that holds your sign-in has stopped")
        .await;
    visit.check_no_redirect(1).await;
    browser.click("sign-in").await;
    browser
        .wait_for("document.querySelector('[data-testid=numbers]')?.value === ''")
        .await;
    browser.wait_for_text("user", "ann@example.gov").await;
    assert_eq!(visit.issuer.counts().exchanges, 2);
    visit.check_no_secret().await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_without_its_config_can_be_repeated() {
    let upstream = Upstream::succeeding().await;
    let visit = SignInVisit::new(&upstream, HOUR).await;
    visit.site.hold_config(true);
    visit.goto("/").await;
    visit.wait_for_notice("The server doesn't answer").await;
    visit.site.hold_config(false);
    visit.browser.click("sign-in").await;
    visit.sign_in("ann", COMPOSE).await;
    assert_eq!(visit.issuer.counts().visits, 1);
    visit.browser.close().await;
}
