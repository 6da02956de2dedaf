//! The deployed page in a browser: site, sign-in and API at one address.

use serde_json::Value;

use crate::browser::Browser;
use crate::support::stack::Stack;
use crate::support::upstream::Upstream;
use crate::support::users::create_user;

const USER: &str = "bob@example.gov";

/// Signs in at the user pool's page.
async fn sign_in(browser: &Browser, password: &str) {
    let [user, password] = [USER, password].map(Value::from);
    browser
        .wait_for("document.querySelector('#password')")
        .await;
    browser.screenshot("deployed-sign-in").await;
    let fill = format!(
        "(() => {{
            document.querySelector('#username').value = {user};
            document.querySelector('#password').value = {password};
            document.querySelector('#password').form.submit();
        }})()"
    );
    browser.evaluate(&fill).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_in_starts_and_reopens_a_run_and_signs_out() {
    let upstream = Upstream::succeeding().await;
    let (stack, browser) = tokio::join!(Stack::with_upstream(&upstream.url), Browser::open());
    let password = create_user(stack.output("UserPoolId"), USER).await;
    // The emulator has no revocation endpoint and no icon.
    browser.expect_in_console("/oauth2/revoke");
    browser.expect_in_console("favicon");
    browser.expect_in_console("/api/openapi.json");
    // The API in a browser: a public and a protected path.
    for (path, words, picture) in [
        ("api/health", "ok", "deployed-api-health"),
        ("api/openapi.json", "Unauthorized", "deployed-api-refused"),
    ] {
        browser
            .goto(&format!("{}{path}", stack.output("Address")))
            .await;
        let text = browser.evaluate("document.body.innerText").await;
        assert!(
            text.as_str().is_some_and(|text| text.contains(words)),
            "{text}"
        );
        browser.screenshot(picture).await;
    }
    browser.goto(stack.output("Address")).await;
    sign_in(&browser, password).await;
    browser
        .wait_for_text("heading", "Look up Social Security Numbers")
        .await;
    assert_eq!(browser.address().await, stack.output("Address"));
    browser.text("upstream").await;
    browser
        .type_in("numbers", "123-45-6789\n123-45-6780\n123-45-6781")
        .await;
    browser.wait_for_text("start", "Look up 3 numbers").await;
    browser.screenshot("deployed-list").await;
    browser.click("start").await;
    browser.wait_for_text("status", "Finished").await;
    browser.wait_for_text("count-succeeded", "3").await;
    browser
        .wait_for(
            "(rows => rows.length === 3 && rows.every(row => row.innerText.includes('Succeeded')))\
             ([...document.querySelectorAll('[data-testid=row]')])",
        )
        .await;
    browser.screenshot("deployed-run").await;
    let run = browser.address().await;

    // The emulator keeps no session, so the user signs in again, as after the end of a session.
    browser.reload().await;
    sign_in(&browser, password).await;
    browser.wait_for_text("status", "Finished").await;
    assert_eq!(browser.address().await, run);
    assert_eq!(browser.evaluate("sessionStorage.length").await, 0);

    browser.click("sign-out").await;
    let notice = browser.text("trouble").await;
    assert!(notice.starts_with("You are signed out"), "{notice}");
    assert_eq!(browser.address().await, stack.output("Address"));
    browser.screenshot("deployed-signed-out").await;
    browser.close().await;
}
