//! Finds the header of a table, which may follow other lines, such as the title of a report.

use std::collections::HashSet;

use rustc_hash::FxBuildHasher;

use crate::ColumnSelector;
use crate::cell::{clean, count_digits};
use crate::choice::has_selected_name;
use crate::classify::{CellKind, classify};
use crate::evidence::Evidence;
use crate::header::{HeaderKind, header_kind, may_be_remark, names_ssns, without_note};
use crate::numbers::find_numbers;
use crate::value::parse_number;
use crate::words::{is_column_name, is_missing};

/// Maximum number of records in which the header is looked for.
const MAX_RECORDS: usize = 20;

/// A header that was found by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedHeader {
    /// Index of its record, from 0.
    pub(crate) record: usize,
    /// Whether one of its cells is the name that the caller selected.
    pub(crate) has_selected_name: bool,
}

/// Returns the records in which a header may be: those before the first record with a number.
fn before_numbers<'r, 't>(records: &'r [Vec<&'t str>]) -> &'r [Vec<&'t str>] {
    let is_dashed = |cell: &str| classify(cell) == CellKind::Dashed;
    let is_number = |cell: &str| match parse_number(cell) {
        Ok(number) => !number.restored,
        // In a list without other columns, the cell is the whole line.
        Err(_) => !find_numbers(cell).spans.is_empty(),
    };
    // `Batch No,801200009` may be above the header.
    let names_other = |cell: &str| header_kind(cell) == HeaderKind::OtherNumber;
    let has_number = |record: &Vec<&str>| {
        let before = [""].iter().chain(record);
        let mut cells = record.iter().zip(before);
        cells.any(|(cell, before)| is_number(cell) && (is_dashed(cell) || !names_other(before)))
    };
    let records = &records[..records.len().min(MAX_RECORDS)];
    let end = records.iter().position(has_number);
    &records[..end.unwrap_or(records.len())]
}

/// Finds the header that has the selected name or names SSNs.
///
/// If several records do, the selected name decides, then whether other cells are filled too: a title
/// such as `SSN report` is alone in its record. Then a name for SSNs alone, then more filled cells,
/// then the order.
pub(crate) fn find_named_header(
    records: &[Vec<&str>],
    selector: Option<&ColumnSelector>,
) -> Option<NamedHeader> {
    let is_wide = records.iter().any(|record| record.len() > 1);
    let other = find_other_header(records, None);
    let mut best = None;
    for (index, record) in before_numbers(records).iter().enumerate() {
        let is_selected = selector.is_some_and(|selector| has_selected_name(selector, record));
        if !is_selected && !is_ssn_header(&records[index..]) {
            continue;
        }
        let filled = count_filled(record);
        // Below a record of column names, which may be a header too, this is a row with a remark.
        let is_below = |other: usize| other < index && count_filled(&records[other]) >= filled;
        if !is_selected && other.is_some_and(is_below) {
            continue;
        }
        let is_strong = record
            .iter()
            .any(|cell| header_kind(cell) == HeaderKind::Ssn);
        // In a list without other columns, only a name for SSNs alone makes a later line a header.
        if !is_wide && index > 0 && !is_selected && !is_strong {
            continue;
        }
        // A title above the names of columns.
        let is_title = |below: usize| {
            below > index && filled == 1 && is_wide && count_filled(&records[below]) > 1
        };
        if !is_selected && other.is_some_and(is_title) {
            continue;
        }
        let rank = (
            is_selected,
            filled > 1,
            is_strong,
            filled,
            dashed_below(&records[index..]),
        );
        if best.is_none_or(|(_, other)| rank > other) {
            best = Some((index, rank));
        }
    }
    best.map(|(record, (has_selected_name, ..))| NamedHeader {
        record,
        has_selected_name,
    })
}

/// Number of dashed numbers below the cells of the first record that name SSNs alone.
fn dashed_below(records: &[Vec<&str>]) -> usize {
    let Some((first, rest)) = records.split_first() else {
        return 0;
    };
    let names_ssn = |column: &usize| header_kind(first[*column]) == HeaderKind::Ssn;
    let below = |column: usize| rest.iter().filter_map(move |record| record.get(column));
    let cells = (0..first.len()).filter(names_ssn).flat_map(below);
    cells
        .filter(|cell| classify(cell) == CellKind::Dashed)
        .count()
}

/// Whether a cell of the first record names SSNs, and no cell shows that the record is a row.
fn is_ssn_header(records: &[Vec<&str>]) -> bool {
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    let names_ssn = |cell: &&str| names_ssns(cell);
    if !first.iter().any(names_ssn) || first.iter().any(|cell| has_data(cell)) || is_label(records)
    {
        return false;
    }
    let is_remark = |cell: &&str| header_kind(cell) != HeaderKind::Ssn && may_be_remark(cell);
    let is_certain = |cell: &&str| names_ssn(cell) && !is_remark(cell);
    if !first.iter().any(is_certain) && !looks_like_header(records, None) {
        return false;
    }
    // Above numbers, “Withheld” is the name of another column. Otherwise it says that a row has none.
    let below = |column: usize| rest.iter().filter_map(move |record| record.get(column));
    let evidence = |column| {
        let mut evidence = Evidence::default();
        below(column).for_each(|cell| evidence.add(classify(cell)));
        evidence
    };
    let mut missing = (0..first.len()).filter(|column| is_missing(first[*column]));
    let is_name = |column: usize| {
        evidence(column).numbers() == 0
            && !below(column).any(|cell| repeats_header(first[column], cell))
    };
    let is_confirmed = || {
        let mut columns = (0..first.len()).filter(|column| names_ssn(&first[*column]));
        columns.any(|column| evidence(column).confirms_header())
    };
    match missing.next() {
        None => true,
        Some(column) => is_confirmed() && is_name(column) && missing.all(is_name),
    }
}

/// Whether a cell has so many digits that its record is a row. The names of columns may be dates.
fn has_data(cell: &str) -> bool {
    let mut lengths = [0; 3];
    let mut groups = 0;
    let cell = without_note(cell);
    for group in clean(cell).split(['-', '/', '.']) {
        let are_digits = group.bytes().all(|byte| byte.is_ascii_digit());
        if let (true, Some(length)) = (are_digits, lengths.get_mut(groups)) {
            *length = group.len();
        }
        groups += 1;
    }
    let is_date = matches!(lengths, [4, 1..=2, 1..=2] | [1..=2, 1..=2, 2 | 4]) && groups == 3;
    (count_digits(cell) > 4 && !is_date) || has_value(cell)
}

/// Whether a cell has a label and a value, as in `SSN: 12-34` or `SSN ***-**-6789`.
///
/// A mask without digits is a format: `SSN XXX-XX-XXXX`.
fn has_value(cell: &str) -> bool {
    let after = cell.split_once([':', '=']).map_or("", |(_, value)| value);
    let is_masked = |word: &str| count_digits(word) > 0 && classify(word) == CellKind::Masked;
    count_digits(after) > 0 || cell.split_whitespace().any(is_masked)
}

/// Whether a cell of the first record is a label of SSNs, such as `SSN:`, and one below has a value.
fn is_label(records: &[Vec<&str>]) -> bool {
    let has_label = |cell: &str| {
        let label = cell.split_once([':', '=']);
        label.is_some_and(|(label, _)| names_ssns(label))
    };
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    let mut below = rest.iter().flatten().filter(|cell| count_digits(cell) > 4);
    first.iter().any(|cell| has_label(cell)) && below.any(|cell| has_label(cell))
}

fn count_filled(record: &[&str]) -> usize {
    record.iter().filter(|cell| !clean(cell).is_empty()).count()
}

/// Finds the header of a table in which no header names SSNs.
///
/// If the column of numbers is known, the header must name it.
pub(crate) fn find_other_header(records: &[Vec<&str>], column: Option<usize>) -> Option<usize> {
    (0..before_numbers(records).len()).find(|index| looks_like_header(&records[*index..], column))
}

/// Whether a cell below the header is the header's cell again.
pub(crate) fn repeats_header(header: &str, cell: &str) -> bool {
    let header = clean(header);
    !header.is_empty() && header.eq_ignore_ascii_case(clean(cell))
}

/// Whether the first record looks like a header although no cell names SSNs.
///
/// It does if its cells are distinct words, none of them occurs again in its column, and at least half
/// are known as names of columns, or one that is known is above a number, or all begin in the same case. If this isn't certain, the record is a row: a header read as a row is one
/// INVALID row, but a row read as a header is lost.
fn looks_like_header(records: &[Vec<&str>], column: Option<usize>) -> bool {
    let Some((first, rest)) = records.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return false;
    };
    let cells: Vec<&str> = first.iter().map(|cell| clean(cell)).collect();
    let is_name = |cell: &&str| !cell.is_empty() && count_digits(cell) == 0 && !is_missing(cell);
    let has_name = column.is_none_or(|column| cells.get(column).is_some_and(is_name));
    let is_word = |cell: &&str| {
        let first = cell.chars().next();
        first.is_none_or(|c| c.is_alphabetic() || matches!(c, '#' | '_')) && count_digits(cell) < 5
    };
    let mut seen = HashSet::with_hasher(FxBuildHasher);
    let are_distinct = cells
        .iter()
        .all(|cell| cell.is_empty() || seen.insert(cell.to_lowercase()));
    let recurs = |record: &Vec<&str>| {
        first
            .iter()
            .zip(record)
            .any(|(name, cell)| name == cell && !clean(name).is_empty())
    };
    let is_filled = |column: &usize| !cells[*column].is_empty();
    let is_known = |column: &usize| is_column_name(cells[*column]);
    let filled = (0..cells.len()).filter(is_filled);
    let (names, others): (Vec<usize>, Vec<usize>) = filled.partition(is_known);
    let has_numbers = |column: &usize| {
        let mut below = rest.iter().filter_map(|record| record.get(*column));
        below.any(|cell| parse_number(cell).is_ok())
    };
    has_name
        && cells.iter().all(is_word)
        && !names.is_empty()
        && (names.len() >= others.len() || names.iter().any(has_numbers) || has_one_case(&cells))
        && are_distinct
        && !rest.iter().any(recurs)
}

/// Whether all cells with letters begin with a small letter, or none does.
fn has_one_case(cells: &[&str]) -> bool {
    let mut first = cells.iter().filter_map(|cell| cell.chars().next());
    let is_lower = first.next().is_some_and(char::is_lowercase);
    first.all(|c| c.is_lowercase() == is_lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_column_names_is_a_header() {
        let looks = |first: &[&'static str]| {
            let row = vec!["123-45-6789", "CA", "x1"];
            looks_like_header(&[first.to_vec(), row], Some(0))
        };
        for header in [["Tax ID", "State", "address1"], ["Tax ID", "", "Name"]] {
            assert!(looks(&header), "{header:?}");
        }
        for row in [
            ["n/a", "NY", "x"],
            ["", "State", "Name"],
            ["lost", "CA", "x"],
            ["lost", "NY", "2024-01-31"],
            ["ID", "id", "x"],
            ["Ann", "pending", "New York"],
            ["pending", "State", "x"],
            ["May Day", "see note", "x"],
            ["Ann", "Employee", "see file"],
        ] {
            assert!(!looks(&row), "{row:?}");
        }
    }

    fn found(text: &str, selector: Option<&str>) -> Option<usize> {
        let records: Vec<Vec<&str>> = text
            .split('\n')
            .map(|line| line.split(',').collect())
            .collect();
        let selector = selector.map(|name| name.parse().unwrap());
        let header = find_named_header(&records, selector.as_ref());
        header.map(|header| header.record)
    }

    #[test]
    fn the_header_may_follow_other_lines() {
        for (text, record) in [
            ("Name,SSN\nAnn,123-45-6789", Some(0)),
            ("Payroll,\n,\nName,SSN\nAnn,123-45-6789", Some(2)),
            ("SSN report,\nName,SSN\nAnn,123-45-6789", Some(1)),
            ("Social Security,\nName,Member SSN\nAnn,1", Some(1)),
            ("# by Ann, for SSN desk\nid,ssn\n1,123456789", Some(1)),
            ("Report\nSSN\n123-45-6789", Some(1)),
            // A number is above: the table has begun.
            ("Ann,123-45-6789\nName,SSN\nBob,123-45-6780", None),
            ("Ann,no SSN\nBob,123-45-6789", None),
            ("Ann,SSN pending\nBob,123-45-6789", None),
            ("no ssn\n123-45-6789", None),
            ("Ann,asked for SSN\nBob,123-45-6789", None),
            ("Ann,Social,pending\nBob,Sales,123-45-6789", None),
            ("Name,Dept,Tax ID\nAnn,Social,\nBob,Sales,123-45-6789", None),
            ("x\nnote on SSN\n123-45-6789", None),
            ("SSN: 123-45-6789\nSSN\n987-65-4321", None),
            ("Name,City\nAnn,Salem", None),
            ("Batch No,801200009\nName,SSN\nAnn,123-45-6789", Some(1)),
            ("x,EIN,801200009\nName,Dept,SSN\nAnn,x,123456789", Some(1)),
            ("Ann,123456789\nName,SSN\nBob,123456780", None),
            // A title, and the names of columns below it.
            ("SSN,,\nEmp ID,Name,Tax ID\n801200001,Ann,123456789", None),
            ("SSNs,x\nEmp No,SSN\n801200001,123-45-6789", Some(1)),
            ("Payee,EIN/SSN\nAnn,123-45-6789", Some(0)),
            // Lines of a form.
            ("SSN: ***-**-6789\nSSN: 123-45-6789", None),
            ("SSN:\nSSN: 123-45-6789", None),
            ("SSN: 12-34", None),
            ("Ann SSN:\nBob SSN: 123-45-6789", None),
            ("Ann,SSN ***-**-6789\nBob,123-45-6789", None),
            ("SSN:\n123-45-6789", Some(0)),
            ("Name,SSN (***-**-****)\nAnn,123-45-6789", Some(0)),
            ("Ann,verify SSN\nBob,123-45-6789", None),
        ] {
            assert_eq!(found(text, None), record, "{text}");
        }
        let selected = "Name,Tax ID\nAnn,123456789";
        assert_eq!(found(selected, Some("tax id")), Some(0));
        assert_eq!(found("Ann,x\nBob,123-45-6789", Some("2")), None);
    }

    #[test]
    fn a_row_that_mentions_ssns_is_no_header() {
        for row in [
            "Ann,foreign: no SSN",
            "Ann,SSN later",
            "Ann,SSN,12345678",
            "SSN later",
        ] {
            let text = format!("{row}\nBob,x,123-45-6789\nCy,x,123-45-6780");
            assert_eq!(found(&text, None), None, "{row}");
        }
        for header in [
            "Ann,SSN,2024-01-31",
            "Ann,SSN,1/31/2024",
            "Name,SSN per form",
            "x,SSN (2)",
        ] {
            let text = format!("{header}\nBob,123-45-6789,1\nCy,123-45-6780,1");
            assert_eq!(found(&text, None), Some(0), "{header}");
        }
    }

    #[test]
    fn a_word_for_a_missing_number_may_name_another_column() {
        assert_eq!(found("SSN,Gross,Withheld\n123456789,100,10", None), Some(0));
        for text in [
            "Ann,Social,pending\nBob,Sales,123-45-6789",
            "SSN,Gross,Withheld\n123456789,100,withheld",
            "SSN,Gross,Withheld\n123456789,100,987654321",
        ] {
            assert_eq!(found(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_header_is_in_the_first_twenty_records() {
        let after = |lines| format!("{}Name,SSN\nAnn,123-45-6789", "x,y\n".repeat(lines));
        assert_eq!(found(&after(19), None), Some(19));
        assert_eq!(found(&after(20), None), None);
    }
}
