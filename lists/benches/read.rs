//! Measures reading a list of a million lines.

use std::fmt::Write as _;
use std::hint::black_box;

use contract::list::ReadOptions;
use criterion::{Criterion, criterion_group, criterion_main};
use lists::{read_lines, read_source, read_value};

const LINES: u32 = 1_000_000;

/// Returns distinct numbers, not in ascending order.
///
/// They are distinct because the factor 7,919,000,001 and 10⁹ have no common divisor.
fn numbers() -> impl Iterator<Item = u64> {
    (0..u64::from(LINES)).map(|n| (n * 7_919_000_001) % 1_000_000_000)
}

fn dashed(number: u64) -> String {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    format!("{area:03}-{group:02}-{serial:04}")
}

fn read(criterion: &mut Criterion) {
    let options = ReadOptions::default();
    let mut group = criterion.benchmark_group("a million");
    group.sample_size(10);

    let values: Vec<String> = numbers().map(dashed).collect();
    group.bench_function("values", |bencher| {
        bencher.iter(|| {
            let valid = |value: &&String| read_value(black_box(value), &options).is_ok();
            values.iter().filter(valid).count()
        });
    });

    let text = values.join("\n");
    group.bench_function("lines of an upload", |bencher| {
        bencher.iter(|| read_lines(black_box(text.as_bytes()), &options).count());
    });
    group.bench_function("lines of a text", |bencher| {
        bencher.iter(|| read_source(black_box(text.as_bytes()), &options, None));
    });

    let mut table = String::from("id,name,ssn,state\n");
    for (id, value) in values.iter().take(LINES as usize - 1).enumerate() {
        let _ = writeln!(table, "{id},\"Doe, Jane\",{value},CA");
    }
    group.bench_function("rows of a table", |bencher| {
        bencher.iter(|| read_source(black_box(table.as_bytes()), &options, None));
    });
    let source = read_source(table.as_bytes(), &options, None).expect("a table");
    group.bench_function("rows with their cells", |bencher| {
        bencher.iter(|| {
            let rows = 0..source.list.rows.len();
            rows.map(|row| source.cells(row).len()).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
