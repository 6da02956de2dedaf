//! Workbooks as lists.

use rust_xlsxwriter::Workbook;
use serde_json::json;
use tempfile::TempDir;

use crate::downloaded_files::rows;
use crate::support::app::EngineKind;
use crate::support::upstream::Upstream;
use crate::visit::Visit;

/// Makes an .xlsx workbook whose sheets have these rows.
fn xlsx(sheets: &[(&str, &[[&str; 2]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            sheet.write_row(row, 0, *cells).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

const STAFF: &[[&str; 2]] = &[
    ["Name", "SSN"],
    ["Ann", "100-01-0001"],
    ["Bob", "pending"],
    ["Cy", "100-01-0003"],
];
const OLD: &[[&str; 2]] = &[
    ["Number", "Code"],
    ["100010004", "100010005"],
    ["100010006", "100010007"],
];

const XLS: &[u8] = include_bytes!("../../lists/fixtures/people.xls");

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_of_each_format_is_read() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    for (name, content) in [
        ("people.xls", XLS),
        (
            "people.xlsb",
            include_bytes!("../../lists/fixtures/people.xlsb"),
        ),
        (
            "people.ods",
            include_bytes!("../../lists/fixtures/people.ods"),
        ),
    ] {
        browser.upload("file", name, content).await;
        browser.wait_for_text("held", name).await;
        browser
            .wait_for_text(
                "seen",
                "4 lines, read from sheet 1 of 2, “People”, including 1 hidden row",
            )
            .await;
        browser.wait_for_text("report-numbers", "3").await;
        browser.wait_for_text("report-zeros", "1").await;
        let preview = browser.text("preview").await;
        assert!(preview.contains("6\nDee · •••-••-0001"), "{preview}");
        assert!(!browser.is_visible("other-sheet").await);
        browser.click("clear").await;
    }
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_of_a_workbook_has_the_sheets_row_numbers() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let folder = TempDir::new().unwrap();
    browser.download_into(folder.path()).await;
    let workbook = xlsx(&[("Staff", STAFF)]);
    browser.upload("file", "staff.xlsx", &workbook).await;
    browser.wait_for_text("report-invalid", "1").await;
    browser.screenshot("workbook-list").await;
    // An invalid line is corrected as in a text.
    browser.click("show-invalid").await;
    let correct = "(input => {
        input.value = '100-01-0002';
        input.dispatchEvent(new Event('change', {bubbles: true}));
    })(document.querySelector('[data-testid=invalid-lines] input'))";
    browser.evaluate(correct).await;
    browser.wait_for_text("report-numbers", "3").await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    let lines: Vec<_> = visit.site.app.rows(&id).await;
    let lines: Vec<_> = lines
        .iter()
        .map(|row| json!([row["line"], row["ssn"]]))
        .collect();
    assert_eq!(
        lines,
        [
            json!([2, "100010001"]),
            json!([3, "100010002"]),
            json!([4, "100010003"])
        ]
    );
    browser.click("download").await;
    browser
        .wait_for_text("download-columns-names", "Name")
        .await;
    let (_, content) = visit.downloaded(folder.path()).await;
    let names: Vec<_> = rows("csv", &content)
        .iter()
        .map(|row| row["Name"].clone())
        .collect();
    assert_eq!(names, ["Ann", "Bob", "Cy"]);
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chooses_the_sheet_if_several_have_rows() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let workbook = xlsx(&[("Staff", STAFF), ("Empty", &[]), ("Old", OLD)]);
    browser.upload("file", "staff.xlsx", &workbook).await;
    browser.wait_for_text("sheet-2", "Old").await;
    assert!(!browser.is_visible("sheet-1").await);
    for hidden in ["start", "settings-line", "report"] {
        assert!(!browser.is_visible(hidden).await, "{hidden}");
    }
    browser.screenshot("which-sheet").await;
    // A column of that sheet is asked for then.
    browser.click("sheet-2").await;
    browser
        .wait_for_text("seen", "2 lines, read from sheet 3 of 3, “Old”")
        .await;
    browser
        .wait_for("document.activeElement.id === 'question'")
        .await;
    browser.click("use-1").await;
    browser.wait_for_text("report-numbers", "2").await;
    browser
        .wait_for("document.activeElement.id === 'summary'")
        .await;
    browser.click("other-sheet").await;
    browser.click("sheet-0").await;
    browser
        .wait_for_text("seen", "3 lines, read from sheet 1 of 3, “Staff”")
        .await;
    visit.check_nothing_sent(&upstream).await;
    let id = visit.start().await;
    visit.wait_for_status("Finished").await;
    let rows = visit.site.app.rows(&id).await;
    assert_eq!(rows[2]["ssn"], "100010003");
    visit.check_no_number(&["100010001", "100010005"]).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_that_cannot_be_read_is_refused_with_a_reason() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    let good = xlsx(&[("Staff", STAFF)]);
    // The program for workbooks stops at this one.
    let mut stops = XLS.to_vec();
    stops[514] = 0;
    for (name, content, says) in [
        (
            "half.xlsx",
            &good[..good.len() - 300],
            "The workbook is damaged or incomplete",
        ),
        (
            "empty.xlsx",
            &xlsx(&[("A", &[]), ("B", &[])]),
            "no cell has a value",
        ),
        ("stops.xls", &stops, "too little memory"),
    ] {
        browser.upload("file", name, content).await;
        browser.wait_for_text("held", name).await;
        let refused = "document.querySelector('[data-testid=refused]')?.innerText";
        browser
            .wait_for(&format!("{refused}?.includes('{says}')"))
            .await;
        let text = browser.text("refused").await;
        assert!(
            text.starts_with("This workbook can't be read as a list"),
            "{text}"
        );
    }
    browser.screenshot("workbook-refused").await;
    // The next one is read.
    browser.upload("file", "staff.xlsx", &good).await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.check_nothing_sent(&upstream).await;
    visit.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_read_once_its_program_can_be_loaded() {
    let upstream = Upstream::succeeding().await;
    for file in ["/workbook_boot-", "/workbook-", "/workbook_bg-"] {
        let visit = Visit::new(EngineKind::Memory, &upstream).await;
        let (browser, site) = (&visit.browser, &visit.site);
        browser.expect_in_console("503");
        site.fail_file(Some(file));
        let workbook = xlsx(&[("Staff", STAFF)]);
        browser.upload("file", "staff.xlsx", &workbook).await;
        let trouble = browser
            .wait_for("document.querySelector('[data-testid=file-trouble]')?.innerText")
            .await;
        assert!(
            trouble.as_str().unwrap().contains("can't be loaded"),
            "{trouble}"
        );
        site.fail_file(None);
        browser.wait_for_text("report-numbers", "2").await;
        browser.wait_until_hidden("file-trouble").await;
        visit.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_joined_by_the_sheet_of_the_run() {
    let upstream = Upstream::succeeding().await;
    let visit = Visit::new(EngineKind::Memory, &upstream).await;
    let browser = &visit.browser;
    browser
        .type_in("numbers", "100-01-0001\npending\n100-01-0003\n")
        .await;
    browser.wait_for_text("report-numbers", "2").await;
    visit.start().await;
    visit.wait_for_status("Finished").await;
    browser.reload().await;
    visit.wait_for_status("Finished").await;
    browser.click("download").await;
    let says = "document.querySelector('[data-testid=download-columns-says]').innerText";
    for (sheets, why) in [
        (&[("Old", OLD), ("Notes", OLD)][..], "more or fewer lines"),
        (
            &[("Staff", STAFF), ("Copy", STAFF), ("Old", OLD)],
            "They are “Staff”, “Copy”",
        ),
    ] {
        browser
            .upload("download-list", "other.xlsx", &xlsx(sheets))
            .await;
        browser.wait_for(&format!("{says}.includes('{why}')")).await;
    }
    let workbook = xlsx(&[("Old", OLD), ("Staff", STAFF)]);
    browser
        .upload("download-list", "staff.xlsx", &workbook)
        .await;
    browser
        .wait_for_text("download-columns-names", "Name, typed")
        .await;
    visit.close().await;
}
