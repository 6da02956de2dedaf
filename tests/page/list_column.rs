//! The choice of a table's column of numbers.

use serde_json::json;

use crate::support::app::EngineKind;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_two_ssn_columns_asks_which_one_to_use() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let table = "Name,His SSN,Her SSN\n\
                 \"Lovelace, Ada\",123-45-6789,987-65-4321\n\
                 Babbage,123-45-6780,\n\
                 Somerville,123-45-6781,123456782\n";
    browser
        .upload("file", "families.csv", table.as_bytes())
        .await;
    browser.wait_for_text("held", "families.csv").await;
    browser.text("ask").await;
    let texts = "(found => [...document.querySelectorAll(found)].map(found => found.innerText))";
    let buttons = format!("{texts}('[data-testid=ask] .buttons button')");
    assert_eq!(
        browser.evaluate(&buttons).await,
        json!(["Use “His SSN”", "Use “Her SSN”"])
    );
    let cells = format!("{texts}('[data-testid=ask] :is(th, td)')");
    assert_eq!(
        browser.evaluate(&cells).await,
        json!([
            "Line",
            "Name\nno numbers",
            "His SSN\n3 of 3 are written as 123-45-6789",
            "Her SSN\n2 of 3 are numbers",
            "2",
            "Lovelace, Ada",
            "•••-••-6789",
            "•••-••-4321",
            "3",
            "Babbage",
            "•••-••-6780",
            "empty",
            "4",
            "Somerville",
            "•••-••-6781",
            "•••••6782",
        ])
    );
    assert_eq!(browser.text("seen").await, "3 lines, read as UTF-8, commas");
    // Nothing but the table is there to decide on.
    for hidden in ["start", "settings-line", "report"] {
        assert!(!browser.is_visible(hidden).await, "{hidden}");
    }
    browser.screenshot("which-column").await;
    visit.check_nothing_sent(&upstream).await;
    browser.click("use-2").await;
    browser.wait_for_text("report-numbers", "2").await;
    browser.wait_for_text("report-invalid", "1").await;
    let preview = browser.text("preview").await;
    assert!(
        preview.contains("•••-••-4321") && preview.contains("(empty)") && !preview.contains("987"),
        "{preview}"
    );
    browser.screenshot("file").await;

    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    browser.wait_for_text("heading", "families.csv").await;
    let sent: Vec<_> = visit
        .site
        .app
        .rows(&id)
        .await
        .iter()
        .map(|row| row["ssn"].clone())
        .collect();
    assert_eq!(sent, [json!("987654321"), json!(null), json!("123456782")]);
    for (path, content) in visit.site.app.stored_objects().await {
        for unsent in ["Lovelace", "Babbage", "123456789", "6789"] {
            assert!(
                !content.contains(unsent),
                "{path} has text of another column"
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

/// A table whose column of numbers isn't certain. Neither name means SSNs.
const STAFF: &[u8] = b"Name;Employee No;Tax ID;Hired\n\
    Jos\xe9;800100001;900701001;2019-04-02\n\
    Ann;800100002;;2021-11-19\n\
    Bob;800100003;900701003;2016-07-30\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_column_is_chosen_by_click_or_key_anywhere_in_it() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let in_column = |column: u8| format!("document.querySelector('td[data-column=\"{column}\"]')");
    for (column, is_clicked, numbers) in [(1, true, "3"), (2, true, "2"), (2, false, "2")] {
        browser.upload("file", "staff.csv", STAFF).await;
        browser.text("ask").await;
        match is_clicked {
            true => {
                let click = format!("void {}.click()", in_column(column));
                browser.evaluate(&click).await;
            }
            // Enter.
            false => {
                browser
                    .type_in(&format!("column-{column}"), "\u{e007}")
                    .await;
            }
        }
        browser.wait_for_text("report-numbers", numbers).await;
        browser.wait_until_hidden("ask").await;
        // The focus goes on to the list's summary.
        browser
            .wait_for("document.activeElement.id === 'summary'")
            .await;
        browser.click("clear").await;
    }
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_likely_column_is_marked_and_the_encoding_is_named() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser.upload("file", "staff.csv", STAFF).await;
    browser
        .wait_for_text("seen", "3 lines, read as Windows-1252, semicolons")
        .await;
    let filled = "[...document.querySelectorAll('.filled')]
        .filter(found => found.checkVisibility()).map(found => found.innerText)";
    assert_eq!(browser.evaluate(filled).await, json!(["Use “Tax ID”"]));
    browser.click("use-2").await;
    browser.wait_for_text("report-numbers", "2").await;
    browser
        .wait_for_text("seen", "3 lines, read as Windows-1252, semicolons")
        .await;
    let preview = browser.text("preview").await;
    assert!(preview.contains("José · •••-••-1001"), "{preview}");
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_table_can_be_edited_while_it_is_asked_about() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .type_in("numbers", "Account,Tax ID\n800100001,900701001\n")
        .await;
    browser.text("ask").await;
    browser.type_in("numbers", "800100002,900701002").await;
    browser
        .wait_for("document.querySelectorAll('[data-testid=ask] tbody tr').length === 2")
        .await;
    browser.click("column-1").await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}
