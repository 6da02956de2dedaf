//! Checks what must hold for any input, with random bytes and generated text.

use contract::list::Validation;
use proptest::prelude::*;

use super::*;
use crate::cell::{count_digits, digit};
use crate::{ColumnSelector, preview_table};

#[test]
fn random_bytes_are_read_to_the_end() {
    // Xorshift64 (Marsaglia, 2003).
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let noise: Vec<u8> = (0..125_000).flat_map(|_| next().to_le_bytes()).collect();
    let source = read_source(&noise, &ReadOptions::default(), None).unwrap();
    assert!(source.table.is_none());
    let lines = noise.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
    assert!(source.list.rows.len() > lines.count() * 9 / 10);
    assert_consistent(&source);

    for byte in b",;\t\" \r\nx1\x00\xff" {
        let _ = read_source(&vec![*byte; 1_000_000], &ReadOptions::default(), None);
    }
    // More columns than are kept, in many records.
    let commas = [vec![b','; 20_000], vec![b'\n']].concat().repeat(50);
    let error = read_source(&commas, &ReadOptions::default(), None).unwrap_err();
    assert!(matches!(error, ReadError::NoColumn { .. }), "{error}");
}

/// Text with more digits, delimiters and quotes than random text has.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[0-9]{3}-?[0-9]{2}-?[0-9]{4}",
        2 => "[0-9]{7,8}",
        3 => Just("\n".to_owned()),
        2 => "[,;\t\" \r'x.-]",
        1 => Just("SSN".to_owned()),
        1 => Just("Name,SSN,Total\n".to_owned()),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn options() -> impl Strategy<Value = ReadOptions> {
    (any::<bool>(), any::<bool>()).prop_map(|(issued, restore_leading_zeros)| ReadOptions {
        validation: match issued {
            true => Validation::Issued,
            false => Validation::Format,
        },
        restore_leading_zeros,
    })
}

/// Checks what must hold for every list that was read.
fn assert_consistent(source: &Source) {
    let list = &source.list;
    assert_eq!(
        list.rows.len(),
        list.items.len() + list.duplicates() + list.invalid
    );
    for row in 0..list.rows.len() {
        assert!(row == 0 || source.line_number(row - 1) <= source.line_number(row));
        source.raw_value(row);
        assert!(!source.cells(row).is_empty());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400), options in options()
    ) {
        if let Ok(source) = read_source(&bytes, &options, None) {
            assert_consistent(&source);
        }
        let _ = read_lines(&bytes, &options).count();
        let _ = preview_table(&bytes);
    }

    #[test]
    fn a_preview_shows_no_number(text in text()) {
        let restore = ReadOptions { restore_leading_zeros: true, ..Default::default() };
        for record in preview_table(text.as_bytes()).into_iter().flat_map(|preview| preview.records) {
            for cell in record.cells {
                prop_assert!(read_value(&cell, &restore).is_err(), "{cell}");
            }
        }
    }

    #[test]
    fn a_replaced_value_changes_only_its_row(text in text(), row in 0_usize..20) {
        let options = ReadOptions::default();
        let Ok(before) = read_source(text.as_bytes(), &options, None) else { return Ok(()) };
        // The column must not be found again: a replaced value is evidence too.
        let column = before.table.as_ref().filter(|_| before.records.is_some());
        let column = column.map(|table| ColumnSelector::Index(table.ssn_column));
        let Some(replaced) = before.replace_value(row, "900-70-1001") else { return Ok(()) };
        let Ok(after) = read_source(replaced.as_bytes(), &options, column.as_ref()) else { return Ok(()) };
        // In a list whose lines may be a table, no number is certain.
        if after.list.rows.contains(&Row::Invalid(contract::InvalidReason::SeveralNumbers)) { return Ok(()) }
        if after.list.rows.len() == before.list.rows.len() && after.table == before.table {
            let row = after.list.ssn(row).map(|ssn| ssn.expose_digits());
            prop_assert_eq!(row.as_ref(), Some(b"900701001"));
        }
    }

    #[test]
    fn rows_are_items_duplicates_and_invalid_in_order(text in text(), options in options()) {
        if let Ok(source) = read_source(text.as_bytes(), &options, None) {
            assert_consistent(&source);
        }
        for selector in ["1", "2", "SSN"] {
            let selector = selector.parse().unwrap();
            if let Ok(source) = read_source(text.as_bytes(), &options, Some(&selector)) {
                assert_consistent(&source);
            }
        }
    }

    #[test]
    fn a_number_stands_in_its_line(text in text(), options in options(), column in 0_usize..4) {
        let selector = column.checked_sub(1).map(ColumnSelector::Index);
        let source = read_source(text.as_bytes(), &options, selector.as_ref());
        for (row, source) in source.iter().flat_map(|s| (0..s.list.rows.len()).map(move |row| (row, s))) {
            if let Some(ssn) = source.list.ssn(row) {
                let in_line: String = source.raw_value(row).chars().filter_map(digit).map(char::from).collect();
                let digits = ssn.expose_digits();
                let in_line = format!("{in_line:0>9}");
                prop_assert_eq!(in_line.as_bytes(), &digits[..]);
            }
        }
    }

    #[test]
    fn every_line_of_a_part_is_one_row(text in text(), options in options()) {
        let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
        let values: Vec<_> = lines.map(|line| read_value(line, &options)).collect();
        let read: Vec<_> = read_lines(text.as_bytes(), &options).collect();
        prop_assert_eq!(&read, &values);
    }

    #[test]
    fn every_line_has_its_rows_in_order(text in text(), options in options()) {
        let numbered = (1..).zip(text.split('\n'));
        let lines: Vec<u32> = numbered.filter(|(_, line)| !line.trim().is_empty()).map(|(n, _)| n).collect();
        if let Ok(source) = read_source(text.as_bytes(), &options, None)
            && source.table.is_none()
            && !text.contains('\r')
        {
            let mut rows: Vec<u32> = (0..source.list.rows.len()).map(|row| source.line_number(row)).collect();
            prop_assert!(rows.is_sorted());
            rows.dedup();
            prop_assert_eq!(rows, lines);
        }
    }

    #[test]
    fn every_record_but_the_header_has_a_row(text in text(), options in options()) {
        let has_one_record_per_line = !text.contains(['\r', '"', '\'']) && !text.contains("---");
        let Ok(source) = read_source(text.as_bytes(), &options, None) else { return Ok(()) };
        if has_one_record_per_line && let Some(table) = &source.table {
            let rows: Vec<u32> = (0..source.list.rows.len()).map(|row| source.line_number(row)).collect();
            let lines = (1..).zip(text.split('\n')).filter(|(_, line)| !line.trim().is_empty());
            let without_row: Vec<&str> =
                lines.filter(|(line, _)| !rows.contains(line)).map(|(_, line)| line).collect();
            prop_assert_eq!(without_row.len(), usize::from(table.headers.is_some()));
            for cell in without_row.iter().flat_map(|line| line.split(char::from(table.delimiter))) {
                prop_assert!(count_digits(cell) < 5, "{cell}");
            }
        }
    }

    #[test]
    fn a_list_written_as_lines_is_read_as_the_same_list(text in text(), options in options()) {
        if let Ok(source) = read_source(text.as_bytes(), &options, None) {
            let mut sent = String::new();
            for row in 0..source.list.rows.len() {
                source.list.write_line(row, &mut sent);
            }
            let mut list: List = read_lines(sent.as_bytes(), &options).collect();
            // The lines of the file are sent beside its rows.
            list.lines = source.list.lines.clone();
            prop_assert_eq!(list, source.list);
        }
    }
}
