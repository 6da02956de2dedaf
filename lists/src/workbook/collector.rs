//! Makes the records of a table from cells.

use std::ops::{ControlFlow, Range};

use super::{MAX_COLUMNS, MAX_ROWS, MAX_TEXT_MB, MB, WorkbookError};
use crate::cell::is_blank;
use crate::lines::Start;
use crate::records::Records;
use crate::table_text::TableText;

/// Collects cells, row by row.
#[derive(Default)]
pub(super) struct Collector {
    table: TableText,
    row: Row,
    /// Whether a row is before one that was collected earlier.
    is_unsorted: bool,
    error: Option<WorkbookError>,
}

/// The row whose cells are being collected.
#[derive(Default)]
struct Row {
    index: u32,
    /// The values of its cells, one after another.
    values: String,
    cells: Vec<(u32, Range<usize>)>,
}

impl Collector {
    /// Adds a cell by its position from 0. Breaks if the sheet can't be read further.
    pub(super) fn push(&mut self, row: u32, column: u32, value: &str) -> ControlFlow<()> {
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return self.fail(WorkbookError::Damaged);
        }
        if row != self.row.index {
            if self.end_row().is_err() {
                return self.fail(WorkbookError::Damaged);
            }
            self.is_unsorted |= row < self.row.index;
            self.row.index = row;
        }
        if (self.table.text.len() + self.row.values.len() + value.len()) as u64 > MAX_TEXT_MB * MB {
            return self.fail(WorkbookError::TooLarge {
                content: "text in one sheet".into(),
                limit_mb: MAX_TEXT_MB,
            });
        }
        let start = self.row.values.len();
        self.row.values.push_str(value);
        self.row.cells.push((column, start..self.row.values.len()));
        ControlFlow::Continue(())
    }

    fn fail(&mut self, error: WorkbookError) -> ControlFlow<()> {
        self.error = Some(error);
        ControlFlow::Break(())
    }

    /// Returns the records.
    pub(super) fn finish(mut self) -> Result<TableText, WorkbookError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.end_row()?;
        let table = match self.is_unsorted {
            true => sorted(&self.table)?,
            false => self.table,
        };
        Ok(TableText {
            is_sheet: true,
            ..table
        })
    }

    /// Adds the record of the row, unless all of its cells are blank.
    ///
    /// It is an error if a cell has two values, because only one of them can be in its column.
    fn end_row(&mut self) -> Result<(), WorkbookError> {
        let Row {
            index,
            values,
            cells,
        } = &mut self.row;
        cells.retain(|(_, range)| !is_blank(&values[range.clone()]));
        // Some programs don't write the cells in order.
        cells.sort_by_key(|(column, _)| *column);
        if cells.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(WorkbookError::Damaged);
        }
        if !cells.is_empty() {
            let mut next = 0;
            let fields = cells.iter().flat_map(|(column, range)| {
                let empty = column - next;
                next = column + 1;
                std::iter::repeat_n("", empty as usize).chain([&values[range.clone()]])
            });
            self.table.push(*index + 1, fields);
        }
        values.clear();
        cells.clear();
        Ok(())
    }
}

/// Returns the records in the order of their rows.
///
/// It is an error if two of them are the same row.
fn sorted(table: &TableText) -> Result<TableText, WorkbookError> {
    let mut reader = Records::new(b',', Start::default());
    let starts = std::iter::from_fn(|| Some(reader.next(&table.text)?.start));
    let starts: Vec<usize> = starts.chain([table.text.len()]).collect();
    let ranges = starts.windows(2).map(|pair| pair[0]..pair[1]);
    let mut records: Vec<_> = table.lines.iter().copied().zip(ranges).collect();
    records.sort_by_key(|(line, _)| *line);
    if records.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(WorkbookError::Damaged);
    }
    let (lines, ranges): (Vec<_>, Vec<_>) = records.into_iter().unzip();
    let texts = ranges.into_iter().map(|range| &table.text[range]);
    Ok(TableText {
        text: texts.collect(),
        lines,
        columns: table.columns,
        ..TableText::default()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn collect(cells: &[(u32, u32, &str)]) -> Result<TableText, WorkbookError> {
        let mut collector = Collector::default();
        for (row, column, value) in cells {
            if collector.push(*row, *column, value).is_break() {
                break;
            }
        }
        collector.finish()
    }

    #[test]
    fn a_record_has_each_cell_in_its_column() {
        let cells = [
            (1, 1, "SSN"),
            (1, 2, "Name"),
            (4, 1, "100-01-0001"),
            (5, 0, "x"),
            (5, 4, "y"),
            (7, 0, " \u{200b}"),
            (9, 2, "z"),
        ];
        let table = collect(&cells).unwrap();
        let expected = "\"\",SSN,Name\n\"\",100-01-0001\nx,,,,y\n\"\",,z\n";
        assert_eq!(table.text, expected);
        assert_eq!((table.lines, table.columns), (vec![2, 5, 6, 10], 5));
        assert_eq!(collect(&[]).unwrap().text, "");
    }

    #[test]
    fn cells_out_of_order_are_in_their_columns() {
        let table = collect(&[(0, 2, "c"), (0, 0, "a"), (3, 0, "d"), (1, 1, "b")]).unwrap();
        assert_eq!(table.text, "a,,c\n\"\",b\nd\n");
        assert_eq!(table.lines, [1, 2, 4]);
    }

    #[test]
    fn a_cell_or_a_row_that_is_there_twice_is_damage() {
        let twice = collect(&[(1, 0, "Ann"), (1, 0, "800100001"), (1, 1, "123456789")]);
        assert_eq!(twice.err(), Some(WorkbookError::Damaged));
        let twice = collect(&[(1, 0, "a"), (2, 0, "b"), (1, 1, "c")]);
        assert_eq!(twice.err(), Some(WorkbookError::Damaged));
        let blank = collect(&[(1, 0, "Ann"), (1, 0, " "), (1, 1, "b")]);
        assert_eq!(blank.unwrap().text, "Ann,b\n");
    }

    #[test]
    fn a_sheet_beyond_the_limits_is_an_error() {
        let error = |cells: &[(u32, u32, &str)]| collect(cells).err();
        assert_eq!(
            error(&[(0, MAX_COLUMNS, "x")]),
            Some(WorkbookError::Damaged)
        );
        assert_eq!(error(&[(MAX_ROWS, 0, "x")]), Some(WorkbookError::Damaged));
        let long = "x".repeat(100 * MB as usize);
        let error = error(&[(0, 0, &long), (1, 0, &long), (2, 0, &long)]);
        assert!(
            matches!(error, Some(WorkbookError::TooLarge { .. })),
            "{error:?}"
        );
    }

    proptest! {
        #[test]
        fn a_csv_reader_finds_each_cell(
            cells in prop::collection::btree_map((0_u32..20, 0_u32..6), "[a,\"\n\r ]{0,4}x", 1..40)
        ) {
            let list: Vec<_> = cells.iter().map(|((r, c), v)| (*r, *c, v.as_str())).collect();
            let table = collect(&list).unwrap();
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(table.text.as_bytes());
            let mut found = Vec::new();
            for (record, line) in reader.records().zip(&table.lines) {
                let record = record.unwrap();
                let filled = record.iter().enumerate().filter(|(_, value)| !value.is_empty());
                found.extend(filled.map(|(c, value)| (line - 1, c as u32, value.to_owned())));
            }
            let expected: Vec<_> = list.iter().map(|(r, c, v)| (*r, *c, (*v).to_owned())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
