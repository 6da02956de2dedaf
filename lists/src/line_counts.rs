//! Counts the numbers of lines, to decide whether they are a list or the rows of a table.

use crate::cell::clean;
use crate::label::names_columns;
use crate::lines::{Lines, Start};
use crate::numbers::{LineNumbers, find_numbers};
use crate::sections::Sections;
use crate::value::{parse_number, separates_groups};

/// Maximum number of lines before the first number that may name columns.
const MAX_HEADER_LINES: usize = 20;

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
    /// Whether a line has two numbers, of which only one is dashed.
    has_mixed_pair: bool,
    /// Whether a line with several numbers has one without dashes.
    has_bare: bool,
    /// Whether a line before the numbers may be the header of several columns.
    names_columns: bool,
    sections: Sections,
    /// Number of the line, from 1. Only known in [`Self::count`].
    line: u32,
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
    /// Adds a line and returns how many of its numbers aren't dashed.
    fn add(&mut self, line: &str, numbers: &LineNumbers) -> usize {
        let (mut present, mut dashed, mut bare) = (0, 0, 0);
        for (at, span) in numbers.spans.iter().enumerate() {
            // Columns that are further to the right don't matter.
            let bit = 1_u64.checked_shl(at as u32).unwrap_or_default();
            present |= bit;
            match is_bare(&line[span.clone()]) {
                true => bare += 1,
                false => dashed |= bit,
            }
        }
        self.shared &= present;
        self.always_dashed &= dashed;
        self.ever_dashed |= dashed;
        bare
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
            counts.line = line.number;
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
        self.add_single(line, false);
        self.values += 1;
    }

    fn add_single(&mut self, number: &str, has_label: bool) {
        if has_label {
            self.sections.add_labelled();
        } else if self.sections.is_above_numbers() && is_bare(clean(number)) {
            self.sections.add_bare(!self.has_numbers());
        }
        self.single += 1;
    }

    /// Whether a line has several numbers.
    pub(crate) fn has_several(&self) -> bool {
        self.several > 0
    }

    fn has_numbers(&self) -> bool {
        self.single + self.several > 0
    }

    /// Counts a line that isn't a number, but may have some.
    pub(crate) fn add(&mut self, line: &str, numbers: &LineNumbers) {
        self.begin(line);
        match &numbers.spans[..] {
            [] => self.add_text(line),
            [number] => self.add_single(&line[number.clone()], numbers.has_label),
            spans => {
                let found = spans.len();
                let bare = self.positions.add(line, numbers);
                self.has_bare |= bare > 0;
                self.has_mixed_pair |= found == 2 && bare == 1;
                if numbers.has_label {
                    self.sections.add_labelled();
                } else if bare > 0 {
                    self.sections.add_bare(!self.has_numbers());
                }
                self.several += 1;
                self.numbers += found;
                self.tuples += usize::from(numbers.tuples > 0);
                self.continued += usize::from(self.is_last_continued);
                self.differ |= *self.first.get_or_insert(found) != found;
            }
        }
    }

    /// Adds a line without a number.
    fn add_text(&mut self, line: &str) {
        self.has_values |= ends_with_values(line);
        self.sections.add_text(line, self.line);
        let may_be_header = !self.has_numbers() && self.lines <= MAX_HEADER_LINES;
        self.names_columns |= may_be_header && names_columns(line);
    }

    fn begin(&mut self, line: &str) {
        self.lines += 1;
        self.is_last_continued = line.trim_end().ends_with([',', ';']);
    }

    /// Whether lines with several numbers are parts of one list.
    ///
    /// They may be a table:
    /// - if a line has two numbers and only one is dashed, whatever the other lines are;
    /// - if one position always has a dashed number and another never has;
    /// - if a line above names several columns, unless all numbers are dashed;
    /// - if most lines have equally many numbers, such as people and their spouses, unless each but the last
    ///   ends with a delimiter. Tuples may be a table even then. Of lines without dashes, half is enough.
    ///
    /// Lines without a number don't count: they may be rules and footers.
    pub(crate) fn is_list(&self) -> bool {
        let is_most = self.several + usize::from(self.has_bare) > self.single;
        let are_many = self.several > 1 && is_most && !self.differ;
        let may_be_table = are_many && (self.are_tuples() || !self.is_continued());
        let are_columns = self.several > 1 && self.positions.are_columns();
        let has_header = self.names_columns && self.has_bare;
        let has_records = self.has_values && self.tuples > 0;
        !(may_be_table || are_columns || has_header || has_records || self.has_mixed_pair)
    }

    /// Whether the lines were rightly expected to be a list, or not, and have no other numbers.
    pub(crate) fn confirms(&self, is_list: bool) -> bool {
        self.is_list() == is_list && self.other_numbers().is_none()
    }

    /// Returns the line of a heading that names other numbers than SSNs, if some follow it.
    ///
    /// The line is 0 unless [`Self::count`] counted.
    pub(crate) fn other_numbers(&self) -> Option<u32> {
        self.sections.other_numbers()
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

/// Whether a number has no dashes or the like, so that it may be another number than an SSN.
fn is_bare(number: &str) -> bool {
    !number.contains(separates_groups)
}

/// Whether a line ends with the `VALUES` of an SQL statement.
fn ends_with_values(line: &str) -> bool {
    let last = line.split_whitespace().next_back().unwrap_or_default();
    last.eq_ignore_ascii_case("values")
}
