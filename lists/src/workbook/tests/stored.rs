//! Sheets and values that programs store in unusual ways.

use super::*;

#[test]
fn a_sheet_is_selected_by_the_name_that_is_shown() {
    let bytes = xlsx(|workbook| {
        workbook.add_worksheet().set_name("Old").unwrap();
        let sheet = workbook.add_worksheet().set_name("123-45-6789").unwrap();
        sheet.write(0, 0, "x").unwrap();
    });
    for name in ["sheet 2", "Sheet 2", "2", "123-45-6789"] {
        let selector = name.parse().unwrap();
        let sheet = extract_sheet(&bytes, Some(&selector)).unwrap();
        assert_eq!(sheet.properties.name.name, "sheet 2");
    }
}

#[test]
fn the_cache_of_another_workbook_is_no_sheet() {
    let row = |text: &str| {
        format!(
            "<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell>\
             </table:table-row>"
        )
    };
    let cache = format!(
        "</table:table><table:table table:name=\"'file:///b.ods'#$A\">{}</table:table>\
         <table:table table:name=\"B\">{}",
        row("cached"),
        row("b")
    );
    let bytes = ods(&(row("a") + &cache));
    for (name, text) in [("A", "a\n"), ("2", "b\n")] {
        let sheet = extract_sheet(&bytes, Some(&name.parse().unwrap())).unwrap();
        assert_eq!((sheet.text(), counts(&sheet)), (text, (0, 2)));
    }
}
