//! Reads arbitrary bytes as a list, with and without a selected column, and checks rows and preview.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lists::{ColumnSelector, preview_table, read_lines, read_source};

mod check;

use check::{check, columns, options};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let options = options(*first);
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
