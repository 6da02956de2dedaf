//! Measures reading a workbook of a million rows.

use std::hint::black_box;

use contract::list::ReadOptions;
use criterion::{Criterion, criterion_group, criterion_main};
use lists::{extract_sheet, read_sheet};
use rust_xlsxwriter::{Workbook, XlsxError};

const ROWS: u32 = 1_000_000;

/// Makes an .xlsx workbook with distinct numbers, not in ascending order.
fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.write_row(0, 0, ["id", "name", "ssn", "state"])?;
    for row in 1..=ROWS {
        let number = (u64::from(row) * 7_919_000_001) % 1_000_000_000;
        let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
        sheet.write(row, 0, row)?;
        sheet.write(row, 1, "Doe, Jane")?;
        sheet.write(row, 2, format!("{area:03}-{group:02}-{serial:04}"))?;
        sheet.write(row, 3, "CA")?;
    }
    workbook.save_to_buffer()
}

fn read(criterion: &mut Criterion) {
    let options = ReadOptions::default();
    let bytes = workbook().expect("a workbook");
    let mut group = criterion.benchmark_group("a workbook of a million rows");
    group.sample_size(10);
    group.bench_function("extract", |bencher| {
        bencher.iter(|| extract_sheet(black_box(&bytes), None));
    });
    group.bench_function("extract and read", |bencher| {
        bencher.iter(|| {
            let mut sheet = extract_sheet(black_box(&bytes), None).expect("a sheet");
            let source = read_sheet(&mut sheet, &options, None).expect("a list");
            assert_eq!(source.list.rows.len(), ROWS as usize);
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
