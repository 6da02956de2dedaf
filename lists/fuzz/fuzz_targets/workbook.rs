//! Extracts sheets from arbitrary bytes and from changed workbooks, reads them, and checks the rows.

#![no_main]

use std::io::{Cursor, Read, Write};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use lists::{
    ColumnSelector, Sheet, SheetSelector, WorkbookError, extract_sheet, preview_sheet, read_sheet,
};
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

mod check;

use check::{check, columns, options};

fuzz_target!(
    init: {
        // calamine panics on some damaged workbooks, which `extract_sheet` catches.
        std::panic::set_hook(Box::new(|panic| {
            let file = panic.location().map_or("", |location| location.file());
            if !file.contains("/registry/") && !file.contains("/rustc/") {
                eprintln!("{panic}");
                std::process::abort();
            }
        }));
    },
    |bytes: &[u8]| {
        let [bits, kind, bytes @ ..] = bytes else {
            return;
        };
        match kind % 5 {
            0 => extract(*bits, bytes),
            1 => {
                let mut xls = include_bytes!("../../fixtures/people.xls").to_vec();
                change(&mut xls, bytes);
                extract(*bits, &xls);
            }
            2 => extract(*bits, &changed(include_bytes!("../../fixtures/people.xlsb"), bytes)),
            3 => extract(*bits, &changed(include_bytes!("../../fixtures/people.ods"), bytes)),
            _ => extract(*bits, &changed(xlsx(), bytes)),
        }
    }
);

/// Returns an .xlsx workbook.
fn xlsx() -> &'static [u8] {
    static XLSX: OnceLock<Vec<u8>> = OnceLock::new();
    XLSX.get_or_init(|| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let rows = [
            ["Name", "SSN"],
            ["Ann", "123-45-6789"],
            ["Bob", "123456780"],
        ];
        sheet.write_row_matrix(0, 0, rows).expect("cells");
        sheet.write(3, 1, 1_010_001).expect("a cell");
        workbook.save_to_buffer().expect("a workbook")
    })
}

/// Replaces single bytes: each change has a position of two bytes and a value.
fn change(bytes: &mut [u8], changes: &[u8]) {
    let (changes, _) = changes.as_chunks::<3>();
    for [high, low, value] in changes {
        let position = usize::from(u16::from_be_bytes([*high, *low]));
        let length = bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(position % length) {
            *byte = *value;
        }
    }
}

/// Changes a part of a ZIP archive, which is packed again so that its checksum is right.
fn changed(archive: &[u8], changes: &[u8]) -> Vec<u8> {
    let (selected, changes) = changes.split_first().unwrap_or((&0, &[]));
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let selected = usize::from(*selected) % archive.len();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("bytes");
        if index == selected {
            change(&mut bytes, changes);
        }
        writer.start_file(name, stored).expect("a part");
        writer.write_all(&bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn extract(bits: u8, bytes: &[u8]) {
    match extract_sheet(bytes, None) {
        Ok(sheet) => read(bits, sheet),
        Err(error) => {
            let _ = error.to_string();
            if let WorkbookError::AmbiguousSheet { sheets } = error {
                for sheet in sheets {
                    let selector = SheetSelector::Index(sheet.index);
                    let sheet = extract_sheet(bytes, Some(&selector));
                    read(bits, sheet.expect("a sheet with cells"));
                }
            }
        }
    }
}

fn read(bits: u8, mut sheet: Sheet) {
    let options = options(bits);
    let _ = preview_sheet(&sheet);
    assert!(sheet.rows().is_sorted());
    match read_sheet(&mut sheet, &options, None) {
        Ok(source) => check(&source),
        Err(error) => {
            for column in columns(error) {
                let selector = ColumnSelector::Index(column.index);
                if let Ok(source) = read_sheet(&mut sheet.clone(), &options, Some(&selector)) {
                    check(&source);
                }
            }
        }
    }
}
