//! Reads arbitrary bytes as a list, with and without a selected column, and checks rows and preview.

#![no_main]

use contract::list::{ReadOptions, Validation};
use libfuzzer_sys::fuzz_target;
use lists::{Column, ColumnSelector, ReadError, Source, preview_table, read_lines, read_source};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let options = ReadOptions {
        validation: match first & 1 {
            0 => Validation::Format,
            _ => Validation::Issued,
        },
        restore_leading_zeros: first & 2 != 0,
    };
    let _ = read_lines(bytes, &options).count();
    match read_source(bytes, &options, None) {
        Ok(source) => check(&source),
        Err(error) => {
            let _ = preview_table(bytes);
            for column in columns(error) {
                // Each column may be selected by its number and by its name.
                let by_name = ColumnSelector::Name(column.name);
                for selector in [ColumnSelector::Index(column.index), by_name] {
                    if let Ok(source) = read_source(bytes, &options, Some(&selector)) {
                        check(&source);
                    }
                }
            }
        }
    }
});

fn columns(error: ReadError) -> Vec<Column> {
    let _ = error.to_string();
    match error {
        ReadError::AmbiguousColumn { candidates, .. } => candidates,
        ReadError::NoColumn { columns } => columns,
        _ => Vec::new(),
    }
}

/// Checks that no row is lost or out of order, and that a number is in its line.
fn check(source: &Source) {
    let list = &source.list;
    assert_eq!(
        list.rows.len(),
        list.items.len() + list.duplicates() + list.invalid
    );
    for row in 0..list.rows.len() {
        assert!(row == 0 || source.line_number(row - 1) <= source.line_number(row));
        assert!(!source.cells(row).is_empty());
        let _ = source.replace_value(row, "1,2");
        let Some(ssn) = list.ssn(row) else { continue };
        let value = source.raw_value(row);
        // A digit may be full-width.
        let digits = value.chars().filter_map(|c| match c {
            '\u{ff10}'..='\u{ff19}' => Some(b'0' + (c as u32 - 0xff10) as u8),
            _ => c.is_ascii_digit().then_some(c as u8),
        });
        let digits: Vec<u8> = digits.collect();
        let restored = [&[b'0'; 2][..], &digits].concat();
        // A fraction of zeros isn't part of the number: `123456789.0`.
        let is_in_line = |ssn: &[u8]| restored.windows(9).any(|window| window == ssn);
        assert!(is_in_line(&ssn.expose_digits()[..]), "row {row}");
    }
}
