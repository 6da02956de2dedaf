//! Reads a run's list from a file, and names a list's other columns.

use std::time::Duration;

use client::{ResultsQuery, ResultsStart};
use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{ExecutionId, ResultRow};
use export::JoinedColumns;
use lists::{ReadError, Source};

use crate::input::{Input, InputError, Workbook};
use crate::protocol::{Event, ListOptions};
use crate::refusal::{refuse, several_sheets};
use crate::save::rows::{is_row_of, line_of};
use crate::transport::results_client;

/// The names of the list's other columns.
pub(crate) fn columns(source: &Source) -> Event {
    let columns = JoinedColumns::new(source, false);
    Event::Columns(columns.map_or_else(Vec::new, |columns| columns.names().to_vec()))
}

/// Reads a file as a run's list.
///
/// It must have as many rows as the run, and the numbers of the run's first rows. The other rows are
/// compared when they are written.
pub(crate) async fn join(
    run: &ExecutionId,
    rows: u64,
    options: &ListOptions,
    bytes: Vec<u8>,
) -> Result<Source, Box<Event>> {
    let query = ResultsQuery {
        start: ResultsStart::Row(0),
        count: MAX_RESULTS_COUNT,
        reveal: false,
    };
    let client = results_client(&|_| {}, Duration::ZERO);
    let page = client.results(run, &query).await;
    let page = page.map_err(|error| Box::new(Event::Failed(error)))?;
    match Input::new(bytes, None).await {
        Input::Workbook(workbook) if !workbook.sheets().is_empty() => {
            choose_sheet(&workbook, options, rows, &page.rows).await
        }
        input => choose(&input, options, rows, &page.rows),
    }
}

/// Tries each sheet of a workbook. Returns the list of the only one that fits the run.
async fn choose_sheet(
    workbook: &Workbook,
    options: &ListOptions,
    rows: u64,
    page: &[ResultRow],
) -> Result<Source, Box<Event>> {
    let (mut found, mut names, mut furthest) = (None, Vec::new(), None);
    for name in workbook.sheets() {
        let Some(sheet) = workbook.with_other_sheet(Some(name.index)) else {
            continue;
        };
        let options = ListOptions {
            sheet: Some(name.index),
            ..options.clone()
        };
        match choose(
            &Input::Workbook(sheet.extract().await),
            &options,
            rows,
            page,
        ) {
            Ok(source) => {
                found = Some(source);
                names.push(name.name.clone());
            }
            Err(event) => match *event {
                Event::NotLoaded => return Err(event),
                Event::ListMismatch { line } => furthest = furthest.max(line),
                _ => {}
            },
        }
    }
    match (found, names.len()) {
        (None, _) => Err(Box::new(Event::ListMismatch { line: furthest })),
        (Some(source), 1) => Ok(source),
        // Their other columns may differ.
        (Some(_), _) => Err(Box::new(Event::NotAList(several_sheets(&names)))),
    }
}

/// Tries each column of a file as that of the numbers. Returns the first list that fits the run.
///
/// People can choose any column, so all of them are tried: first the one that is certain, or those that
/// may hold the numbers. A list fits if it has as many rows as the run, and the numbers of the run's
/// first page.
fn choose(
    input: &Input,
    options: &ListOptions,
    rows: u64,
    page: &[ResultRow],
) -> Result<Source, Box<Event>> {
    let read = |column: Option<usize>| {
        input.read(&ListOptions {
            column,
            ..options.clone()
        })
    };
    let (first, likely, count) = match read(options.column) {
        Ok(source) => {
            let table = source.table.as_ref();
            let count = table.map_or(0, |table| table.column_count);
            (Some(source), Vec::new(), count)
        }
        Err(InputError::Read(
            ReadError::AmbiguousColumn {
                candidates: columns,
                ..
            }
            | ReadError::NoColumn { columns }
            | ReadError::UnknownColumn { columns },
        )) => {
            let preview = input.preview();
            let count = preview.map_or(0, |preview| preview.columns.len());
            (None, columns, count)
        }
        Err(error) => return Err(Box::new(refuse(0, &error, input))),
    };
    let likely: Vec<_> = likely.iter().map(|column| column.index).collect();
    let others = (0..count).filter(|column| !likely.contains(column));
    let columns = likely.iter().copied().chain(others);
    // Read lazily: a list may be long, so only one is in memory.
    let lists = columns.filter_map(|column| read(Some(column)).ok());
    let mut furthest = None;
    for list in first.into_iter().chain(lists) {
        if list.list.rows.len() as u64 != rows {
            continue;
        }
        let mut page = page.iter();
        match page.find(|row| !is_row_of(&list, row.row, row.ssn.as_deref())) {
            None => return Ok(list),
            // The column with the latest difference is probably the right one: its line is reported.
            Some(row) => furthest = furthest.max(Some(line_of(&list, row.row))),
        }
    }
    Err(Box::new(Event::ListMismatch { line: furthest }))
}

#[cfg(test)]
mod tests {
    use contract::wire::Outcome;
    use lists::read_source;

    use super::*;

    const TABLE: &str = "his,hers,name\n123-45-6789,987-65-4320,Ada\nnone,123-45-6780,Bob\n";

    fn text(bytes: &[u8]) -> Input {
        Input::Text(bytes.to_vec())
    }

    fn page(numbers: [Option<&str>; 2]) -> Vec<ResultRow> {
        let rows = (0..).zip(numbers).map(|(row, ssn)| ResultRow {
            row,
            line: row + 1,
            ssn: ssn.map(str::to_owned),
            outcome: Outcome::Pending,
            status_code: None,
            body: None,
            error: None,
            warning: None,
            duration_ms: None,
            attempts: 0,
        });
        rows.collect()
    }

    #[test]
    fn the_column_is_found_by_the_run_s_numbers() {
        for (numbers, column) in [
            ([Some("***-**-6789"), None], 0),
            ([Some("***-**-4320"), Some("***-**-6780")], 1),
            ([Some("987654320"), Some("123456780")], 1),
        ] {
            let list = choose(
                &text(TABLE.as_bytes()),
                &ListOptions::default(),
                2,
                &page(numbers),
            )
            .unwrap();
            assert_eq!(list.table.unwrap().ssn_column, column);
        }
    }

    #[test]
    fn a_column_that_does_not_look_like_numbers_is_found() {
        let numbers = page([None, Some("***-**-6781")]);
        for table in [
            "A SSN,B SSN,Code\n123-45-6789,987-65-4320,n. a.\n\
             123-45-6780,987-65-4321,123456781\n123-45-6782,987-65-4322,lost\n",
            // The first column fits too, but the last one is more likely.
            "Note,A SSN,B SSN\nx,123-45-6789,none\n\
             123456781,123-45-6780,123-45-6781\nx,123-45-6782,123-45-6783\n",
        ] {
            let input = text(table.as_bytes());
            let list = choose(&input, &ListOptions::default(), 3, &numbers).unwrap();
            assert_eq!(list.table.unwrap().ssn_column, 2, "{table}");
        }
    }

    #[test]
    fn another_list_is_refused_with_the_line_that_differs() {
        let numbers = page([Some("***-**-4320"), Some("***-**-6781")]);
        let read = |bytes: &[u8], rows| {
            choose(&text(bytes), &ListOptions::default(), rows, &numbers)
                .err()
                .map(|event| *event)
        };
        let mismatch = |line| Some(Event::ListMismatch { line });
        assert_eq!(read(TABLE.as_bytes(), 2), mismatch(Some(3)));
        assert_eq!(read(TABLE.as_bytes(), 3), mismatch(None));
        assert_eq!(read(b"987-65-4320\n", 2), mismatch(None));
        assert_eq!(read(b"", 2), mismatch(None));
        let Some(Event::NotAList(error)) = read(b"PK\x03\x04xl/workbook.xml", 2) else {
            panic!("a workbook is no list");
        };
        assert!(error.title.contains("workbook"));
    }

    #[test]
    fn columns_are_the_list_s_other_ones() {
        let source = read_source(b"SSN,Name\n123-45-6789,Ada\n", &Default::default(), None);
        assert_eq!(
            columns(&source.unwrap()),
            Event::Columns(vec!["Name".into()])
        );
        let source = read_source(b"123-45-6789\n", &Default::default(), None);
        assert_eq!(columns(&source.unwrap()), Event::Columns(Vec::new()));
    }
}
