//! The options of a read, and the checks of its result.

use contract::list::{ReadOptions, Validation};
use lists::{Column, ReadError, Source};

/// Returns the options that two bits select.
pub(crate) fn options(bits: u8) -> ReadOptions {
    ReadOptions {
        validation: match bits & 1 {
            0 => Validation::Format,
            _ => Validation::Issued,
        },
        restore_leading_zeros: bits & 2 != 0,
    }
}

/// Returns the columns that may be selected after an error.
pub(crate) fn columns(error: ReadError) -> Vec<Column> {
    let _ = error.to_string();
    match error {
        ReadError::AmbiguousColumn { candidates, .. } => candidates,
        ReadError::NoColumn { columns } => columns,
        _ => Vec::new(),
    }
}

/// Checks that no row is lost or out of order, and that a number is in its line.
pub(crate) fn check(source: &Source) {
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
