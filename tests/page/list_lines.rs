//! The lines of a list that hold no number, and what people can do about them.

use serde_json::json;

use crate::support::app::EngineKind;
use crate::support::repeated_numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn leading_zeros_are_restored_on_demand() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", "123456789\n1234567\n").await;
    browser.wait_for_text("report-zeros", "1").await;
    browser
        .wait_for_text("zeros-sample", "•••4567 → 00•-••-4567")
        .await;
    browser
        .wait_for_text("restore", "Restore the zeros of 1 number")
        .await;
    // These lines are counted once, and restoring them is the one filled button.
    assert!(!browser.is_visible("report-invalid").await);
    let filled = "[...document.querySelectorAll('.filled')]
        .filter(found => found.checkVisibility()).map(found => found.dataset.testid)";
    assert_eq!(browser.evaluate(filled).await, json!(["restore"]));
    browser.screenshot("zeros").await;
    browser.click("restore").await;
    browser.wait_for_text("report-numbers", "2").await;
    browser.wait_for_text("report-restored", "1").await;
    assert_eq!(browser.evaluate(filled).await, json!(["start"]));
    browser.click("leave-out").await;
    browser.wait_for_text("report-numbers", "1").await;
    browser.click("restore").await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.check_nothing_sent(&upstream).await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    let rows = visit.site.app.rows(&id).await;
    assert_eq!(rows[1]["ssn"], "001234567");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_lines_are_listed_in_steps() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list: String = (0..300).map(|line| format!("line {line}\n")).collect();
    browser
        .upload("file", "notes.txt", format!("123456789\n{list}").as_bytes())
        .await;
    browser.wait_for_text("report-invalid", "300").await;
    browser.click("show-invalid").await;
    let lines = "[...document.querySelectorAll('[data-testid=invalid-lines] input')].map(line => line.value)";
    let count = format!("{lines}.length");
    browser.wait_for(&format!("{count} === 50")).await;
    browser.click("more-invalid").await;
    browser.wait_for(&format!("{count} === 250")).await;
    browser.click("more-invalid").await;
    browser.wait_for(&format!("{count} === 300")).await;
    let last = browser.evaluate(&format!("{lines}[299]")).await;
    assert_eq!(last, "line 299");
    assert!(!browser.is_visible("more-invalid").await);
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_line_leads_to_its_place_in_the_text() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let mut lines = repeated_numbers(500);
    lines[3] = "Zoë \u{1f600}".to_owned();
    lines[400] = "12-34".to_owned();
    let text = json!(lines.join("\n"));
    browser
        .evaluate(&format!(
            "void (field => {{
                field.value = {text};
                field.dispatchEvent(new Event('input', {{bubbles: true}}));
            }})(document.querySelector('[data-testid=numbers]'))"
        ))
        .await;
    browser.wait_for_text("report-invalid", "2").await;
    browser.click("show-invalid").await;
    let entry = "document.querySelectorAll('[data-testid=invalid-lines] button')[1]";
    browser.wait_for(entry).await;
    browser.evaluate(&format!("void {entry}.click()")).await;
    let selected = "(field => field === document.querySelector('[data-testid=numbers]')
        && field.value.slice(field.selectionStart, field.selectionEnd))(document.activeElement)";
    assert_eq!(browser.evaluate(selected).await, "12-34");
    // The line is in view.
    let place = "(field => field.scrollHeight / 500 * 400 - field.scrollTop)
        (document.querySelector('[data-testid=numbers]'))";
    let height = "document.querySelector('[data-testid=numbers]').clientHeight";
    let place = browser.evaluate(place).await.as_f64().unwrap();
    let height = browser.evaluate(height).await.as_f64().unwrap();
    assert!((0.0..height).contains(&place), "{place} of {height}");
    browser.screenshot("line-in-text").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_lines_of_a_long_paste_can_be_corrected() {
    const ENTER: &str = "\u{e007}";
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .evaluate(
            "void (data => {
                const lines = Array.from({length: 250_000}, (_, n) => 100_010_001 + n % 1_000 * 7);
                [lines[7], lines[8], lines[249_999]] = ['123-45-67', \"987-65-4320 is Ann's\", '123-45-678'];
                data.setData('text/plain', lines.join('\\n'));
                document.body.dispatchEvent(new ClipboardEvent(
                    'paste', {clipboardData: data, bubbles: true, cancelable: true}));
            })(new DataTransfer())",
        )
        .await;
    browser.wait_for_text("held", "Pasted list").await;
    browser.wait_for_text("report-invalid", "3").await;
    browser.click("show-invalid").await;
    let fields = "[...document.querySelectorAll('[data-testid=invalid-lines] input')]
        .map(field => [field.value, field.placeholder])";
    browser.wait_for(&format!("{fields}.length === 3")).await;
    assert_eq!(
        browser.evaluate(fields).await,
        json!([
            ["123-45-67", "123-45-67"],
            ["", "•••-••-4320 is Ann's"],
            ["123-45-678", "123-45-678"],
        ])
    );
    // Still not a number: the field stays, with the focus and its text selected.
    browser.type_in("line-7", &format!("x{ENTER}")).await;
    let selected = |id: &str, text: &str| {
        format!(
            "(field => field.id === '{id}' && field.value === '{text}' && field.selectionStart === 0
                && field.selectionEnd === field.value.length)(document.activeElement)"
        )
    };
    browser.wait_for(&selected("line-7", "123-45-67x")).await;
    browser.screenshot("corrections").await;
    // The focus goes on to the next line that isn't a number.
    browser
        .type_in("line-7", &format!("123-45-6789{ENTER}"))
        .await;
    browser.wait_for_text("report-invalid", "2").await;
    browser.wait_for(&selected("line-8", "")).await;
    browser
        .type_in("line-8", &format!("987-65-4320{ENTER}"))
        .await;
    browser
        .wait_for(&selected("line-249999", "123-45-678"))
        .await;
    browser
        .type_in("line-249999", &format!("123-45-6780{ENTER}"))
        .await;
    browser.wait_until_hidden("report-invalid").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    let execution = visit.site.app.execution(&id).await;
    assert_eq!(execution["invalid"], 0);
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_number_says_what_was_seen() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    for (file, content, seen) in [
        (
            "header.csv",
            "Name,SSN\n",
            "It has a header (Name, SSN), but no line below it.",
        ),
        (
            "people.csv",
            "Name,SSN\nAnn,n/a\nBob,12\nCy,n/a\n",
            "No line has a Social Security Number in the column “SSN”: no digits (2 lines); \
             fewer than nine digits (1 line).",
        ),
    ] {
        browser.upload("file", file, content.as_bytes()).await;
        if file == "people.csv" {
            browser.click("use-1").await;
        }
        browser.wait_for_text("nothing", seen).await;
        browser.screenshot(&format!("nothing-{file}")).await;
    }
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_asks_first_while_a_list_is_unsent() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let asks = "!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))";
    assert_eq!(browser.evaluate(asks).await, false);
    browser.type_in("numbers", "123-45-6789").await;
    browser.wait_for_text("report-numbers", "1").await;
    assert_eq!(browser.evaluate(asks).await, true);
    visit.start().await;
    visit.wait_for_status("Finished").await;
    assert_eq!(browser.evaluate(asks).await, false);
    // A file without lines is no list that could be lost.
    browser.click("nav-new").await;
    browser.upload("file", "empty.txt", b"").await;
    browser.text("held-empty").await;
    assert_eq!(browser.evaluate(asks).await, false);
    visit.close().await;
}
