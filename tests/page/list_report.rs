//! A list is understood before anything is sent.

use serde_json::json;

use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::world::Kind;
use crate::visit::Visit;

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
    browser.until_text("start", "Look up 3 numbers").await;
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
    browser.until(&format!("!{is_disabled}")).await;
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
    browser
        .until("!document.querySelector('[data-testid=report-invalid]')?.checkVisibility()")
        .await;
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
            "10,000 numbers, 1,000 at a time: about 2 seconds if each request takes 200 ms.",
        )
        .await;
    browser.click("settings").await;
    browser.type_in("requests-per-second", "50").await;
    browser
        .until_text("estimate", "10,000 numbers at 50 per second: 3 min 20 s.")
        .await;
    browser.shoot("rated").await;
    visit.close().await;
}
