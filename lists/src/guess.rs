//! Reads a sample as a table with one delimiter, to find out which column holds the numbers.

use contract::InvalidReason;

use crate::choice::{find_selected, has_selected_name, name_columns};
use crate::header::{HeaderKind, header_kind, looks_like_header, names_ssn};
use crate::records::Records;
use crate::value::parse_number;
use crate::{ColumnSelector, ReadError, TableLayout};

/// Counts of the cells in one column of the sample.
#[derive(Clone, Copy, Default)]
struct Tally {
    filled: usize,
    numbers: usize,
    zeros_lost: usize,
}

/// The sample, read as a table with one delimiter.
pub(crate) struct Guess<'t> {
    delimiter: u8,
    records: Vec<Vec<&'t str>>,
    /// One tally for each column.
    tallies: Vec<Tally>,
    /// Number of records that have the most frequent number of fields.
    pub(crate) same_length: usize,
    /// Whether the first record names the SSN column.
    pub(crate) names_ssn: bool,
    /// Whether the first record contains the selected column name.
    pub(crate) has_selected_name: bool,
}

impl<'t> Guess<'t> {
    /// Reads the sample as a table.
    ///
    /// Returns `None` if it isn't one: half of the records or more have only one field.
    pub(crate) fn new(
        sample: &'t str,
        delimiter: u8,
        selector: Option<&ColumnSelector>,
    ) -> Option<Self> {
        let mut reader = Records::new(delimiter);
        let mut records = Vec::new();
        while reader.next(sample).is_some() {
            let fields = reader.fields().iter();
            records.push(fields.map(|f| &sample[f.clone()]).collect::<Vec<_>>());
        }
        let several = records.iter().filter(|record| record.len() > 1).count();
        if several * 2 <= records.len() {
            return None;
        }
        let first = records.first()?;
        let names_ssn = names_ssn(first);
        let has_selected_name = selector.is_some_and(|selector| has_selected_name(selector, first));
        let tallies = tally(
            &records[usize::from(names_ssn || has_selected_name)..],
            first.len(),
        );
        let mut lengths = vec![0_usize; tallies.len() + 1];
        for record in records.iter().filter(|record| record.len() > 1) {
            lengths[record.len()] += 1;
        }
        let same_length = lengths.into_iter().max().unwrap_or(0);
        Some(Self {
            delimiter,
            records,
            tallies,
            same_length,
            names_ssn,
            has_selected_name,
        })
    }

    /// Highest count of numbers in a column, including numbers that lost leading zeros.
    pub(crate) fn max_numbers(&self) -> usize {
        let numbers = |tally: &Tally| tally.numbers + tally.zeros_lost;
        self.tallies.iter().map(numbers).max().unwrap_or(0)
    }

    /// Whether most records have the same number of fields, so that it is surely a table.
    pub(crate) fn is_regular(&self) -> bool {
        self.records.len() > 1 && self.same_length * 2 > self.records.len()
    }

    /// Returns the layout of the whole text with this delimiter.
    pub(crate) fn table(
        &self,
        selector: Option<&ColumnSelector>,
    ) -> Result<TableLayout, ReadError> {
        let first = &self.records[0];
        let is_surely_header = self.names_ssn || self.has_selected_name;
        let column_count = self.tallies.len();
        let ssn_column = match selector {
            Some(selector) => find_selected(
                selector,
                &name_columns(is_surely_header.then_some(first), column_count),
            )?,
            None => self.choose(first)?,
        };
        let is_header = is_surely_header || looks_like_header(&self.records, ssn_column);
        let columns = name_columns(is_header.then_some(first), column_count);
        Ok(TableLayout {
            headers: is_header.then(|| columns.into_iter().map(|column| column.name).collect()),
            column_count,
            ssn_column,
            delimiter: self.delimiter,
        })
    }

    /// Chooses the column by its header, or by its content if no header names SSNs.
    ///
    /// Of several columns whose headers name SSNs, those that also look like SSNs win.
    fn choose(&self, first: &[&str]) -> Result<usize, ReadError> {
        let by_header = |kind| -> Vec<usize> {
            let cells = first.iter().enumerate().filter(|_| self.names_ssn);
            cells
                .filter(|(_, cell)| header_kind(cell) == kind)
                .map(|(index, _)| index)
                .collect()
        };
        let by_content = self.by_content();
        let with_numbers = |columns: &[usize]| -> Vec<usize> {
            columns
                .iter()
                .copied()
                .filter(|column| by_content.contains(column))
                .collect()
        };
        let ssn = by_header(HeaderKind::Ssn);
        let maybe_ssn = by_header(HeaderKind::MaybeSsn);
        let mut candidates = match (ssn.is_empty(), maybe_ssn.is_empty()) {
            (false, _) => match with_numbers(&ssn) {
                none if none.is_empty() => ssn,
                some => some,
            },
            // If the columns with such headers hold no numbers but others do, the caller must choose.
            (true, false) => match with_numbers(&maybe_ssn) {
                none if none.is_empty() => [maybe_ssn, by_content].concat(),
                some => some,
            },
            (true, true) => by_content,
        };
        candidates.sort_unstable();
        let columns = name_columns(self.names_ssn.then_some(first), self.tallies.len());
        match candidates[..] {
            [] => Err(ReadError::NoColumn { columns }),
            [column] => Ok(column),
            _ => Err(ReadError::AmbiguousColumn {
                candidates: columns
                    .into_iter()
                    .filter(|column| candidates.contains(&column.index))
                    .collect(),
            }),
        }
    }

    /// Returns the columns that look like SSNs: at least half of their filled cells are numbers.
    ///
    /// A column with less than a quarter of another's numbers is left out. Numbers that lost leading
    /// zeros count only if no column looks like SSNs without them.
    fn by_content(&self) -> Vec<usize> {
        let columns = |numbers: fn(&Tally) -> usize| -> Vec<usize> {
            let most = self.tallies.iter().map(numbers).max().unwrap_or(0);
            let looks_like_ssns = |tally: &Tally| {
                let numbers = numbers(tally);
                numbers > 0 && numbers * 2 >= tally.filled && numbers * 4 >= most
            };
            let tallies = self.tallies.iter().enumerate();
            tallies
                .filter(|(_, tally)| looks_like_ssns(tally))
                .map(|(index, _)| index)
                .collect()
        };
        match columns(|tally| tally.numbers) {
            none if none.is_empty() => columns(|tally| tally.numbers + tally.zeros_lost),
            some => some,
        }
    }
}

fn tally(records: &[Vec<&str>], columns: usize) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); columns];
    for record in records {
        if tallies.len() < record.len() {
            tallies.resize(record.len(), Tally::default());
        }
        for (tally, cell) in tallies.iter_mut().zip(record) {
            tally.filled += 1;
            match parse_number(cell) {
                Ok(number) if number.restored => tally.zeros_lost += 1,
                Ok(_) => tally.numbers += 1,
                Err(InvalidReason::Empty) => tally.filled -= 1,
                Err(_) => {}
            }
        }
    }
    tallies
}
