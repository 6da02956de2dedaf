//! Workbooks that are refused, and files that are none.

use super::*;

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
    // It gets a row and a column that are too far from the others.
    xls[cell + 4..cell + 8].copy_from_slice(&[0xff, 0xff, 0xff, 0]);
    let message = error(&xls).to_string();
    assert!(message.contains("more than 8,000,000."), "{message}");
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
