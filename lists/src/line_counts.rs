//! Counts the numbers of lines, to decide whether they are a list or the rows of a table.

use crate::lines::{Lines, Start};
use crate::numbers::{LineNumbers, find_numbers};
use crate::value::{parse_number, separates_groups};

/// Counts of numbers in lines.
#[derive(Default)]
pub(crate) struct LineCounts {
    lines: usize,
    /// Lines that are a number without a label or the like.
    pub(crate) values: usize,
    /// Lines with one number.
    single: usize,
    /// Lines with several numbers, and how many these lines have together.
    several: usize,
    numbers: usize,
    /// How many numbers the first line with several has, and whether another one has more or fewer.
    first: Option<usize>,
    differ: bool,
    /// Lines whose numbers are in brackets of their own: `(1, 2),`.
    tuples: usize,
    /// Whether a line ends with `VALUES`, so that the tuples below are records.
    has_values: bool,
    /// Lines with several numbers that end with a delimiter.
    continued: usize,
    /// Whether the last line ends with a delimiter.
    is_last_continued: bool,
    /// Whether more lines follow, which aren't counted.
    pub(crate) is_sample: bool,
    positions: Positions,
}

/// Which positions of the lines with several numbers have dashed numbers, as bits.
struct Positions {
    /// Positions that all lines have.
    shared: u64,
    always_dashed: u64,
    ever_dashed: u64,
}

impl Default for Positions {
    fn default() -> Self {
        Self {
            shared: u64::MAX,
            always_dashed: u64::MAX,
            ever_dashed: 0,
        }
    }
}

impl Positions {
    fn add(&mut self, line: &str, numbers: &LineNumbers) {
        let (mut present, mut dashed) = (0, 0);
        for (at, span) in numbers.spans.iter().take(64).enumerate() {
            present |= 1 << at;
            if line[span.clone()].contains(separates_groups) {
                dashed |= 1 << at;
            }
        }
        self.shared &= present;
        self.always_dashed &= dashed;
        self.ever_dashed |= dashed;
    }

    /// Whether one position always has a dashed number and another one never has.
    fn are_columns(&self) -> bool {
        self.shared & self.always_dashed != 0 && self.shared & !self.ever_dashed != 0
    }
}

impl LineCounts {
    /// Counts the numbers in the lines of a text.
    pub(crate) fn count(text: &str) -> Self {
        let mut counts = Self::default();
        let mut lines = Lines::new(Start::default());
        while let Some(line) = lines.next_row(text) {
            let line = &text[line.span];
            match parse_number(line) {
                Ok(_) => counts.add_value(line),
                Err(_) => counts.add(line, &find_numbers(line)),
            }
        }
        counts
    }

    /// Counts a line that is a number.
    pub(crate) fn add_value(&mut self, line: &str) {
        self.begin(line);
        self.values += 1;
        self.single += 1;
    }

    /// Counts a line that isn't a number, but may have some.
    pub(crate) fn add(&mut self, line: &str, numbers: &LineNumbers) {
        self.begin(line);
        match numbers.spans.len() {
            0 => self.has_values |= ends_with_values(line),
            1 => self.single += 1,
            found => {
                self.several += 1;
                self.numbers += found;
                self.tuples += usize::from(numbers.tuples > 0);
                self.continued += usize::from(self.is_last_continued);
                self.differ |= *self.first.get_or_insert(found) != found;
                self.positions.add(line, numbers);
            }
        }
    }

    fn begin(&mut self, line: &str) {
        self.lines += 1;
        self.is_last_continued = line.trim_end().ends_with([',', ';']);
    }

    /// Whether lines with several numbers are parts of one list.
    ///
    /// Many lines with equally many numbers may be a table, such as people and their spouses, unless each
    /// but the last ends with a delimiter. Tuples may be a table even then. So may many lines of any
    /// length, if one position always has a dashed number and another never has.
    pub(crate) fn is_list(&self) -> bool {
        let are_many = self.several > 1 && self.several * 2 > self.lines;
        let may_be_table = !self.differ && (self.are_tuples() || !self.is_continued());
        let is_table = are_many && (may_be_table || self.positions.are_columns());
        let has_records = self.has_values && self.tuples > 0;
        !is_table && !has_records
    }

    /// Whether all lines with several numbers are tuples.
    pub(crate) fn are_tuples(&self) -> bool {
        self.tuples > 0 && self.tuples == self.several
    }

    /// Whether each line but the last of the text ends with a delimiter.
    pub(crate) fn is_continued(&self) -> bool {
        let last = usize::from(!self.is_sample);
        self.lines > 1
            && self.is_last_continued == self.is_sample
            && self.continued + last == self.lines
    }

    /// Number of numbers that are read from the lines.
    pub(crate) fn rows(&self) -> usize {
        match self.is_list() {
            true => self.single + self.numbers,
            false => self.single,
        }
    }
}

/// Whether a line ends with the `VALUES` of an SQL statement.
fn ends_with_values(line: &str) -> bool {
    let last = line.split_whitespace().next_back().unwrap_or_default();
    last.eq_ignore_ascii_case("values")
}
