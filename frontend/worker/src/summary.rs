//! What the page shows of a list: counts and masked lines, or why a file can't be read as a list.

use contract::list::Row;
use lists::{Column, ReadError, Source};

use crate::protocol::{ColumnChoice, Line, ListError, ListSummary};

/// Lines in the preview.
const PREVIEW: usize = 10;
/// Invalid lines in the summary; the page requests more.
const INVALID_LINES: usize = 50;
/// Characters of a cell after which it is cut.
const MAX_CHARACTERS: usize = 40;

/// Summarizes a list.
pub(crate) fn summarize(list: u32, source: &Source) -> ListSummary {
    let table = source.table.as_ref().filter(|table| table.column_count > 1);
    let columns = table.map_or(Vec::new(), |table| {
        let name = |index| {
            let header = table.headers.as_ref().and_then(|names| names.get(index));
            header.map_or_else(|| format!("column {}", index + 1), String::clone)
        };
        (0..table.column_count).map(name).collect()
    });
    let rows = 0..source.list.rows.len().min(PREVIEW);
    ListSummary {
        list,
        rows: source.list.rows.len() as u64,
        items: source.list.items.len() as u64,
        duplicates: source.list.duplicates() as u64,
        invalid: source.list.invalid as u64,
        warnings: source.warnings() as u64,
        zeros_lost: source.zeros_lost() as u64,
        columns,
        column: table.map_or(0, |table| table.ssn_column),
        preview: rows.map(|row| line(source, row)).collect(),
        invalid_lines: invalid_lines(source, 0, INVALID_LINES),
    }
}

/// The next `count` invalid lines after the first `after` ones.
pub(crate) fn invalid_lines(source: &Source, after: usize, count: usize) -> Vec<Line> {
    let rows = source.list.rows.iter().enumerate();
    rows.filter(|(_, row)| matches!(row, Row::Invalid(_)))
        .skip(after)
        .take(count)
        .map(|(row, _)| line(source, row))
        .collect()
}

/// Explains why a text or file can't be read as a list.
pub(crate) fn list_error(list: u32, error: &ReadError) -> ListError {
    let (title, advice, columns) = match error {
        ReadError::AmbiguousColumn { candidates, .. } => (
            "Which column holds the numbers?",
            "It isn’t certain, and only SSNs may be sent.".to_owned(),
            candidates.as_slice(),
        ),
        ReadError::NoColumn { columns } | ReadError::UnknownColumn { columns } => (
            "Which column holds the numbers?",
            "None looks like a column of SSNs.".to_owned(),
            columns.as_slice(),
        ),
        ReadError::NotText(kind) => {
            return ListError {
                list,
                title: format!("This is {kind}, not a list"),
                advice: format!("{}.", kind.advice()),
                column_choices: Vec::new(),
            };
        }
        other => (
            "This can't be read as a list",
            format!("{other}."),
            [].as_slice(),
        ),
    };
    ListError {
        list,
        title: title.to_owned(),
        advice,
        column_choices: columns.iter().cloned().map(choice).collect(),
    }
}

fn choice(Column { index, name }: Column) -> ColumnChoice {
    ColumnChoice { index, name }
}

/// The line of this row, as the page shows it.
fn line(source: &Source, row: usize) -> Line {
    let (text, reason) = match source.list.rows.get(row) {
        Some(Row::Item { index, .. }) => {
            let ssn = source.list.items.get(*index as usize);
            (
                ssn.map_or_else(String::new, |ssn| ssn.to_string().replace('*', "•")),
                None,
            )
        }
        Some(Row::Invalid(reason)) => {
            let typed = source.raw_value(row);
            let text = match typed.trim().is_empty() {
                true => "(empty)".to_owned(),
                false => shortened(typed),
            };
            (text, Some(reason.message().to_owned()))
        }
        None => Default::default(),
    };
    Line {
        number: source.line_number(row).into(),
        label: label(source, row),
        text,
        reason,
    }
}

/// The row's first other cell with a letter and fewer than five digits, which can't be an SSN.
fn label(source: &Source, row: usize) -> String {
    let Some(table) = &source.table else {
        return String::new();
    };
    let cells = source.cells(row);
    let mut others = cells
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != table.ssn_column)
        .map(|(_, cell)| cell.trim());
    let label = others.find(|cell| {
        let digits = cell.chars().filter(|c| c.is_numeric()).count();
        digits < 5 && cell.chars().any(char::is_alphabetic)
    });
    label.map_or_else(String::new, shortened)
}

/// Replaces control characters with spaces, and cuts a long text.
fn shortened(text: &str) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(MAX_CHARACTERS).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use contract::list::ReadOptions;
    use lists::read_source;

    use super::*;

    fn source(text: &str) -> Source {
        read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
    }

    fn parts(lines: &[Line]) -> Vec<(u64, &str, &str, Option<&str>)> {
        lines
            .iter()
            .map(|l| (l.number, &*l.label, &*l.text, l.reason.as_deref()))
            .collect()
    }

    #[test]
    fn a_summary_counts_and_masks() {
        let text = "123-45-6789\n\nn/a\n123456789\n1234567\n900-10-1234\n";
        let summary = summarize(4, &source(text));
        let counts = (
            summary.rows,
            summary.items,
            summary.duplicates,
            summary.invalid,
        );
        assert_eq!(counts, (5, 2, 1, 2));
        assert_eq!(
            (summary.list, summary.warnings, summary.zeros_lost),
            (4, 1, 1)
        );
        assert_eq!(summary.columns, [""; 0]);
        assert_eq!(
            parts(&summary.preview)[..3],
            [
                (1, "", "•••-••-6789", None),
                (3, "", "n/a", Some("no digits")),
                (4, "", "•••-••-6789", None),
            ]
        );
        let invalid_lines: Vec<_> = summary
            .invalid_lines
            .iter()
            .map(|line| line.number)
            .collect();
        assert_eq!(invalid_lines, [3, 5]);
    }

    #[test]
    fn the_label_of_a_line_is_another_cell_of_its_row() {
        let text = "id,spouse,name,ssn\n1,123456780,\"Lovelace, Ada\",123-45-6789\n2,,Bob,\n";
        let by = lists::ColumnSelector::Name("ssn".into());
        let source = read_source(text.as_bytes(), &ReadOptions::default(), Some(&by)).unwrap();
        let summary = summarize(1, &source);
        assert_eq!(summary.columns, ["id", "spouse", "name", "ssn"]);
        assert_eq!(summary.column, 3);
        assert_eq!(
            parts(&summary.preview),
            [
                (2, "Lovelace, Ada", "•••-••-6789", None),
                (3, "Bob", "(empty)", Some("empty")),
            ]
        );
    }

    #[test]
    fn invalid_lines_are_paged_and_long_ones_are_cut() {
        let text = format!("123-45-6789\nx\n123-45-6780\n{}\n", "y".repeat(100));
        let source = source(&text);
        assert_eq!(parts(&invalid_lines(&source, 0, 1))[0].0, 2);
        let rest = invalid_lines(&source, 1, 10);
        assert_eq!((rest.len(), rest[0].number), (1, 4));
        assert_eq!(rest[0].text.chars().count(), MAX_CHARACTERS + 1);
    }

    #[test]
    fn an_unreadable_list_gets_advice() {
        let read = |text: &[u8]| read_source(text, &ReadOptions::default(), None).unwrap_err();
        let ambiguous = list_error(2, &read(b"a ssn,b ssn\n123-45-6789,987-65-4321\n"));
        assert_eq!(ambiguous.column_choices[1].name, "b ssn");
        let workbook = list_error(2, &read(b"PK\x03\x04xl/workbook.xml"));
        assert!(workbook.column_choices.is_empty() && workbook.advice.contains("CSV"));
    }
}
