//! What the page paints before its program has loaded.

use serde_json::json;

use crate::browser::{Browser, VIEWPORTS, Viewport};
use crate::site::Site;
use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;

/// The program's file. While it is held, the page shows the first paint.
const PROGRAM: &str = "/rollcall_bg-";

/// The text and position of everything that is shown, except for what only the server knows.
const SHOWN: &str = "[...document.querySelectorAll('.top, .top *, main, main *')]
    .filter(found => found.checkVisibility() && !found.closest('.unseen, [data-testid=upstream]'))
    .map(found => {
        const texts = [...found.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        const words = texts.map(node => node.data.trim()).filter(Boolean).join(' ');
        const {x, y, width, height} = found.getBoundingClientRect();
        return [words, found.placeholder ?? '', x, y, width, height].join(' ');
    })";

/// Whether the first paint's frame of the compose page is shown.
const FRAME: &str = "document.getElementById('frame').checkVisibility()";

/// Opens the compose page, and holds its program.
async fn open_with_held_program(viewport: Viewport) -> (Browser, Site) {
    let upstream = Upstream::succeeding().await;
    let (browser, site) = tokio::join!(Browser::open(), Site::new(EngineKind::Memory, &upstream));
    browser.emulate(viewport).await;
    site.hold_file(Some(PROGRAM));
    browser.goto(&site.printed()).await;
    (browser, site)
}

/// A `DataTransfer` with a file of three numbers, as a JavaScript expression.
fn data_with_file() -> String {
    let list = numbers(3).join("\\n");
    format!(
        "(data => (data.items.add(new File(['{list}'], 'people.csv')), data))(new DataTransfer())"
    )
}

/// Drags this `DataTransfer` over the frame and drops it there. The page must handle both events.
async fn drop_on_frame(browser: &Browser, data: &str) {
    let events = format!(
        "(dataTransfer => ['dragover', 'drop'].map(name => document.querySelector('#frame main')
            .dispatchEvent(new DragEvent(name, {{dataTransfer, bubbles: true, cancelable: true}}))))({data})"
    );
    assert_eq!(browser.evaluate(&events).await, json!([false, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_paint_has_the_words_and_places_of_the_page() {
    for viewport in [VIEWPORTS[0], VIEWPORTS[2]] {
        let (browser, site) = open_with_held_program(viewport).await;
        let first = browser.wait_for(&format!("{FRAME} && {SHOWN}")).await;
        browser
            .screenshot(&format!("first-paint-{}", viewport.name))
            .await;
        site.hold_file(None);
        browser.text("upstream").await;
        browser
            .screenshot(&format!("second-paint-{}", viewport.name))
            .await;
        assert_eq!(first, browser.evaluate(SHOWN).await, "in {viewport:?}");
        // A long name of an upstream doesn't wrap onto a second line.
        browser
            .evaluate("void (document.querySelector('[data-testid=upstream] b').textContent = 'long '.repeat(99))")
            .await;
        assert_eq!(first, browser.evaluate(SHOWN).await, "in {viewport:?}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_typed_before_the_program_arrives_is_kept() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    browser
        .evaluate(
            "(field => {
                field.focus();
                field.value = '123-45-6789\\n123-45-67';
                field.setSelectionRange(4, 6);
            })(document.getElementById('numbers'))",
        )
        .await;
    site.hold_file(None);
    browser.wait_for_text("report-numbers", "1").await;
    browser.wait_for_text("report-invalid", "1").await;
    let field =
        "(field => [field.dataset.testid, field.value, field.selectionStart, field.selectionEnd])
        (document.activeElement)";
    assert_eq!(
        browser.evaluate(field).await,
        json!(["numbers", "123-45-6789\n123-45-67", 4, 6])
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_text_typed_before_the_program_arrives_is_kept() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    browser
        .evaluate(
            "void (document.getElementById('numbers').value = '123-45-6789\\n'.repeat(100_000))",
        )
        .await;
    site.hold_file(None);
    browser.wait_for_text("held", "Pasted list").await;
    browser.wait_for_text("report-repeated", "99,999").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_chosen_before_the_program_arrives_is_read() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    // The tests find fields by test id, and the frame's fields have none.
    browser
        .evaluate("void (document.querySelector('#frame input').dataset.testid = 'frame-file')")
        .await;
    let list = numbers(3).join("\n");
    browser
        .upload("frame-file", "people.csv", list.as_bytes())
        .await;
    site.hold_file(None);
    browser.wait_for_text("held", "people.csv").await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_chosen_late_in_the_frames_dialog_is_read() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    browser
        .evaluate("void (window.field = document.querySelector('#frame input'))")
        .await;
    site.hold_file(None);
    browser.text("upstream").await;
    // The dialog was opened from the frame, and its file is chosen after the page has replaced it.
    browser
        .evaluate(&format!(
            "void (({{files}}) => {{
                window.field.files = files;
                window.field.dispatchEvent(new Event('change'));
            }})({})",
            data_with_file()
        ))
        .await;
    browser.wait_for_text("held", "people.csv").await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_before_the_program_arrives_is_read() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    drop_on_frame(&browser, &data_with_file()).await;
    site.hold_file(None);
    browser.wait_for_text("held", "people.csv").await;
    browser.wait_for_text("report-numbers", "3").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_dropped_before_the_program_arrives_is_appended() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    let numbers = numbers(2);
    for number in &numbers {
        let data =
            format!("(data => (data.setData('text', '{number}'), data))(new DataTransfer())");
        drop_on_frame(&browser, &data).await;
    }
    site.hold_file(None);
    browser.wait_for_text("report-numbers", "2").await;
    let field = "document.querySelector('[data-testid=numbers]').value";
    assert_eq!(browser.evaluate(field).await, numbers.join("\n"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_pages_and_a_sign_in_have_no_first_paint() {
    let (browser, site) = open_with_held_program(VIEWPORTS[0]).await;
    assert_eq!(browser.evaluate(FRAME).await, true);
    // As a deployment marks the page.
    browser
        .evaluate("void (document.body.dataset.signIn = '')")
        .await;
    assert_eq!(browser.evaluate(FRAME).await, false);
    for path in [
        "/history",
        "/executions/01jd0000000000000000000abc",
        "/nowhere",
    ] {
        browser.goto(&site.at(path)).await;
        assert_eq!(browser.evaluate(FRAME).await, false, "at {path}");
    }
    site.hold_file(None);
    browser
        .wait_for_text("heading", "There is no such page")
        .await;
    browser.close().await;
}
