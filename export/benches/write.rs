//! Measures how long a million rows take from the API's JSON to a file in memory.

use std::fmt::Write as _;
use std::hint::black_box;

use contract::list::ReadOptions;
use contract::wire::ResultsPage;
use criterion::{Criterion, criterion_group, criterion_main};
use export::{Format, JoinedColumns, RowWriter, WriteOptions};
use lists::{Source, read_source};

const PAGES: u64 = 1_000;
const ROWS_PER_PAGE: u64 = 1_000;

/// A page of results as the API returns it.
fn page(page: u64) -> String {
    let rows = (page * ROWS_PER_PAGE..(page + 1) * ROWS_PER_PAGE).map(|row| {
        let ssn = 100_000_000 + row;
        let body = format!(
            r#"{{"ssn":"{ssn}","name":"Person {row}","address":{{"city":"Springfield","zip":"12345"}},"status":"ACTIVE"}}"#
        );
        format!(
            r#"{{"row":{row},"line":{row},"ssn":"{ssn}","outcome":"SUCCEEDED","statusCode":200,"body":{body},"error":null,"warning":null,"durationMs":12,"attempts":1}}"#
        )
    });
    format!(r#"{{"rows":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
}

/// The list of these rows, with three other columns.
fn list() -> Source {
    let mut table = String::from("SSN,name,city,note\n");
    for row in 0..PAGES * ROWS_PER_PAGE {
        let _ = writeln!(
            table,
            "{},Person {row},\"Springfield, IL\",-",
            100_000_000 + row
        );
    }
    read_source(table.as_bytes(), &ReadOptions::default(), None).expect("a table")
}

fn write_file(pages: &[String], options: WriteOptions, list: Option<&Source>) -> Vec<u8> {
    let columns = list.and_then(|list| JoinedColumns::new(list, false));
    let mut writer =
        RowWriter::begin(Vec::new(), options, columns).expect("a write to memory can't fail");
    for page in pages {
        let page: ResultsPage = serde_json::from_str(black_box(page)).expect("a page");
        for row in page.rows {
            writer.write(row).expect("a write to memory can't fail");
        }
    }
    writer.end().expect("a write to memory can't fail")
}

fn write(criterion: &mut Criterion) {
    let pages: Vec<String> = (0..PAGES).map(page).collect();
    let list = list();
    let mut group = criterion.benchmark_group("a million");
    group.sample_size(10);
    for format in Format::ALL {
        let options = WriteOptions::new(format);
        group.bench_function(format!("{format}"), |bencher| {
            bencher.iter(|| write_file(&pages, options, None));
        });
        group.bench_function(format!("{format} with three columns"), |bencher| {
            bencher.iter(|| write_file(&pages, options, Some(&list)));
        });
    }
    group.finish();
}

criterion_group!(benches, write);
criterion_main!(benches);
