//! Sheets and values that programs store in unusual ways.

use super::*;

/// Makes an .xlsx workbook of one sheet as XML, with the shared strings `A` and `B`.
fn xlsx_parts(rows: &str) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationship = |id: u8, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>")
    };
    let sheet = relationship(1, "worksheet", "worksheets/sheet1.xml");
    let strings = relationship(2, "sharedStrings", "sharedStrings.xml");
    let root = relationship(1, "officeDocument", "xl/workbook.xml");
    archive(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            &format!("<Relationships>{root}</Relationships>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!("<Relationships>{sheet}{strings}</Relationships>"),
        ),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"S\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>A</t></si><si><t>B</t></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

#[test]
fn a_value_that_is_read_as_another_one_is_damage() {
    for (cell, expected) in [
        ("<c t=\"s\"><v>1</v></c>", Some("B\n")),
        ("<c s=\"0\" t='s'><v>01</v></c>", Some("B\n")),
        ("<c><v> 1 </v></c>", Some(" 1 \n")),
        ("<c t=\"s\"><v>\n1\n</v></c>", None),
        ("<c t=\"s\" s=\"0\"><v>1.0</v></c>", None),
        ("<c t=\"s\"><v>99999999999999999999</v></c>", None),
        ("<c t=\"str\"><v><![CDATA[B]]></v></c>", None),
        ("<c t=\"inlineStr\"><is><t>B</t></is></c>", Some("B\n")),
        (
            "<c t=\"inlineStr\"><v>B</v><is><t>B</t></is></c>",
            Some("B\n"),
        ),
        ("<c t=\"inlineStr\"><v>B</v></c>", None),
        ("<c t=\"inlineStr\"><is><t>B</t></is><v>B</v></c>", None),
    ] {
        let read = extract_sheet(&xlsx_parts(&format!("<row>{cell}</row>")), None);
        let text = read.map(|sheet| sheet.text().to_owned());
        let expected = expected.map(str::to_owned).ok_or(WorkbookError::Damaged);
        assert_eq!(text, expected, "{cell}");
    }
}

#[test]
fn a_formula_without_a_stored_value_is_a_row() {
    let rows = "<row><c t=\"str\"><v>SSN</v></c></row><row><c/><c><f>Z1</f></c></row>\
                <row><c><f>Z2</f><v></v></c></row><row><c><f>Z3</f><v>123456789</v></c></row>\
                <row><c t=\"str\"><f>Z4</f><v></v></c></row><row><c s=\"0\"/></row>\
                <row><c t=\"str\"><f>Z5</f></c></row>";
    let sheet = sheet(&xlsx_parts(rows));
    let note = "formula without value";
    let text = format!("SSN\n\"\",{note}\n{note}\n123456789\n{note}\n");
    assert_eq!((sheet.text(), sheet.rows()), (&*text, &[1, 2, 3, 4, 7][..]));
    let cell = "<table:table-row><table:table-cell table:formula=\"of:=1\"/></table:table-row>";
    assert_eq!(super::sheet(&ods(cell)).text(), format!("{note}\n"));
}

#[test]
fn numbers_are_not_taken_from_beside_unsaved_formulas() {
    let rows = "<row><c t=\"str\"><v>Emp No</v></c><c t=\"str\"><v>SSN</v></c></row>\
                <row><c t=\"str\"><v>123-45-6789</v></c><c><f>Z1</f></c></row>";
    let mut sheet = sheet(&xlsx_parts(rows));
    let error = read_sheet(&mut sheet, &ReadOptions::default(), None).unwrap_err();
    assert!(
        matches!(error, ReadError::AmbiguousColumn { .. }),
        "{error}"
    );
}

#[test]
fn a_formatted_sum_in_a_row_of_totals_is_a_control_record() {
    let xlsx = xlsx(|workbook| {
        let ssn = Format::new().set_num_format("000-00-0000");
        let sheet = workbook.add_worksheet();
        for (row, (name, number)) in [
            ("Ann", 12_001_001),
            ("Bob", 12_001_002),
            ("Total", 24_002_003),
        ]
        .into_iter()
        .enumerate()
        {
            sheet.write(row as u32 + 1, 0, name).unwrap();
            sheet
                .write_with_format(row as u32 + 1, 1, number, &ssn)
                .unwrap();
        }
        sheet.write_row(0, 0, ["Name", "SSN"]).unwrap();
        // Typed as text.
        sheet.write_row(4, 0, ["Sum", "123-45-6789"]).unwrap();
    });
    let cell = |name: &str, number: u32, shown: &str| {
        format!(
            "<table:table-row><table:table-cell><text:p>{name}</text:p></table:table-cell>\
             <table:table-cell office:value-type=\"float\" office:value=\"{number}\">\
             <text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    let ods = ods(&[
        cell("Ann", 12_001_001, "012-00-1001"),
        cell("Total", 24_002_003, "024-00-2003"),
    ]
    .concat());
    let text = sheet(&xlsx).text().to_owned();
    assert!(text.ends_with("Bob,012-00-1002\nTotal,24002003\nSum,123-45-6789\n"));
    let list = read(&xlsx).list;
    assert!(
        (0..4)
            .map(|row| list.ssn(row).is_some())
            .eq([true, true, false, true])
    );
    let control = Row::Invalid(contract::InvalidReason::ControlRecord);
    assert_eq!(list.rows[2], control);
    assert_eq!(sheet(&ods).text(), "Ann,012-00-1001\nTotal,24002003\n");
}

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
