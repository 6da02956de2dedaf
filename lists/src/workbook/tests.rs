use std::io::{Cursor, Write};

use contract::list::{ReadOptions, Row};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::{FileKind, ReadError, Source, file_kind, read_sheet, read_source};

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
        assert_eq!((sheet.hidden_rows, sheet.sheet_count), (1, 2));
        assert_eq!(sheet.name.name, "People");
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
    assert_eq!((sheet.hidden_rows, sheet.sheet_count), (1, 2));
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
    assert_eq!(select("4"), Err(WorkbookError::Empty));
    for selector in ["0", "5", "x", ""] {
        let error = select(selector).unwrap_err();
        assert!(matches!(&error, WorkbookError::UnknownSheet { sheets } if sheets.len() == 4));
    }
    assert_eq!(
        error(&bytes).to_string(),
        "several sheets of the workbook have rows: 1 “Staff”, 2 “2”, 3 “Old”; say which"
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
    let cell = |shown: &str| {
        format!(
            "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1010001\">\
             <text:p>{shown}</text:p></table:table-cell></table:table-row>"
        )
    };
    for (shown, text) in [
        ("001-01-0001", "001-01-0001"),
        ("001010001", "001010001"),
        ("1,010,001", "1010001"),
        ("002-01-0001", "1010001"),
        ("", "1010001"),
    ] {
        assert_eq!(sheet(&ods(&cell(shown))).text(), format!("{text}\n"));
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
    let mut sheet = Sheet::from_parts(sheet.name, 1, parts.0, parts.1);
    let source = read_sheet(&mut sheet, &options, Some(&"B".parse().unwrap())).unwrap();
    assert_eq!((source.list.items.len(), source.line_number(1)), (2, 3));
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
    assert_eq!((sheet.rows(), sheet.hidden_rows), (&[1, 2, 3][..], 2));
}

#[test]
fn a_workbook_with_a_password_is_refused_by_that() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage").unwrap();
    let encrypted = file.into_inner().into_inner();
    assert_eq!(file_kind(&encrypted), Some(FileKind::Workbook));
    assert_eq!(error(&encrypted), WorkbookError::Encrypted);

    let ods = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<x><manifest:encryption-data/></x>",
        ),
        ("content.xml", "not XML"),
    ]);
    assert_eq!(error(&ods), WorkbookError::Encrypted);

    // FilePass behind the start of the workbook.
    let records =
        b"\x09\x08\x10\0\0\x06\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\x2f\0\x06\0\x01\0\x01\0\x01\0";
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook")
        .unwrap()
        .write_all(records)
        .unwrap();
    let encrypted = file.into_inner().into_inner();
    assert_eq!(error(&encrypted), WorkbookError::Encrypted);
}

#[test]
fn an_empty_workbook_is_an_error() {
    assert_eq!(error(&texts(&[])), WorkbookError::Empty);
    assert_eq!(error(&texts(&[&["", " "]])), WorkbookError::Empty);
    assert_eq!(error(&ods("<table:table-row/>")), WorkbookError::Empty);
}

#[test]
fn the_unpacked_size_is_counted_and_not_believed() {
    let bytes = archive(&[("a", &"<a/>".repeat(500_000)), ("b", "<b/>")]);
    let open = || Package::open(&bytes).unwrap();
    let is_too_large = |error: WorkbookError| match error {
        WorkbookError::TooLarge { limit_mb, .. } => limit_mb == 1,
        _ => false,
    };
    assert!(is_too_large(open().read("A", 1).unwrap_err()));
    assert!(is_too_large(open().check_size(1, |_| true).unwrap_err()));
    assert_eq!(open().check_size(1, |name| name == "b"), Ok(()));
    assert_eq!(open().read("a", 2).unwrap().len(), 2_000_000);
    let mut package = open();
    let mut reader = package.reader("a", 1).unwrap();
    let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err();
    assert!(is_too_large(package::bounded_error(&error, 1)));
    // The directory and the part's header say that it is 4 bytes long.
    let mut false_size = bytes.clone();
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == 2_000_000_u32.to_le_bytes() {
            false_size[at..at + 4].copy_from_slice(&4_u32.to_le_bytes());
        }
    }
    assert_ne!(false_size, bytes);
    let mut package = Package::open(&false_size).unwrap();
    assert!(
        package
            .read("a", 1)
            .map_or(true, |read| read.len() <= 1_000_000)
    );
    // A few bytes that are a sheet full of text.
    let full = ods(&format!(
        "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell \
         table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>{}</text:p>\
         </table:table-cell></table:table-row>",
        "x".repeat(1_000)
    ));
    assert!(matches!(self::error(&full), WorkbookError::TooLarge { .. }));
}

#[test]
fn counts_that_are_false_are_damage() {
    let strings = "<sst uniqueCount=\"9999999999\"><si><t>x</t></si></sst>";
    let parts = [
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/sharedStrings.xml", strings),
    ];
    assert_eq!(error(&archive(&parts)), WorkbookError::Damaged);

    // A cell of the .xls sheet gets a column that no sheet has.
    let number = |row: u8, column: u8| [0xfd, 0, 10, 0, row, 0, column, 0];
    let mut xls = XLS.to_vec();
    let cell = xls
        .windows(8)
        .position(|record| record == number(1, 0))
        .unwrap();
    xls[cell + 7] = 0xff;
    assert_eq!(error(&xls), WorkbookError::Damaged);
}

#[test]
fn a_cell_longer_than_any_is_damage() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "x").unwrap();
    let good = workbook.save_to_buffer().unwrap();
    let mut source = zip::ZipArchive::new(Cursor::new(&good[..])).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..source.len() {
        let part = source.by_index_raw(index).unwrap();
        if part.name().unwrap() != "xl/worksheets/sheet1.xml" {
            writer.raw_copy_file(part).unwrap();
        }
    }
    let name = "xl/worksheets/sheet1.xml";
    writer
        .start_file(name, SimpleFileOptions::default())
        .unwrap();
    let cell = "x".repeat(3_000_000);
    write!(
        writer,
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>{cell}</v></c></row></sheetData></worksheet>"
    )
    .unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(error(&bytes), WorkbookError::Damaged);
}

#[test]
fn a_damaged_workbook_is_an_error() {
    let xlsx = texts(&[&["Name", "SSN"], &["Ann", "123-45-6789"]]);
    for bytes in [&xlsx[..], XLS, XLSB, ODS] {
        for end in (0..bytes.len()).step_by(211) {
            // Some are still readable.
            let _ = extract_sheet(&bytes[..end], None);
        }
        for at in (0..bytes.len()).step_by(89) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0xff;
            let _ = extract_sheet(&damaged, None);
        }
        assert_eq!(error(&bytes[..bytes.len() / 2]), WorkbookError::Damaged);
    }
    assert_eq!(error(b"PK\x03\x04"), WorkbookError::Damaged);
}

#[test]
fn other_files_are_refused_by_their_kind() {
    let zip = archive(&[("list.csv", "123-45-6789\n")]);
    let document = archive(&[("[Content_Types].xml", ""), ("word/document.xml", "")]);
    for (bytes, kind) in [
        (&zip[..], FileKind::Zip),
        (&document, FileKind::Document),
        (b"%PDF-1.7", FileKind::Pdf),
        (b"\x1f\x8b\x08", FileKind::Gzip),
        (b"\x89PNG\r\n\x1a\n", FileKind::Image),
    ] {
        let error = read_source(bytes, &ReadOptions::default(), None).unwrap_err();
        assert_eq!(error, ReadError::NotText(kind));
    }
}
