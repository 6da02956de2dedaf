//! Decides how to read a text: as lines or as a table, with which header and column.

use crate::choice::{find_selected, name_columns};
use crate::guess::Guess;
use crate::line_counts::LineCounts;
use crate::lines::{Lines, Start, skip_separator_line};
use crate::preamble::find_named_header;
use crate::table_text::TableText;
use crate::tally::Tally;
use crate::{ColumnBasis, ColumnSelector, ReadError, TableLayout};

/// Maximum number of lines in the sample.
const SAMPLE_LINES: usize = 1_000;
/// Approximate maximum size of the sample, in bytes.
const SAMPLE_BYTES: usize = 1_000_000;

/// A text to read.
pub(crate) struct Input<'t> {
    pub(crate) text: &'t str,
    /// Where its rows start.
    pub(crate) start: Start,
    /// The delimiter, if the first line names it.
    delimiter: Option<u8>,
    /// The original table, if the text was made from one.
    pub(crate) table: Option<&'t TableText>,
}

impl<'t> Input<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let (start, delimiter) = skip_separator_line(text);
        Self {
            text,
            start,
            delimiter,
            table: None,
        }
    }

    pub(crate) fn of_table(table: &'t TableText) -> Self {
        Self {
            text: &table.text,
            start: Start::default(),
            delimiter: Some(b','),
            table: Some(table),
        }
    }

    /// Whether the text was made from a table that has records.
    fn is_table(&self) -> bool {
        self.table.is_some_and(|table| !table.lines.is_empty())
    }

    /// Returns the sample: the first lines of the text.
    pub(crate) fn sample(&self) -> &'t str {
        let mut lines = Lines::new(self.start);
        let mut end = self.start.at;
        for _ in 0..SAMPLE_LINES {
            match lines.next_row(self.text) {
                Some(line) => end = line.span.end,
                None => return &self.text[self.start.at..],
            }
            if end - self.start.at > SAMPLE_BYTES {
                break;
            }
        }
        &self.text[self.start.at..end]
    }
}

/// How to read the whole list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The layout, if the text is a table or has a header.
    pub(crate) table: Option<TableLayout>,
    /// Whether each row is a record of the table. Otherwise each row is a line.
    pub(crate) has_records: bool,
    /// Index of the header among the records or lines that aren't blank.
    pub(crate) header: Option<usize>,
    /// The header's cell in the column of numbers.
    pub(crate) header_cell: Option<String>,
    /// Maximum number of filled fields in a record. A longer one is shifted.
    pub(crate) max_fields: usize,
    /// Number of fields that nearly all records have at least, or 0.
    pub(crate) usual_fields: usize,
    /// Whether dashed numbers belong into a column, for each column.
    pub(crate) has_dashed: Vec<bool>,
    /// Whether a line with several numbers is several rows. Otherwise the lines may be a table.
    pub(crate) splits_lines: bool,
    /// Which check of the whole text the plan needs.
    pub(crate) check: Check,
}

/// Which check of the whole text a plan needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing: the caller selected the column, there is no other, or the whole text was weighed.
    Nothing,
    /// Whether lines with several numbers are a list, because only the lines of the sample were counted.
    Lines,
    /// The cells of the column, because only its header made it certain.
    Header,
    /// All columns, because only the sample made it certain. The tally has no records yet.
    Columns(Tally),
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
pub(crate) fn plan(
    input: &Input<'_>,
    selector: Option<&ColumnSelector>,
    trust_sample: bool,
) -> Result<Plan, ReadError> {
    let sample = input.sample();
    let lines = || {
        let whole = &input.text[input.start.at..];
        if trust_sample && sample.len() < whole.trim_end().len() {
            let mut counts = LineCounts::count(sample);
            counts.is_sample = true;
            return (counts, Check::Lines);
        }
        (LineCounts::count(whole), Check::Nothing)
    };
    let Some(guess) = best_guess(input, sample, selector) else {
        return plan_lines(input, sample, lines(), selector);
    };
    if input.is_table() || selector.is_some() || guess.has_named_header() {
        return guess.plan(input, selector, trust_sample);
    }
    let (counts, check) = lines();
    // If no line has several numbers, the other columns hold bullets, labels or nothing.
    let may_be_columns = counts.has_several() && !counts.is_continued();
    let in_lines = match guess.is_regular() && may_be_columns {
        true => counts.values,
        false => counts.rows(),
    };
    // The brackets of tuples would be in the cells of a table, so no column could be read.
    let is_table = in_lines == 0 && guess.is_regular() && !counts.are_tuples();
    if guess.max_numbers > in_lines || is_table {
        return guess.plan(input, None, trust_sample);
    }
    plan_lines(input, sample, (counts, check), None)
}

/// Reads the sample as a table with each delimiter, and returns the best of these guesses.
pub(crate) fn best_guess<'t>(
    input: &Input<'_>,
    sample: &'t str,
    selector: Option<&ColumnSelector>,
) -> Option<Guess<'t>> {
    if let Some(table) = input.table.filter(|_| input.is_table()) {
        return Some(Guess::of_table(sample, table, selector));
    }
    [b',', b';', b'\t', b'|']
        .into_iter()
        .filter(|delimiter| input.delimiter.is_none_or(|named| *delimiter == named))
        .filter(|delimiter| sample.as_bytes().contains(delimiter))
        .filter_map(|delimiter| Guess::new(sample, delimiter, selector))
        .rev()
        // `max_by_key` returns the last maximum: the comma, since the order is reversed.
        .max_by_key(|guess| {
            (
                guess.has_selected_name(),
                guess.has_named_header(),
                guess.max_numbers,
                guess.same_length,
            )
        })
}

/// Plans to read one value per line, below the header if there is one.
///
/// Other numbers than SSNs below a heading are an error, unless the caller selects the only column.
fn plan_lines(
    input: &Input<'_>,
    sample: &str,
    (counts, check): (LineCounts, Check),
    selector: Option<&ColumnSelector>,
) -> Result<Plan, ReadError> {
    if let (Some(line), None) = (counts.other_numbers(), selector) {
        let line = line + input.start.line - 1;
        return Err(ReadError::OtherNumbers { line });
    }
    let mut lines = Lines::new(Start::default());
    let records: Vec<Vec<&str>> = std::iter::from_fn(|| lines.next_row(sample))
        .map(|line| vec![&sample[line.span]])
        .collect();
    let named = find_named_header(&records, selector);
    let header = named.map(|header| header.record);
    let cells = header.map(|record| records[record].as_slice());
    let columns = name_columns(cells, 1);
    if let Some(selector) = selector {
        find_selected(selector, &columns, |_| None)?;
    }
    Ok(Plan {
        table: cells.map(|_| TableLayout {
            headers: Some(columns.into_iter().map(|column| column.name).collect()),
            column_count: 1,
            ssn_column: 0,
            delimiter: b',',
            basis: ColumnBasis::OnlyColumn,
        }),
        has_records: false,
        header,
        header_cell: cells.map(|cells| cells[0].to_owned()),
        max_fields: 1,
        usual_fields: 0,
        has_dashed: Vec::new(),
        splits_lines: counts.is_list(),
        check,
    })
}
