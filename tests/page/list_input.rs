//! Every way to add a list, and files that are no list.

use serde_json::json;

use crate::browser::Browser;
use crate::support::app::EngineKind;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_can_be_removed() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.upload("file", "empty.txt", b"").await;
    browser.wait_for_text("held", "empty.txt").await;
    assert!(!browser.is_visible("report").await);
    let noise: Vec<u8> = (0..200_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    browser.upload("file", "noise.bin", &noise).await;
    browser.wait_for_text("held", "noise.bin").await;
    browser
        .wait_for("document.querySelector('[data-testid=refused], [data-testid=report], [data-testid=ask]')?.innerText")
        .await;
    browser.screenshot("noise").await;
    assert_eq!(
        browser
            .evaluate("document.querySelector('[data-testid=start]').disabled")
            .await,
        true
    );
    browser.click("clear").await;
    browser.type_in("numbers", "123456789").await;
    browser.wait_for_text("report-numbers", "1").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

/// Dispatches a paste event with this text on the element that `onto` evaluates to.
async fn paste(browser: &Browser, onto: &str, text: &str) {
    let text = json!(text);
    let pasted = browser
        .evaluate(&format!(
            "(data => {{
                data.setData('text/plain', {text});
                return {onto}.dispatchEvent(new ClipboardEvent(
                    'paste', {{clipboardData: data, bubbles: true, cancelable: true}}));
            }})(new DataTransfer())"
        ))
        .await;
    assert_eq!(pasted, false, "the page didn't handle the paste");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_pasted_outside_the_field_is_added_to_it() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.text("numbers").await;
    paste(browser, "document.body", "123-45-6789\n").await;
    browser.wait_for_text("report-numbers", "1").await;
    paste(browser, "document.body", "123-45-6780\n").await;
    browser.wait_for_text("report-numbers", "2").await;
    let field = "document.querySelector('[data-testid=numbers]').value";
    assert_eq!(browser.evaluate(field).await, "123-45-6789\n123-45-6780\n");
    // The field handles a short dragged text itself, but not a file.
    for (what, is_taken) in [
        ("setData('text/plain', '123-45-6781')", false),
        ("items.add(new File(['123-45-6781'], 'a.txt'))", true),
    ] {
        let taken = browser
            .evaluate(&format!(
                "['dragover', 'drop'].map(name => {{
                    const data = new DataTransfer();
                    data.{what};
                    return !document.querySelector('[data-testid=numbers]').dispatchEvent(
                        new DragEvent(name, {{dataTransfer: data, bubbles: true, cancelable: true}}));
                }})"
            ))
            .await;
        assert_eq!(taken, json!([is_taken, is_taken]), "{what}");
    }
    browser.wait_for_text("held", "a.txt").await;
    browser.click("clear").await;
    paste(browser, "document.body", "123-45-6789\n123-45-6780\n").await;
    browser.wait_for_text("report-numbers", "2").await;
    // Another field handles its own pastes.
    let label = "document.querySelector('[data-testid=label]')";
    let taken = browser
        .evaluate(&format!(
            "!{label}.dispatchEvent(new ClipboardEvent('paste', {{bubbles: true, cancelable: true, clipboardData: new DataTransfer()}}))"
        ))
        .await;
    assert_eq!(taken, false);
    // For screen readers.
    browser.wait_for_text("said", "2 numbers to look up.").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_anywhere_is_read_in_any_encoding() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let folder = tempfile::TempDir::new().unwrap();
    let table = "Name\tSSN\r\nZo\u{eb}\t123-45-6789\r\nBob\t123456780\r\n";
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(table.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let path = folder.path().join("staff.txt");
    std::fs::write(&path, utf16).unwrap();
    browser.drop_file("heading", &path).await;
    browser.wait_for_text("held", "staff.txt").await;
    browser.wait_for_text("report-numbers", "2").await;
    let preview = browser.text("preview").await;
    assert!(preview.contains("Zo\u{eb} · •••-••-6789"), "{preview}");
    // Blank text and an empty drop change nothing.
    paste(browser, "document.body", " \n").await;
    browser
        .evaluate(
            "document.body.dispatchEvent(new DragEvent('drop', {
                dataTransfer: new DataTransfer(), bubbles: true, cancelable: true}))",
        )
        .await;
    // The other column has no numbers; the first can be selected again.
    browser.click("other-column").await;
    browser.select_option("column", "Name").await;
    browser.wait_for_text("report-invalid", "2").await;
    browser.click("other-column").await;
    browser.select_option("column", "SSN").await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_list_are_refused_with_advice() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .wait_for("document.querySelector('[data-testid=numbers]')")
        .await;
    for (name, content, advice) in [
        (
            "book.xlsx",
            &b"PK\x03\x04xl/workbook.xml"[..],
            "damaged or incomplete",
        ),
        ("scan.pdf", b"%PDF-1.7\n", "Copy the numbers out of it"),
    ] {
        browser.upload("file", name, content).await;
        browser.wait_for_text("held", name).await;
        browser
            .wait_for(&format!(
                "document.querySelector('[data-testid=refused]')?.innerText.includes({})",
                json!(advice)
            ))
            .await;
    }
    browser.screenshot("workbook").await;
    browser
        .evaluate(
            "(data => {
                data.items.add(new File(['123456789'], 'a.txt'));
                data.items.add(new File(['123456780'], 'b.txt'));
                document.body.dispatchEvent(new DragEvent(
                    'drop', {dataTransfer: data, bubbles: true, cancelable: true}));
            })(new DataTransfer())",
        )
        .await;
    let notice = browser.text("file-trouble").await;
    assert!(notice.contains("Add one list at a time"), "{notice}");
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_restores_the_list_and_a_new_one_is_empty() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = numbers(40).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser.wait_for_text("report-numbers", "40").await;
    let first = visit.start().await;
    browser.evaluate("history.back()").await;
    browser.wait_for_text("held", "list.txt").await;
    browser.wait_for_text("report-numbers", "40").await;
    // The worker still has the list, and starts another run of it.
    let second = visit.start().await;
    assert_ne!(first, second);
    visit.wait_for_status("Finished").await;
    browser.click("nav-new").await;
    browser.wait_for_text("start", "Look up numbers").await;
    assert!(!browser.is_visible("held").await);
    visit.check_no_number(&numbers(40)).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_worker_is_reported_and_replaced() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .evaluate(
            "(post => Worker.prototype.postMessage = function (...parts) {
                window.worker = this;
                post.apply(this, parts);
            })(Worker.prototype.postMessage) && null",
        )
        .await;
    browser.upload("file", "list.txt", b"123456789\n").await;
    browser.wait_for_text("report-numbers", "1").await;
    browser
        .evaluate("window.worker.dispatchEvent(new Event('error'))")
        .await;
    browser.click("start").await;
    let notice = "document.querySelector('[data-testid=file-trouble]').innerText";
    browser
        .wait_for(&format!("{notice}.includes('Add it again')"))
        .await;
    browser.wait_for_text("start", "Look up numbers").await;
    // The list is lost, which isn't the same as a list without lines.
    assert!(!browser.is_visible("held-empty").await);
    browser
        .upload("file", "again.txt", b"123456789\n123456780\n")
        .await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.start().await;
    visit.wait_for_status("Finished").await;
    visit.close().await;
}
