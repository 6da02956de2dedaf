//! Decides from the first lines whether a text is a table, and which column holds the numbers.

use crate::choice::{find_selected, has_selected_name, name_columns};
use crate::guess::Guess;
use crate::header::names_ssn;
use crate::lines::Lines;
use crate::value::parse_number;
use crate::{ColumnSelector, ReadError, TableLayout};

/// Maximum number of lines in the sample.
const SAMPLE_LINES: usize = 1_000;
/// Approximate maximum size of the sample, in bytes.
const SAMPLE_BYTES: usize = 1_000_000;

/// How to read the whole list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// One value per line. If there is a layout, it has one column and the first line is a header.
    Lines(Option<TableLayout>),
    /// One value per record.
    Records(TableLayout),
}

/// Decides how to read a text.
///
/// A delimiter makes a table only if most records contain it. If several delimiters do, the first
/// difference decides: the header has the selected name, the header names SSNs, more numbers, more
/// records of the same length.
///
/// The text is a table if the caller selects a column, a header names SSNs, or a column holds more
/// numbers than the lines. In a tie, it is one value per line. A regular table in which neither
/// reading finds a number is an error.
pub(crate) fn plan(text: &str, selector: Option<&ColumnSelector>) -> Result<Plan, ReadError> {
    let sample = head(text);
    let guess = [b',', b';', b'\t']
        .into_iter()
        .filter(|delimiter| sample.as_bytes().contains(delimiter))
        .filter_map(|delimiter| Guess::new(sample, delimiter, selector))
        .rev()
        // `max_by_key` returns the last maximum: the comma, since the order is reversed.
        .max_by_key(|guess| {
            (
                guess.has_selected_name,
                guess.names_ssn,
                guess.max_numbers(),
                guess.same_length,
            )
        });
    let Some(guess) = guess else {
        return plan_lines(sample, selector);
    };
    if selector.is_some() || guess.names_ssn {
        return guess.table(selector).map(Plan::Records);
    }
    let in_lines = count_numbers_in_lines(sample);
    if guess.max_numbers() > in_lines || (in_lines == 0 && guess.is_regular()) {
        return guess.table(None).map(Plan::Records);
    }
    plan_lines(sample, None)
}

/// Plans to read one value per line, with a header if the first line is one.
fn plan_lines(sample: &str, selector: Option<&ColumnSelector>) -> Result<Plan, ReadError> {
    let first = Lines::new().next_row(sample);
    let first = first.map_or("", |line| &sample[line.span]);
    let record = [first];
    let has_no_digit = !first.contains(|c: char| c.is_ascii_digit());
    let has_selected_name = selector.is_some_and(|selector| has_selected_name(selector, &record));
    let names_ssn = names_ssn(&record) && has_no_digit;
    let header = (has_selected_name || names_ssn).then_some(record.as_slice());
    let columns = name_columns(header, 1);
    if let Some(selector) = selector {
        find_selected(selector, &columns)?;
    }
    Ok(Plan::Lines(header.map(|_| TableLayout {
        headers: Some(columns.into_iter().map(|c| c.name).collect()),
        column_count: 1,
        ssn_column: 0,
        delimiter: b',',
    })))
}

/// Returns the sample: the first lines of the text.
fn head(text: &str) -> &str {
    let mut lines = Lines::new();
    let mut end = 0;
    for _ in 0..SAMPLE_LINES {
        match lines.next_row(text) {
            Some(line) => end = line.span.end,
            None => return text,
        }
        if end > SAMPLE_BYTES {
            break;
        }
    }
    &text[..end]
}

fn count_numbers_in_lines(sample: &str) -> usize {
    let mut lines = Lines::new();
    let rows = std::iter::from_fn(|| lines.next_row(sample));
    rows.filter(|line| parse_number(&sample[line.span.clone()]).is_ok())
        .count()
}
