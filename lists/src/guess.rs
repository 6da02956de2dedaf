//! Reads a sample as a table with one delimiter, to find its header and its column of numbers.

use crate::choice::{find_selected, name_columns, tell_apart};
use crate::evidence::{Evidence, Verdict, single_ssn_header};
use crate::header::may_hold_ssns;
use crate::lines::Start;
use crate::plan::{Check, Input, Plan};
use crate::preamble::{NamedHeader, find_named_header, find_other_header};
use crate::records::Records;
use crate::table_text::TableText;
use crate::tally::Tally;
use crate::value::parse_number;
use crate::{Column, ColumnBasis, ColumnSelector, ReadError, TableLayout};

/// The sample, read as a table with one delimiter.
pub(crate) struct Guess<'t> {
    pub(crate) delimiter: u8,
    pub(crate) records: Vec<Vec<&'t str>>,
    pub(crate) column_count: usize,
    /// Whether it is a sheet, in which no record is shifted.
    is_sheet: bool,
    /// Maximum number of columns: that of the original table, if the text was made from one.
    max_columns: usize,
    /// The header, if it was found by the names in it.
    named: Option<NamedHeader>,
    /// Number of records that have the most frequent number of fields.
    pub(crate) same_length: usize,
    /// The most frequent number of fields.
    usual_length: usize,
    /// Highest count of numbers in a column, including numbers that lost leading zeros.
    pub(crate) max_numbers: usize,
}

impl<'t> Guess<'t> {
    /// Reads the sample as a table.
    ///
    /// Returns `None` if it isn't one: from the header on, half of the records or more have only one
    /// field, and it isn't a header with several names above records.
    pub(crate) fn new(
        sample: &'t str,
        delimiter: u8,
        selector: Option<&ColumnSelector>,
    ) -> Option<Self> {
        let guess = Self::read(sample, delimiter, selector);
        let table = guess.table();
        let several = table.iter().filter(|record| record.len() > 1).count();
        (several * 2 > table.len() || guess.has_header_above_records()).then_some(guess)
    }

    /// Whether the header has several names, and only records below it have numbers.
    ///
    /// A short table may have as many lines of other text below it.
    fn has_header_above_records(&self) -> bool {
        let Some((header, rest)) = self
            .table()
            .split_first()
            .filter(|_| self.has_named_header())
        else {
            return false;
        };
        let has_number = |record: &&Vec<&str>| record.iter().any(|cell| parse_number(cell).is_ok());
        let mut with_numbers = rest.iter().filter(has_number).peekable();
        header.len() > 1
            && with_numbers.peek().is_some()
            && with_numbers.all(|record| record.len() > 1)
    }

    /// Reads the sample of a text that was made from a table.
    pub(crate) fn of_table(
        sample: &'t str,
        table: &TableText,
        selector: Option<&ColumnSelector>,
    ) -> Self {
        let mut guess = Self::read(sample, b',', selector);
        guess.is_sheet = table.is_sheet;
        guess.max_columns = table.columns;
        guess.column_count = match table.is_sheet {
            true => table.columns,
            false => guess.column_count.min(table.columns),
        };
        if table.has_header {
            let has_selected_name = guess.has_selected_name();
            guess.named = Some(NamedHeader {
                record: 0,
                has_selected_name,
            });
        }
        guess
    }

    fn read(sample: &'t str, delimiter: u8, selector: Option<&ColumnSelector>) -> Self {
        let mut reader = Records::new(delimiter, Start::default());
        let mut records = Vec::new();
        while reader.next(sample).is_some() {
            let fields = reader.fields().iter();
            records.push(fields.map(|f| &sample[f.clone()]).collect::<Vec<_>>());
        }
        let named = find_named_header(&records, selector);
        let mut guess = Self {
            delimiter,
            column_count: 0,
            is_sheet: false,
            max_columns: usize::MAX,
            named,
            same_length: 0,
            usual_length: 0,
            max_numbers: 0,
            records,
        };
        let table = guess.table();
        let column_count = table.iter().map(Vec::len).max().unwrap_or(1);
        let mut lengths = vec![0_usize; column_count + 1];
        for record in table.iter().filter(|record| record.len() > 1) {
            lengths[record.len()] += 1;
        }
        let mut numbers = vec![0_usize; column_count];
        for record in table.iter().skip(usize::from(named.is_some())) {
            for (count, cell) in numbers.iter_mut().zip(record) {
                *count += usize::from(parse_number(cell).is_ok());
            }
        }
        guess.column_count = column_count;
        let usual = lengths
            .into_iter()
            .enumerate()
            .max_by_key(|(_, count)| *count);
        (guess.usual_length, guess.same_length) = usual.unwrap_or_default();
        guess.max_numbers = numbers.into_iter().max().unwrap_or_default();
        guess
    }

    /// Returns the records from the header on.
    fn table(&self) -> &[Vec<&'t str>] {
        &self.records[self.named.map_or(0, |header| header.record)..]
    }

    /// Whether a header names SSNs or has the selected name.
    pub(crate) fn has_named_header(&self) -> bool {
        self.named.is_some()
    }

    /// Whether a header has the selected name.
    pub(crate) fn has_selected_name(&self) -> bool {
        self.named.is_some_and(|header| header.has_selected_name)
    }

    /// Whether most records have the same number of fields, so that it is surely a table.
    pub(crate) fn is_regular(&self) -> bool {
        self.records.len() > 1 && self.same_length * 2 > self.records.len()
    }

    /// Returns the index of the header, if there is one by its names or its words.
    pub(crate) fn header(&self) -> Option<usize> {
        let named = self.named.map(|header| header.record);
        named.or_else(|| find_other_header(&self.records, None))
    }

    /// Plans how to read the whole text with this delimiter.
    ///
    /// If `trust_sample`, the only header for SSNs decides, or else the columns of the sample. The plan
    /// must be checked then. Otherwise the whole text is read to weigh the columns.
    pub(crate) fn plan(
        &self,
        input: &Input<'_>,
        selector: Option<&ColumnSelector>,
        trust_sample: bool,
    ) -> Result<Plan, ReadError> {
        let named = self.named.map(|header| header.record);
        let known = self.header();
        let cells = known.map(|record| self.records[record].as_slice());
        let columns = name_columns(cells, self.column_count);
        let sample = |column| self.masked_sample(column);
        let header_of = |column| named.or_else(|| find_other_header(&self.records, Some(column)));
        let in_sample = self.tally(input.sample(), Start::default(), known);
        let ssn_header = cells.and_then(single_ssn_header);
        let (ssn_column, basis, check) = match (selector, in_sample.verdict()) {
            (Some(selector), _) => (
                find_selected(selector, &columns, sample)?,
                ColumnBasis::Selected,
                Check::Nothing,
            ),
            (None, Verdict::Certain(column, ColumnBasis::Header))
                if trust_sample && ssn_header == Some(column) =>
            {
                (column, ColumnBasis::Header, Check::Header)
            }
            (None, _) if let Some(column) = ssn_header.filter(|_| in_sample.records == 0) => {
                (column, ColumnBasis::Header, Check::Nothing)
            }
            // With another header, the rows wouldn't be those that are weighed.
            (None, Verdict::Certain(column, basis))
                if trust_sample && header_of(column) == known =>
            {
                let tally = self.new_tally(known).skim(&in_sample.columns);
                (column, basis, Check::Columns(tally))
            }
            _ => match self.tally(input.text, input.start, known).verdict() {
                Verdict::Certain(column, basis) => (column, basis, Check::Nothing),
                Verdict::Uncertain(candidates) => {
                    return Err(self.uncertain(&candidates, columns, cells.is_some()));
                }
            },
        };
        let header = header_of(ssn_column);
        let cells = header.map(|record| self.records[record].as_slice());
        let max_fields = self.max_fields(cells.map(<[_]>::len));
        let column_count = self.column_count.min(max_fields).max(ssn_column + 1);
        let columns = name_columns(cells, column_count);
        Ok(Plan {
            table: Some(TableLayout {
                headers: cells.map(|_| columns.into_iter().map(|column| column.name).collect()),
                column_count,
                ssn_column,
                delimiter: self.delimiter,
                basis,
            }),
            has_records: true,
            header,
            header_cell: cells
                .and_then(|cells| cells.get(ssn_column))
                .map(|cell| (*cell).to_owned()),
            max_fields,
            usual_fields: self.usual_fields(max_fields),
            has_dashed: has_dashed(cells, &in_sample.columns, ssn_column),
            splits_lines: false,
            check,
        })
    }

    /// Returns the number of fields above which a record is shifted: the header's, or the most frequent.
    ///
    /// The number is unlimited if there is no header and the records differ, and in a sheet.
    pub(crate) fn max_fields(&self, header: Option<usize>) -> usize {
        if self.is_sheet {
            return usize::MAX;
        }
        let regular = || self.is_regular().then_some(self.usual_length);
        let usual = header.or_else(regular).unwrap_or(usize::MAX);
        usual.min(self.max_columns)
    }

    /// Returns `fields` if nine of ten records have so many, and otherwise 0.
    fn usual_fields(&self, fields: usize) -> usize {
        let table = self.table();
        let full = table.iter().filter(|record| record.len() >= fields).count();
        match full * 10 >= table.len() * 9 {
            true => fields,
            false => 0,
        }
    }

    /// The first number of a column, masked.
    pub(crate) fn masked_sample(&self, column: usize) -> Option<String> {
        let mut cells = self.records.iter().filter_map(|record| record.get(column));
        cells.find_map(|cell| Some(parse_number(cell).ok()?.ssn.to_string()))
    }

    fn uncertain(&self, candidates: &[usize], columns: Vec<Column>, has_header: bool) -> ReadError {
        if candidates.is_empty() {
            return ReadError::NoColumn { columns };
        }
        let is_candidate =
            |column: &Column| candidates.len() < 2 || candidates.contains(&column.index);
        let candidates = columns.into_iter().filter(is_candidate).collect();
        ReadError::AmbiguousColumn {
            candidates: tell_apart(candidates, |column| self.masked_sample(column)),
            has_header,
        }
    }

    /// Counts the cells of each column in a text that begins with the sample, below the header.
    pub(crate) fn tally(&self, text: &str, start: Start, header: Option<usize>) -> Tally {
        let mut tally = self.new_tally(header);
        let max_fields = self.max_fields(header.map(|record| self.records[record].len()));
        let mut records = Records::new(self.delimiter, start).max_fields(max_fields);
        while records.next(text).is_some() {
            tally.add(text, records.fields());
        }
        tally
    }

    fn new_tally(&self, header: Option<usize>) -> Tally {
        let header = header.map(|record| (record, self.records[record].as_slice()));
        let max_fields = self.max_fields(header.map(|(_, cells)| cells.len()));
        Tally::new(header, max_fields, self.column_count)
    }
}

/// Returns for each column whether dashed numbers belong into it: by its header, if there is one.
fn has_dashed(header: Option<&[&str]>, columns: &[Evidence], ssn_column: usize) -> Vec<bool> {
    let may_hold = |column: usize| match header {
        Some(header) if column != ssn_column => {
            header.get(column).is_some_and(|cell| may_hold_ssns(cell))
        }
        _ => true,
    };
    let columns = columns.iter().enumerate();
    columns
        .map(|(column, evidence)| evidence.has_dashed_numbers() && may_hold(column))
        .collect()
}
