//! The list that goes along with a run's rows, held since the start or brought again.

use contract::list::{ColumnSelector, ReadError, Source, read_source};
use contract::wire::Joined;

use crate::digest::refusal;
use crate::protocol::{Event, ReadBy, Save, Trouble};
use crate::save::assemble::{heads, is_row_of};
use crate::save::pages;

/// The names of the columns that go along.
pub(crate) fn columns(source: &Source) -> Event {
    let joined = Joined::of(source, false);
    Event::Columns(joined.map_or_else(Vec::new, |joined| joined.names().to_vec()))
}

/// Reads a file as the list of a run, if it is that list: as long as it, and with the run's numbers
/// in its first rows. All others are compared when they are joined.
pub(crate) async fn join(
    run: &str,
    rows: u64,
    by: &ReadBy,
    bytes: &[u8],
) -> Result<Source, Box<Event>> {
    let first = pages::first(&Save {
        run: run.to_owned(),
        rows,
        format: Default::default(),
        filter: String::new(),
        group: None,
        reveal: false,
        columns: false,
    });
    let page = pages::page(&first)
        .await
        .map_err(|trouble| Box::new(Event::Trouble(trouble)))?;
    choose(bytes, by, rows, &page.rows)
}

/// The reading of a file, by whichever column, that has so many rows and the numbers of this page.
fn choose(bytes: &[u8], by: &ReadBy, rows: u64, page: &str) -> Result<Source, Box<Event>> {
    let heads = heads(page).ok_or_else(no_rows)?;
    let read = |column: Option<ColumnSelector>| read_source(bytes, &by.options(), column.as_ref());
    let (first, columns) = match read(by.column()) {
        Ok(source) => {
            let columns = source.table.as_ref().map_or(0, |table| table.column_count);
            (Some(source), (0..columns).collect::<Vec<_>>())
        }
        Err(
            ReadError::AmbiguousColumn {
                candidates: columns,
            }
            | ReadError::NoColumn { columns }
            | ReadError::UnknownColumn { columns },
        ) => (
            None,
            columns.into_iter().map(|choice| choice.index).collect(),
        ),
        Err(error) => return Err(Box::new(Event::Refused(refusal(0, &error)))),
    };
    // One at a time, since a list may be long.
    let others = columns
        .into_iter()
        .filter_map(|column| read(Some(ColumnSelector::Index(column))).ok());
    let mut furthest = None;
    for list in first.into_iter().chain(others) {
        if list.list.rows.len() as u64 != rows {
            continue;
        }
        let mut heads = heads.iter();
        match heads.find(|(row, ssn)| !is_row_of(&list, *row, ssn.as_deref())) {
            None => return Ok(list),
            Some((row, _)) => furthest = furthest.max(Some(*row)),
        }
    }
    Err(Box::new(Event::Unlike { row: furthest }))
}

fn no_rows() -> Box<Event> {
    Box::new(Event::Trouble(Trouble::Unreadable { status: 200 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "his,hers,name\n123-45-6789,987-65-4320,Ada\nnone,123-45-6780,Bob\n";

    fn page(numbers: [Option<&str>; 2]) -> String {
        let rows = numbers.iter().enumerate();
        rows.map(|(row, ssn)| serde_json::json!({"row": row, "ssn": ssn}).to_string() + "\n")
            .collect()
    }

    #[test]
    fn the_column_is_found_by_the_run_s_numbers() {
        for (numbers, column) in [
            ([Some("***-**-6789"), None], 0),
            ([Some("***-**-4320"), Some("***-**-6780")], 1),
            ([Some("987654320"), Some("123456780")], 1),
        ] {
            let list = choose(TABLE.as_bytes(), &ReadBy::default(), 2, &page(numbers)).unwrap();
            assert_eq!(list.table.unwrap().ssn_column, column);
        }
    }

    #[test]
    fn another_list_is_refused_with_what_differs() {
        let numbers = page([Some("***-**-4320"), Some("***-**-6781")]);
        let read = |bytes: &[u8], rows| {
            choose(bytes, &ReadBy::default(), rows, &numbers)
                .err()
                .map(|event| *event)
        };
        let unlike = |row| Some(Event::Unlike { row });
        assert_eq!(read(TABLE.as_bytes(), 2), unlike(Some(1)));
        assert_eq!(read(TABLE.as_bytes(), 3), unlike(None));
        assert_eq!(read(b"987-65-4320\n", 2), unlike(None));
        assert_eq!(read(b"", 2), unlike(None));
        let Some(Event::Refused(refusal)) = read(b"PK\x03\x04", 2) else {
            panic!("a workbook is no list");
        };
        assert!(refusal.title.contains("workbook"));
    }

    #[test]
    fn what_goes_along_is_told_by_name() {
        let source = read_source(b"SSN,Name\n123-45-6789,Ada\n", &Default::default(), None);
        assert_eq!(
            columns(&source.unwrap()),
            Event::Columns(vec!["Name".into()])
        );
        let source = read_source(b"123-45-6789\n", &Default::default(), None);
        assert_eq!(columns(&source.unwrap()), Event::Columns(Vec::new()));
    }
}
