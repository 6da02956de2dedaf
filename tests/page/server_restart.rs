//! The server ends while the page is open.

use tempfile::TempDir;

use crate::browser::Browser;
use crate::program::{Port, Program};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_recovers_when_its_server_is_back() {
    let list = numbers(6);
    let held = list[5].clone();
    let upstream = Upstream::start(move |number, _| {
        if number == held {
            Reply::Held
        } else {
            Reply::Status(200)
        }
    })
    .await;
    let data = TempDir::new().unwrap();
    let port = Port::reserve();
    let program = Program::start(&port, data.path(), &upstream);
    let browser = Browser::open().await;
    browser.expect_in_console("net::ERR_");
    browser.goto(&program.printed).await;
    browser.type_in("numbers", &list.join("\n")).await;
    browser.click("start").await;
    browser.wait_for_text("count-succeeded", "5").await;

    // Killed, so that nothing is cleaned up.
    drop(program);
    let trouble = browser.text("trouble").await;
    assert!(
        trouble.starts_with("The server doesn't answer"),
        "{trouble}"
    );
    assert!(
        trouble.ends_with("This page tries again by itself."),
        "{trouble}"
    );
    // The counts stay visible.
    browser.wait_for_text("count-succeeded", "5").await;
    browser.screenshot("server-gone").await;

    upstream.release();
    let _program = Program::start(&port, data.path(), &upstream);
    browser.wait_for_text("status", "Finished").await;
    browser.wait_for_text("count-succeeded", "6").await;
    browser.wait_until_hidden("trouble").await;
    browser.close().await;
}
