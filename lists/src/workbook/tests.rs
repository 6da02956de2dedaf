use std::io::{Cursor, Write};

use contract::list::{ReadOptions, Row};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::{FileKind, ReadError, Source, file_kind, read_sheet, read_source};

mod refused;
mod stored;

const XLS: &[u8] = include_bytes!("../../fixtures/people.xls");
const XLSB: &[u8] = include_bytes!("../../fixtures/people.xlsb");
const ODS: &[u8] = include_bytes!("../../fixtures/people.ods");

/// Makes an .xlsx workbook.
fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

/// Makes an .xlsx workbook of one sheet with texts.
fn texts(rows: &[&[&str]]) -> Vec<u8> {
    xlsx(|workbook| {
        let sheet = workbook.add_worksheet();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write(row as u32, column as u16, *cell).unwrap();
            }
        }
    })
}

/// Makes a ZIP archive.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        // The format's own signature is never compressed.
        let method = match *name == "mimetype" {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Makes an .ods workbook of one sheet.
fn ods(rows: &str) -> Vec<u8> {
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            &format!("<x><table:table table:name=\"A\">{rows}</table:table></x>"),
        ),
    ])
}

fn sheet(bytes: &[u8]) -> Sheet {
    assert_eq!(file_kind(bytes), Some(FileKind::Workbook));
    extract_sheet(bytes, None).unwrap()
}

/// Hidden rows and sheets.
fn counts(sheet: &Sheet) -> (usize, usize) {
    (sheet.properties.hidden_rows, sheet.properties.sheet_count)
}

fn error(bytes: &[u8]) -> WorkbookError {
    extract_sheet(bytes, None).unwrap_err()
}

fn read(bytes: &[u8]) -> Source {
    read_sheet(&mut sheet(bytes), &ReadOptions::default(), None).unwrap()
}

#[test]
fn each_format_is_read_with_its_rows_and_hidden_rows() {
    let text = "Name,SSN,Born\nAnn,123-45-6789,1990-05-17\nBob,123456780\nCy,1010001\n\
                Dee,100-01-0001\n";
    for bytes in [XLS, XLSB, ODS] {
        let sheet = sheet(bytes);
        assert_eq!(sheet.text(), text);
        assert_eq!(sheet.rows(), [1, 2, 3, 5, 6]);
        assert_eq!(counts(&sheet), (1, 2));
        assert_eq!(sheet.properties.name.name, "People");
    }
    let xlsx = xlsx(|workbook| {
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let sheet = workbook.add_worksheet().set_name("People").unwrap();
        sheet.write_row(0, 0, ["Name", "SSN", "Born"]).unwrap();
        sheet.write_row(1, 0, ["Ann", "123-45-6789"]).unwrap();
        let born = ExcelDateTime::from_ymd(1990, 5, 17).unwrap();
        sheet.write_with_format(1, 2, &born, &date).unwrap();
        sheet.write(2, 0, "Bob").unwrap();
        let formula = Formula::new("100000000+23456780").set_result("123456780");
        sheet.write(2, 1, formula).unwrap();
        sheet.write(4, 0, "Cy").unwrap();
        sheet.write(4, 1, 1_010_001).unwrap();
        sheet.write_row(5, 0, ["Dee", "100-01-0001"]).unwrap();
        sheet.set_row_hidden(5).unwrap();
        workbook.add_worksheet().set_name("Notes").unwrap();
    });
    let sheet = sheet(&xlsx);
    assert_eq!((sheet.text(), sheet.rows()), (text, &[1, 2, 3, 5, 6][..]));
    assert_eq!(counts(&sheet), (1, 2));
}

#[test]
fn a_sheet_is_read_as_a_list_by_its_own_row_numbers() {
    for bytes in [XLS, XLSB, ODS] {
        let source = read(bytes);
        let lines: Vec<u32> = (0..source.list.rows.len())
            .map(|row| source.line_number(row))
            .collect();
        assert_eq!(lines, [2, 3, 5, 6]);
        let table = source.table.as_ref().unwrap();
        assert_eq!((table.ssn_column, table.column_count), (1, 3));
        assert_eq!(source.cells(0), ["Ann", "123-45-6789", "1990-05-17"]);
        assert_eq!(source.zeros_lost(), 1);
        assert!(matches!(source.list.rows[2], Row::Invalid(_)));
    }
}

#[test]
fn a_sheet_is_selected_by_its_name_or_its_position() {
    let bytes = xlsx(|workbook| {
        for name in ["Staff", "2", "Old"] {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            sheet.write(0, 0, name).unwrap();
        }
        workbook.add_worksheet();
    });
    let select = |selector: &str| {
        let selector = selector.parse().unwrap();
        extract_sheet(&bytes, Some(&selector)).map(|sheet| sheet.text().to_owned())
    };
    for (selector, text) in [
        ("Staff", "Staff"),
        (" staff ", "Staff"),
        ("2", "2"),
        ("3", "Old"),
    ] {
        assert_eq!(select(selector).as_deref(), Ok(&*format!("{text}\n")));
    }
    let message = select("4").unwrap_err().to_string();
    assert!(
        message.starts_with("sheet 4 “Sheet4” is empty"),
        "{message}"
    );
    for selector in ["0", "5", "x", ""] {
        let error = select(selector).unwrap_err();
        assert!(matches!(&error, WorkbookError::UnknownSheet { sheets } if sheets.len() == 4));
    }
    assert_eq!(
        error(&bytes).to_string(),
        "several sheets of the workbook have rows: 1 “Staff”, 2 “2”, 3 “Old”"
    );
}

#[test]
fn a_hidden_sheet_counts_and_a_name_shows_no_number() {
    let bytes = xlsx(|workbook| {
        workbook.add_worksheet().set_name("123-45-6789").unwrap();
        let sheet = workbook.add_worksheet().set_name("Old").unwrap();
        sheet.write(0, 0, "x").unwrap();
        sheet.set_hidden(true);
        workbook
            .worksheet_from_index(0)
            .unwrap()
            .write(0, 0, "x")
            .unwrap();
    });
    let message = error(&bytes).to_string();
    assert!(
        message.contains("1 “sheet 1”, 2 “Old” (hidden)"),
        "{message}"
    );
}

#[test]
fn a_number_has_the_zeros_that_its_cell_shows() {
    let bytes = xlsx(|workbook| {
        let ssn = Format::new().set_num_format("000\\-00\\-0000");
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "SSN").unwrap();
        sheet.write_with_format(1, 0, 1_010_001, &ssn).unwrap();
    });
    assert_eq!(sheet(&bytes).text(), "SSN\n001-01-0001\n");
    let cell = |value: u32, shown: &str| {
        format!(
            "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"{value}\">\
             <text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    for (value, shown, text) in [
        (1_010_001, "001-01-0001", "001-01-0001"),
        (1_010_001, "001010001", "001010001"),
        (1_010_001, "1,010,001", "1010001"),
        (1_010_001, "002-01-0001", "1010001"),
        (1_010_001, "", "1010001"),
        (501, "00501", "00501"),
        // Counts.
        (2, "000-00-0002", "2"),
        (0, "000000000", "0"),
    ] {
        assert_eq!(sheet(&ods(&cell(value, shown))).text(), format!("{text}\n"));
    }
}

#[test]
fn a_merged_value_is_in_its_first_cell() {
    let bytes = xlsx(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet
            .merge_range(0, 0, 1, 1, "Staff", &Format::new())
            .unwrap();
        sheet.write_row(2, 0, ["Name", "SSN"]).unwrap();
        sheet.write_row(3, 0, ["Ann", "123-45-6789"]).unwrap();
    });
    let sheet = sheet(&bytes);
    assert_eq!(sheet.text(), "Staff\nName,SSN\nAnn,123-45-6789\n");
    assert_eq!(sheet.rows(), [1, 3, 4]);
}

#[test]
fn a_cell_beside_the_table_does_not_shift_its_row() {
    let bytes = texts(&[
        &["Name", "SSN"],
        &["Ann", "123-45-6789"],
        &["Bob", "123-45-6780", "", "", "see Ann, \"or\" Cy"],
    ]);
    let source = read(&bytes);
    assert_eq!((source.list.items.len(), source.list.invalid), (2, 0));
    assert_eq!(source.cells(1)[4], "see Ann, \"or\" Cy");
    assert_eq!(source.table.unwrap().column_count, 5);
}

#[test]
fn a_sheet_can_be_read_again_with_a_column() {
    let bytes = texts(&[
        &["A", "B"],
        &["123456789", "123456780"],
        &["123456781", "123456782"],
    ]);
    let mut sheet = sheet(&bytes);
    let options = ReadOptions::default();
    let error = read_sheet(&mut sheet, &options, None).unwrap_err();
    assert!(
        matches!(error, ReadError::AmbiguousColumn { .. }),
        "{error}"
    );
    let parts = (sheet.text().to_owned(), sheet.rows().to_vec());
    let mut sheet = Sheet::from_parts(sheet.properties, parts.0, parts.1);
    let source = read_sheet(&mut sheet, &options, Some(&"B".parse().unwrap())).unwrap();
    assert_eq!((source.list.items.len(), source.line_number(1)), (2, 3));
}

#[test]
fn a_sheet_is_corrected_and_keeps_its_rows() {
    let one = texts(&[&["SSN"], &["x"], &["123456780"]]);
    let two = texts(&[&["Name", "SSN"], &["Ann"], &["Bob", "123456780"]]);
    for (bytes, value, expected) in [
        (&one, "123456789", [(true, 2), (true, 3)]),
        (&one, "", [(false, 2), (true, 3)]),
        (&one, "a\n,\"b", [(false, 2), (true, 3)]),
        (&two, "123456789", [(true, 2), (true, 3)]),
    ] {
        let sheet = sheet(bytes);
        let options = ReadOptions::default();
        let source = read_sheet(&mut sheet.clone(), &options, None).unwrap();
        let text = source.replace_value(0, value).unwrap();
        let mut sheet = Sheet::from_parts(sheet.properties.clone(), text, sheet.rows().to_vec());
        let source = read_sheet(&mut sheet, &options, None).unwrap();
        let rows = [0, 1].map(|row| (source.list.ssn(row).is_some(), source.line_number(row)));
        assert_eq!(rows, expected, "{value:?}");
        assert_eq!(source.list.rows.len(), 2);
    }
}

#[test]
fn cells_of_an_ods_sheet_are_read_as_they_are_stored() {
    let sheet = sheet(&ods(
        "<table:shapes><draw:frame><text:p>no</text:p></draw:frame></table:shapes>\
         <table:table-header-rows><table:table-row><table:table-cell office:value-type=\"string\">\
         <office:annotation><text:p>no</text:p></office:annotation><text:p>a &amp; <text:span>b\
         </text:span><text:s text:c=\"2\"/>c</text:p><text:p>&#100;</text:p></table:table-cell>\
         </table:table-row></table:table-header-rows>\
         <table:table-row table:number-rows-repeated=\"2\" table:visibility=\"collapse\">\
         <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" \
         office:value=\"1.5\"><text:p>2</text:p></table:table-cell>\
         <table:covered-table-cell/><table:table-cell office:value-type=\"boolean\" \
         office:boolean-value=\"true\"/></table:table-row>",
    ));
    assert_eq!(
        sheet.text(),
        "\"a & b  c\nd\"\n1.5,1.5,,TRUE\n1.5,1.5,,TRUE\n"
    );
    assert_eq!((sheet.rows(), counts(&sheet).0), (&[1, 2, 3][..], 2));
}

#[test]
fn a_value_of_an_ods_sheet_may_be_a_cdata_section() {
    let cell = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>\
                <![CDATA[123456789]]></text:p></table:table-cell></table:table-row>";
    assert_eq!(sheet(&ods(cell)).text(), "123456789\n");
}

#[test]
fn a_blank_cell_of_an_ods_sheet_is_not_repeated() {
    let cells = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell \
                 table:number-columns-repeated=\"16384\"><text:p><text:s/></text:p>\
                 </table:table-cell></table:table-row>";
    assert_eq!(error(&ods(&cells.repeat(100))), WorkbookError::Empty);
}
