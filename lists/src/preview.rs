//! Describes a table, so that a person can select its column of numbers.

use std::borrow::Cow;

use contract::mask_all;

use crate::cell::{count_digits, digit};
use crate::choice::{name_columns, tell_apart};
use crate::classify::{CellKind, classify};
use crate::decode::decode;
use crate::evidence::{Evidence, Verdict};
use crate::guess::Guess;
use crate::header::{HeaderKind, header_kind};
use crate::json::read_json;
use crate::plan::{Input, best_guess};
use crate::quotes::unquoted;
use crate::records::Records;
use crate::rows::is_rule;
use crate::{Encoding, Sheet};

/// Maximum number of records in a preview.
const MAX_RECORDS: usize = 5;
/// Minimum number of digits in a cell that may be a number with a typing error.
const MIN_DIGITS: usize = 7;

/// The columns and first records of a table.
///
/// Every number in it is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePreview {
    /// All columns.
    pub columns: Vec<PreviewColumn>,
    /// The first records below the header.
    pub records: Vec<PreviewRecord>,
    /// Number of rows below the header, including those that are INVALID whichever column is selected.
    pub record_count: usize,
    /// Index of the column that most likely holds the numbers, if one of the candidates stands out.
    pub likely: Option<usize>,
    /// The encoding of the bytes.
    pub encoding: Encoding,
    /// The delimiter between fields, or `None` if the list is JSON or a sheet.
    pub delimiter: Option<u8>,
}

/// A column of a [`TablePreview`], and what its cells are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewColumn {
    /// The header, or `column N` (from 1). Equal headers also have the number and a masked cell.
    pub name: String,
    /// Whether it may be the column of numbers.
    pub is_candidate: bool,
    /// Number of cells with a number as 123-45-6789.
    pub dashed: usize,
    /// Number of cells with a number as nine digits.
    pub bare: usize,
    /// Number of cells with a number that a spreadsheet changed, such as eaten zeros.
    pub changed: usize,
    /// Number of cells with a masked number.
    pub masked: usize,
}

/// A record of a [`TablePreview`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRecord {
    /// The line on which it starts, from 1.
    pub line: u32,
    /// Its cells, in which numbers are masked: only their last four digits are left.
    pub cells: Vec<String>,
}

/// Describes the table in the bytes of a file or of pasted text.
///
/// Returns `None` if the bytes hold no table. Use it after [`read_source`](crate::read_source) has
/// returned an error that names columns.
pub fn preview_table(bytes: &[u8]) -> Option<TablePreview> {
    let (text, encoding) = decode(bytes);
    let table = read_json(&text).ok()?;
    let input = table
        .as_ref()
        .map_or_else(|| Input::new(&text), Input::of_table);
    describe(&input, encoding)
}

/// Describes the table of a sheet, like [`preview_table`].
pub fn preview_sheet(sheet: &Sheet) -> Option<TablePreview> {
    describe(&Input::of_table(&sheet.table), Encoding::Utf8)
}

fn describe(input: &Input<'_>, encoding: Encoding) -> Option<TablePreview> {
    let guess = best_guess(input, input.sample(), None)?;
    let header = guess.header();
    let cells = header.map(|record| guess.records[record].as_slice());
    let tally = guess.tally(input.text, input.start, header);
    let candidates = match tally.verdict() {
        Verdict::Certain(column, _) => vec![column],
        Verdict::Uncertain(candidates) => candidates,
    };
    let (records, has_rule) = first_records(input, &guess, header, &candidates);
    let evidence = tally.columns;
    let max_fields = guess.max_fields(cells.map(<[_]>::len));
    let columns = name_columns(cells, guess.column_count.min(max_fields));
    let columns = tell_apart(columns, |column| guess.masked_sample(column));
    let columns = columns.into_iter().zip(&evidence);
    Some(TablePreview {
        columns: columns
            .map(|(column, evidence)| PreviewColumn {
                name: column.name,
                is_candidate: candidates.contains(&column.index),
                dashed: evidence.dashed,
                bare: evidence.bare,
                changed: evidence.changed,
                masked: evidence.masked,
            })
            .collect(),
        records,
        record_count: tally.records - usize::from(has_rule),
        likely: likely_column(cells, &evidence, &candidates),
        encoding,
        delimiter: input.table.is_none().then_some(guess.delimiter),
    })
}

/// Returns the first records below the header, masked, and whether a Markdown rule is above them.
fn first_records(
    input: &Input<'_>,
    guess: &Guess<'_>,
    header: Option<usize>,
    candidates: &[usize],
) -> (Vec<PreviewRecord>, bool) {
    let max_fields = guess.max_fields(header.map(|record| guess.records[record].len()));
    let mut reader = Records::new(guess.delimiter, input.start).max_fields(max_fields);
    let column_count = guess.column_count.min(max_fields);
    let (mut found, mut has_rule, mut index) = (Vec::new(), false, 0);
    while let Some(record) = reader.next(input.text) {
        let is_below_header = header.is_some_and(|header| index == header + 1);
        if is_below_header && is_rule(input.text, reader.fields()) {
            has_rule = true;
        } else if header.is_none_or(|header| index > header) {
            let fields = reader.fields().iter().take(column_count);
            let cells = fields.enumerate().map(|(column, field)| {
                let cell = unquoted(&input.text[field.clone()]);
                masked(cell.trim(), candidates.contains(&column))
            });
            let line = input.table.and_then(|table| table.lines.get(index));
            found.push(PreviewRecord {
                line: line.copied().unwrap_or(record.line),
                cells: cells.collect(),
            });
        }
        if found.len() == MAX_RECORDS {
            break;
        }
        index += 1;
    }
    (found, has_rule)
}

/// Masks the numbers in a cell. In a candidate, also what may be a number with a typing error.
fn masked(cell: &str, is_candidate: bool) -> String {
    let is_number = matches!(
        classify(cell),
        CellKind::Dashed | CellKind::Bare | CellKind::Changed
    );
    let count = count_digits(cell);
    if is_number || (is_candidate && count >= MIN_DIGITS) {
        let mut hidden = count.saturating_sub(4);
        let mask = |c: char| {
            let is_hidden = hidden > 0 && digit(c).is_some();
            hidden -= usize::from(is_hidden);
            if is_hidden { '•' } else { c }
        };
        return cell.chars().map(mask).collect();
    }
    match mask_all(cell) {
        Cow::Borrowed(cell) => cell.to_owned(),
        Cow::Owned(cell) => cell.replace("***-**-", "•••-••-"),
    }
}

/// Returns the candidate that no other one surpasses or equals in name and form.
///
/// Its header may name SSNs or tax numbers, or its cells have dashes.
fn likely_column(
    header: Option<&[&str]>,
    evidence: &[Evidence],
    candidates: &[usize],
) -> Option<usize> {
    let rank = |column: usize| {
        let cell = header.and_then(|header| header.get(column)).unwrap_or(&"");
        let name = match header_kind(cell) {
            HeaderKind::Ssn => 4,
            HeaderKind::MaybeSsn => 3,
            HeaderKind::TaxId => 2,
            HeaderKind::Other => 1,
            HeaderKind::OtherNumber => 0,
        };
        let cells = &evidence[column];
        [
            name,
            u8::from(cells.is_mostly_dashed()),
            u8::from(cells.numbers() > 0),
        ]
    };
    candidates.iter().copied().find(|&column| {
        let own = rank(column);
        let rivals = |other: &usize| {
            let rank = rank(*other);
            *other != column
                && (rank == own || rank.iter().zip(&own).any(|(other, own)| other > own))
        };
        let [name, is_dashed, has_numbers] = own;
        let is_plausible = has_numbers == 1 && (name > 1 || (name == 1 && is_dashed == 1));
        is_plausible && !candidates.iter().any(rivals)
    })
}

#[cfg(test)]
mod tests {
    use contract::InvalidReason;
    use contract::list::{ReadOptions, Row};

    use super::*;
    use crate::{ColumnSelector, read_source};

    fn preview(text: &str) -> TablePreview {
        preview_table(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_table_is_described_with_masked_cells() {
        let text = "Payroll;;\nName;Employee No;Tax ID\n\
                    Ann 987654320;800100001;900-70-1001\n\
                    Bob;800100002;\n\
                    \"Cy;\";800-10-0003;9007-01003\n";
        let preview = preview(text);
        let columns: Vec<_> = preview
            .columns
            .iter()
            .map(|column| {
                (
                    &*column.name,
                    column.is_candidate,
                    column.bare,
                    column.dashed,
                )
            })
            .collect();
        assert_eq!(
            columns,
            [
                ("Name", false, 0, 0),
                ("Employee No", true, 2, 1),
                ("Tax ID", true, 0, 1),
            ]
        );
        assert_eq!((preview.record_count, preview.likely), (3, Some(2)));
        assert_eq!(preview.delimiter, Some(b';'));
        let records: Vec<_> = preview
            .records
            .iter()
            .map(|record| (record.line, record.cells.join("|")))
            .collect();
        assert_eq!(
            records,
            [
                (3, "Ann •••-••-4320|•••••0001|•••-••-1001".to_owned()),
                (4, "Bob|•••••0002|".to_owned()),
                (5, "Cy;|•••-••-0003|••••-•1003".to_owned()),
            ]
        );
    }

    #[test]
    fn a_preview_has_the_fields_that_are_read() {
        let preview = preview("Name,Tax ID\n'Doe, Ann',900701001\n'Poe, Bob',800100001\n");
        assert_eq!(preview.columns.len(), 2);
        assert_eq!(preview.columns[1].bare, 2);
        assert_eq!(preview.records[0].cells, ["'Doe, Ann'", "•••••1001"]);
    }

    #[test]
    fn a_preview_counts_the_rows_that_are_read() {
        for (text, count, lines) in [
            (
                "| Name | Code |\n|---|:-:|\n| Ann | 900701001 |",
                1,
                &[3][..],
            ),
            ("Name | Code\n--- | ---\n", 0, &[]),
            // Without a header above it, it is a row.
            ("--- | ---\nAnn | 900701001\nBob | 900701002", 3, &[1, 2, 3]),
            ("Name,Code\nAnn,900701001\nRoe, Bob,900701002", 2, &[2, 3]),
            ("Name,SSN\nAnn,900701001\nName,SSN\nBob,1", 3, &[2, 3, 4]),
            ("Payroll,\nName,SSN\n,\nAnn,900701001\n\nBob", 3, &[3, 4, 6]),
        ] {
            let preview = preview(text);
            assert_eq!(preview.record_count, count, "{text}");
            let shown: Vec<_> = preview.records.iter().map(|record| record.line).collect();
            assert_eq!(shown, lines, "{text}");
            let column = ColumnSelector::Index(1);
            let source = read_source(text.as_bytes(), &ReadOptions::default(), Some(&column));
            let source = source.unwrap();
            let rows = 0..source.list.rows.len();
            let rows =
                rows.filter(|row| source.list.rows[*row] != Row::Invalid(InvalidReason::Preamble));
            let read: Vec<_> = rows.map(|row| source.line_number(row)).collect();
            assert_eq!(read, lines, "{text}");
        }
    }

    #[test]
    fn other_cells_are_shown_as_they_are() {
        for (cell, shown) in [
            ("2019-04-02", "2019-04-02"),
            ("555-123-4567", "555-123-4567"),
            ("***-**-6789", "***-**-6789"),
            ("1.23456789E+08", "•.••••••89E+08"),
            ("1234567", "•••4567"),
        ] {
            assert_eq!(masked(cell, false), shown);
        }
    }

    #[test]
    fn a_column_is_likely_only_if_nothing_contradicts_that() {
        for (text, likely) in [
            ("Her SSN,His SSN\n900701001,900701002\n", None),
            ("id,x\n900701001,a\n", None),
            ("Account,x\n900-70-1001,a\n", None),
            ("Tax ID,x\n900701001,a\n", Some(0)),
            // The header names SSNs, but the dashed numbers are in another column.
            ("SSN,y\nXXX-XX-1001,900-70-1002\n", None),
            ("Tax ID,EIN\n900-70-1001,900701002\n", Some(0)),
        ] {
            assert_eq!(preview(text).likely, likely, "{text}");
        }
    }

    #[test]
    fn json_keeps_its_lines_and_has_no_delimiter() {
        let preview =
            preview("[\n{\"a\": \"900701001\", \"b\": 1},\n{\"a\": \"900701002\", \"b\": 2}]");
        assert_eq!(preview.delimiter, None);
        let lines: Vec<_> = preview.records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [2, 3]);
        assert_eq!(preview.records[1].cells, ["•••••1002", "2"]);
    }

    #[test]
    fn lists_without_columns_have_no_preview() {
        for text in ["", "900701001\n900701002\n", "{\"a\": ", "PK\u{3}\u{4}"] {
            assert_eq!(preview_table(text.as_bytes()), None, "{text:?}");
        }
    }
}
