//! A list is understood before anything is sent.

use serde_json::json;

use crate::browser::Browser;
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;
use crate::visit::Visit;

impl Visit {
    /// Checks that nothing of a list has left the browser: the page asked for the server's settings
    /// and for nothing else, there is no run, and the upstream was never asked.
    async fn check_nothing_sent(&self, upstream: &Upstream) {
        let asked = self
            .browser
            .read(
                "performance.getEntriesByType('resource')
                    .map(entry => new URL(entry.name).pathname)
                    .filter(path => path.startsWith('/api'))",
            )
            .await;
        assert_eq!(asked, json!(["/api/settings"]));
        let runs = self.site.world.get("/api/executions").await.expect(200);
        assert_eq!(runs["executions"], json!([]));
        assert_eq!(upstream.total(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_list_is_counted_with_the_reason_for_each_invalid_line_before_anything_is_sent() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = "123-45-6789\n123456780\n\n123-45-6789\n12-345-6781\nn/a\n900-70-1234\n1.23E+08\n";
    browser.type_in("numbers", list).await;
    browser.until_text("report-invalid", "3").await;
    browser.until_text("report-numbers", "3").await;
    browser.until_text("report-repeated", "1").await;
    browser.until_text("report-warnings", "1").await;
    assert_eq!(browser.text("start").await, "Look up 3 numbers");
    browser.click("show-invalid").await;
    let lines = browser
        .read(
            "[...document.querySelectorAll('[data-testid=invalid-lines] li')]
                .map(line => [...line.children].map(part => part.textContent))",
        )
        .await;
    assert_eq!(
        lines,
        json!([
            ["5", "12-345-6781", "nine digits, but not as 123-45-6789"],
            ["6", "n/a", "no digits"],
            [
                "8",
                "1.23E+08",
                "scientific notation: a spreadsheet has lost digits"
            ],
        ])
    );
    browser.shoot("typed").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_number_can_not_be_started() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let is_disabled = "document.querySelector('[data-testid=start]').disabled";
    assert_eq!(browser.read(is_disabled).await, true);
    browser.type_in("numbers", "n/a\n").await;
    browser.until_text("report-invalid", "1").await;
    assert_eq!(browser.read(is_disabled).await, true);
    browser.type_in("numbers", "123456789").await;
    browser.until_text("report-numbers", "1").await;
    assert_eq!(browser.read(is_disabled).await, false);
    // Settings that can't be met hold it back too.
    browser.click("settings").await;
    browser.type_in("max-concurrency", "many").await;
    browser.until(is_disabled).await;
    browser
        .until_text("max-concurrency-wrong", "A whole number from 1 to 10,000.")
        .await;
    assert_eq!(browser.text("requests-per-second-wrong").await, "");
    browser.shoot("wrong-setting").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zeros_that_a_spreadsheet_ate_are_restored_on_demand() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.type_in("numbers", "123456789\n1234567\n").await;
    browser.until_text("report-zeros", "1").await;
    browser.until_text("report-invalid", "1").await;
    browser.click("restore").await;
    browser.until_text("report-numbers", "2").await;
    assert!(!browser.shows("report-invalid").await);
    visit.check_nothing_sent(&upstream).await;
    let id = visit.start().await;
    visit.until_status("Finished").await;
    let rows = visit.site.world.rows(&id).await;
    assert_eq!(rows[1]["ssn"], "001234567");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_two_columns_that_could_be_meant_is_asked_about_and_its_other_columns_stay() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let table = "Name,His SSN,Her SSN\n\
                 \"Lovelace, Ada\",123-45-6789,987-65-4321\n\
                 Babbage,123-45-6780,\n\
                 Somerville,123-45-6781,123456782\n";
    browser
        .upload("file", "families.csv", table.as_bytes())
        .await;
    browser.until_text("held", "families.csv").await;
    browser
        .until("document.querySelector('[data-testid=column]')")
        .await;
    let choices = browser
        .read("[...document.querySelectorAll('[data-testid=column] option')].map(option => option.text)")
        .await;
    assert_eq!(choices, json!(["Choose…", "His SSN", "Her SSN"]));
    browser.shoot("which-column").await;
    visit.check_nothing_sent(&upstream).await;
    browser.choose("column", "Her SSN").await;
    browser.until_text("report-numbers", "2").await;
    browser.until_text("report-invalid", "1").await;
    let preview = browser
        .read("document.querySelector('[data-testid=preview]').innerText")
        .await;
    let preview = preview.as_str().unwrap();
    assert!(
        preview.contains("•••-••-4321") && preview.contains("(empty)") && !preview.contains("987"),
        "{preview}"
    );
    browser.shoot("file").await;

    let id = visit.start().await;
    visit.until_status("Finished").await;
    browser.until_text("heading", "families.csv").await;
    let sent: Vec<_> = visit
        .site
        .world
        .rows(&id)
        .await
        .iter()
        .map(|row| row["ssn"].clone())
        .collect();
    assert_eq!(sent, [json!("987654321"), json!(null), json!("123456782")]);
    for (path, content) in visit.site.world.contents().await {
        for stays in ["Lovelace", "Babbage", "123456789", "6789"] {
            assert!(
                !content.contains(stays),
                "{path} holds what was not to be sent"
            );
        }
    }
    let numbers = [
        "123456789",
        "987654321",
        "123456780",
        "123456781",
        "123456782",
    ];
    visit.check_no_number(&numbers).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_named_after_the_last_file_unless_somebody_named_it() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let label = async |file: &str| {
        browser.upload("file", file, b"123456789").await;
        browser.until_text("held", file).await;
        browser
            .read("document.querySelector('[data-testid=label]').value")
            .await
    };
    assert_eq!(label("first.txt").await, "first.txt");
    assert_eq!(label("second.txt").await, "second.txt");
    // A name with what could be a number in it is no name.
    assert_eq!(label("123-45-6789.txt").await, "");
    browser.type_in("label", "The staff").await;
    assert_eq!(label("third.txt").await, "The staff");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_is_refused_in_words_and_can_be_removed() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.upload("file", "empty.txt", b"").await;
    browser.until_text("held", "empty.txt").await;
    assert!(!browser.shows("report").await);
    let noise: Vec<u8> = (0..200_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    browser.upload("file", "noise.bin", &noise).await;
    browser.until_text("held", "noise.bin").await;
    browser
        .until("document.querySelector('[data-testid=refused], [data-testid=report], [data-testid=column]')?.innerText")
        .await;
    browser.shoot("noise").await;
    assert_eq!(
        browser
            .read("document.querySelector('[data-testid=start]').disabled")
            .await,
        true
    );
    browser.click("clear").await;
    browser.type_in("numbers", "123456789").await;
    browser.until_text("report-numbers", "1").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

/// Dispatches a paste, as the browser does, of this text on what an expression of JavaScript gives.
async fn paste(browser: &Browser, onto: &str, text: &str) {
    let text = json!(text);
    let pasted = browser
        .read(&format!(
            "(data => {{
                data.setData('text/plain', {text});
                return {onto}.dispatchEvent(new ClipboardEvent(
                    'paste', {{clipboardData: data, bubbles: true, cancelable: true}}));
            }})(new DataTransfer())"
        ))
        .await;
    assert_eq!(pasted, false, "the page has taken it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_outside_the_field_is_added_to_it() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.text("numbers").await;
    paste(browser, "document.body", "123-45-6789\n").await;
    browser.until_text("report-numbers", "1").await;
    paste(browser, "document.body", "123-45-6780\n").await;
    browser.until_text("report-numbers", "2").await;
    let field = "document.querySelector('[data-testid=numbers]').value";
    assert_eq!(browser.read(field).await, "123-45-6789\n123-45-6780\n");
    // A short text that is dragged there is the field's own; a file or a long text is not.
    for (what, is_taken) in [
        ("setData('text/plain', '123-45-6781')", false),
        ("items.add(new File(['123-45-6781'], 'a.txt'))", true),
    ] {
        let taken = browser
            .read(&format!(
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
    browser.until_text("held", "a.txt").await;
    browser.click("clear").await;
    paste(browser, "document.body", "123-45-6789\n123-45-6780\n").await;
    browser.until_text("report-numbers", "2").await;
    // Another field's text is its own.
    let label = "document.querySelector('[data-testid=label]')";
    let taken = browser
        .read(&format!(
            "!{label}.dispatchEvent(new ClipboardEvent('paste', {{bubbles: true, cancelable: true, clipboardData: new DataTransfer()}}))"
        ))
        .await;
    assert_eq!(taken, false);
    assert_eq!(
        browser.text("said").await,
        "2 numbers to look up.",
        "whoever hears the page is told"
    );
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_anywhere_is_the_list_whatever_its_encoding() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
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
    browser.until_text("held", "staff.txt").await;
    browser.until_text("report-numbers", "2").await;
    let preview = browser.text("preview").await;
    assert!(preview.contains("Zo\u{eb} · •••-••-6789"), "{preview}");
    // What has no text takes nothing's place.
    paste(browser, "document.body", " \n").await;
    browser
        .read(
            "document.body.dispatchEvent(new DragEvent('drop', {
                dataTransfer: new DataTransfer(), bubbles: true, cancelable: true}))",
        )
        .await;
    // The other column is no number at all, and the first can be come back to.
    browser.click("other-column").await;
    browser.choose("column", "Name").await;
    browser.until_text("report-invalid", "2").await;
    browser.click("other-column").await;
    browser.choose("column", "SSN").await;
    browser.until_text("report-numbers", "2").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_list_is_told_with_what_to_do() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .until("document.querySelector('[data-testid=numbers]')")
        .await;
    for (name, content, told) in [
        ("book.xlsx", &b"PK\x03\x04rest"[..], "save the sheet as CSV"),
        ("scan.pdf", b"%PDF-1.7\n", "Copy the numbers out of it"),
    ] {
        browser.upload("file", name, content).await;
        browser.until_text("held", name).await;
        browser
            .until(&format!(
                "document.querySelector('[data-testid=refused]')?.innerText.includes({})",
                json!(told)
            ))
            .await;
    }
    browser.shoot("workbook").await;
    browser
        .read(
            "(data => {
                data.items.add(new File(['123456789'], 'a.txt'));
                data.items.add(new File(['123456780'], 'b.txt'));
                document.body.dispatchEvent(new DragEvent(
                    'drop', {dataTransfer: data, bubbles: true, cancelable: true}));
            })(new DataTransfer())",
        )
        .await;
    let told = browser.text("file-trouble").await;
    assert!(told.contains("One list at a time"), "{told}");
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_lines_are_told_a_few_at_a_time_as_far_as_somebody_asks() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list: String = (0..300).map(|line| format!("line {line}\n")).collect();
    browser
        .upload("file", "notes.txt", format!("123456789\n{list}").as_bytes())
        .await;
    browser.until_text("report-invalid", "300").await;
    browser.click("show-invalid").await;
    let told = "[...document.querySelectorAll('[data-testid=invalid-lines] li')].map(line => line.innerText)";
    let count = format!("{told}.length");
    browser.until(&format!("{count} === 50")).await;
    browser.click("more-invalid").await;
    browser.until(&format!("{count} === 250")).await;
    browser.click("more-invalid").await;
    browser.until(&format!("{count} === 300")).await;
    let last = browser.read(&format!("{told}[299]")).await;
    assert!(last.as_str().unwrap().contains("line 299"), "{last}");
    assert!(!browser.shows("more-invalid").await);
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_say_what_they_mean_for_the_list() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = numbers(10_000).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser
        .until_text(
            "estimate",
            "10,000 numbers, 1,000 at once: about 2 seconds if each takes 200 ms.",
        )
        .await;
    browser.click("settings").await;
    browser.type_in("requests-per-second", "50").await;
    browser
        .until_text("estimate", "10,000 numbers at 50 a second: 3 min 20 s.")
        .await;
    browser.shoot("rated").await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_finds_the_list_again_and_a_new_list_begins_empty() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    let list = numbers(40).join("\n");
    browser.upload("file", "list.txt", list.as_bytes()).await;
    browser.until_text("report-numbers", "40").await;
    let first = visit.start().await;
    browser.read("history.back()").await;
    browser.until_text("held", "list.txt").await;
    browser.until_text("report-numbers", "40").await;
    // The list is still the worker's to start, as another run.
    let second = visit.start().await;
    assert_ne!(first, second);
    visit.until_status("Finished").await;
    browser.click("nav-new").await;
    browser.until_text("start", "Look up numbers").await;
    assert!(!browser.shows("held").await);
    visit.check_no_number(&numbers(40)).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_is_told_and_the_next_list_has_another() {
    let upstream = Upstream::quick().await;
    let visit = Visit::new(Kind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .read(
            "(post => Worker.prototype.postMessage = function (...parts) {
                window.worker = this;
                post.apply(this, parts);
            })(Worker.prototype.postMessage) && null",
        )
        .await;
    browser.upload("file", "list.txt", b"123456789\n").await;
    browser.until_text("report-numbers", "1").await;
    browser
        .read("window.worker.dispatchEvent(new Event('error'))")
        .await;
    browser.click("start").await;
    let told = "document.querySelector('[data-testid=file-trouble]').innerText";
    browser
        .until(&format!("{told}.includes('Bring it again')"))
        .await;
    assert_eq!(browser.text("start").await, "Look up numbers");
    browser
        .upload("file", "again.txt", b"123456789\n123456780\n")
        .await;
    browser.until_text("report-numbers", "2").await;
    visit.start().await;
    visit.until_status("Finished").await;
    visit.close().await;
}
