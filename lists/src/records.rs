//! Splits a table into records and fields, as RFC 4180 describes.
//!
//! If a record has too many fields, it is parsed again with non-standard quoting, such as single quotes.
//! That result is used only if it has few enough fields.

use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use crate::cell::{clean, is_blank};
use crate::lines::{Lines, Start, break_length, line_length};
use crate::quotes::{is_well_formed, split_other_quotes};
use crate::value::parse_number;

/// Maximum number of fields that are kept of a record: the number of columns in an Excel sheet.
///
/// In a file that isn't a table, a record may have millions.
const MAX_FIELDS: usize = 16_384;

/// A cursor over the records of a table.
///
/// Fields are ranges of the text that include their quotes, so nothing is copied. Like [`Lines`],
/// it doesn't borrow the text, but all calls must pass the same one.
pub(crate) struct Records {
    reader: Reader,
    delimiter: u8,
    max_fields: usize,
    at: usize,
    line: u32,
    fields: Vec<Range<usize>>,
    /// Fields of the last record that failed because of an unclosed quote.
    ///
    /// A later record that reaches the start of one of these fields fails too, so it isn't scanned
    /// again. This keeps reading linear.
    joined: Vec<Range<usize>>,
}

/// The start of a record in the text, and its line number, from 1.
pub(crate) struct Record {
    pub(crate) start: usize,
    pub(crate) line: u32,
}

impl Records {
    pub(crate) fn new(delimiter: u8, start: Start) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            max_fields: usize::MAX,
            at: start.at,
            line: start.line,
            fields: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// Sets the number of fields above which a record has too many.
    pub(crate) fn max_fields(mut self, max_fields: usize) -> Self {
        self.max_fields = max_fields;
        self
    }

    /// Reads the fields of the record that starts at `start`.
    ///
    /// Line numbers are wrong after that, so the caller must not read on with [`Self::next`].
    pub(crate) fn read_at(&mut self, text: &str, start: usize) {
        self.at = start;
        self.next(text);
    }

    /// Returns the fields of the last record that was read.
    pub(crate) fn fields(&self) -> &[Range<usize>] {
        &self.fields
    }

    /// Reads the next record. Blank lines aren't records.
    pub(crate) fn next(&mut self, text: &str) -> Option<Record> {
        loop {
            let (start, line) = (self.at, self.line);
            let rest = text.as_bytes().get(start..).filter(|r| !r.is_empty())?;
            let line_end = start + line_length(rest);
            let first_line = &text[start..line_end];
            let blank = is_blank(first_line) && !first_line.as_bytes().contains(&self.delimiter);

            let mut end = line_end;
            if !blank {
                let quoted = self.split(text, start, line_end);
                let quoted = quoted
                    .filter(|end| *end == line_end || !self.joins_records(&text[start..*end]));
                end = quoted.unwrap_or_else(|| {
                    // A stray quote joined this line with the lines up to the next quote. Read the
                    // line again without quoting, so that each of them is a row.
                    self.split_literally(text, start..line_end);
                    line_end
                });
                if end == line_end
                    && is_shifted(text, &self.fields, self.max_fields)
                    && let Some(fields) = split_other_quotes(first_line, self.delimiter)
                    && fields.len() <= self.max_fields
                {
                    self.fields.clear();
                    let fields = fields.into_iter();
                    self.fields
                        .extend(fields.map(|field| start + field.start..start + field.end));
                }
            }
            self.at = end + break_length(&text.as_bytes()[end..]);
            let breaks = if end > line_end {
                lines_in(&text[start..end])
            } else {
                1
            };
            self.line = line.saturating_add(breaks);
            if !blank {
                return Some(Record { start, line });
            }
        }
    }

    /// Splits the record that starts at `start` into fields, and returns the end of the record.
    ///
    /// The end is the position of its line break. Returns `None` if a field after the first line isn't
    /// quoted correctly.
    fn split(&mut self, text: &str, start: usize, line_end: usize) -> Option<usize> {
        self.fields.clear();
        self.reader.reset();
        let bytes = text.as_bytes();
        // csv_core also writes the unquoted text, but only the end of each field is needed.
        let mut unused = [0; 512];
        let (mut at, mut field) = (start, start);
        loop {
            let rest = &bytes[at..];
            let (result, read, _) = self.reader.read_field(rest, &mut unused);
            at += read;
            let record_end = match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => continue,
                ReadFieldResult::Field { record_end } => record_end,
                ReadFieldResult::End => true,
            };
            // Each field was read with its delimiter or line break, except at the end of the text.
            let end = at - usize::from(!rest.is_empty());
            if self.fields.len() < MAX_FIELDS {
                self.fields.push(field..end);
            }
            if end > line_end && !is_well_formed(&text[field..end]) {
                if self.joined.last().is_none_or(|joined| joined.end <= end) {
                    std::mem::swap(&mut self.fields, &mut self.joined);
                }
                return None;
            }
            if record_end {
                return Some(end);
            }
            field = at;
            if self.is_joined(field) {
                return None;
            }
        }
    }

    /// Whether one of the joined fields, except the first of their record, starts at a position.
    fn is_joined(&self, position: usize) -> bool {
        let joined = self.joined.get(1..).unwrap_or_default();
        joined.last().is_some_and(|last| last.start >= position)
            && joined
                .binary_search_by_key(&position, |field| field.start)
                .is_ok()
    }

    /// Whether a record of several lines is several records: each line has all fields and a number.
    fn joins_records(&self, record: &str) -> bool {
        let is_record = |line: &str| {
            let mut fields = line.split(char::from(self.delimiter));
            fields.clone().count() == self.max_fields
                && fields.any(|field| parse_number(field).is_ok())
        };
        let mut lines = Lines::new(Start::default());
        std::iter::from_fn(|| lines.next(record)).all(|line| is_record(&record[line.span]))
    }

    fn split_literally(&mut self, text: &str, line: Range<usize>) {
        self.fields.clear();
        let mut start = line.start;
        for field in text[line]
            .split(char::from(self.delimiter))
            .take(MAX_FIELDS)
        {
            self.fields.push(start..start + field.len());
            start += field.len() + 1;
        }
    }
}

/// Whether a field beyond `max_fields` isn't empty.
pub(crate) fn is_shifted(text: &str, fields: &[Range<usize>], max_fields: usize) -> bool {
    let behind = fields.get(max_fields..).unwrap_or_default();
    behind
        .iter()
        .any(|field| !clean(&text[field.clone()]).is_empty())
}

fn lines_in(text: &str) -> u32 {
    let mut lines = Lines::new(Start::default());
    let mut number = 0;
    while let Some(line) = lines.next(text) {
        number = line.number;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotes::unquoted;
    use proptest::prelude::*;

    fn all(text: &str, delimiter: u8) -> Vec<(u32, Vec<String>)> {
        let mut records = Records::new(delimiter, Start::default());
        let mut all = Vec::new();
        while let Some(record) = records.next(text) {
            let fields = records.fields().iter();
            let fields = fields.map(|f| unquoted(&text[f.clone()]).into_owned());
            all.push((record.line, fields.collect()));
        }
        all
    }

    #[test]
    fn quoted_fields_may_contain_delimiters_and_line_breaks() {
        let text = "a,b\r\n\"x,\"\"y\"\"\",\"1\r\n2\"\r\n\r\nc,\n";
        let expected = [
            (1, vec!["a", "b"]),
            (2, vec!["x,\"y\"", "1\r\n2"]),
            (5, vec!["c", ""]),
        ];
        assert_eq!(
            all(text, b','),
            expected.map(|(line, f)| (line, f.into_iter().map(String::from).collect()))
        );
    }

    #[test]
    fn a_stray_quote_joins_no_lines() {
        for text in ["\"a,1\nb,2\nc,3", "\"a,1\nb,2\n\"c\" d,3"] {
            let lines: Vec<_> = all(text, b',').iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 2, 3], "{text}");
        }
    }

    #[test]
    fn a_stray_quote_joins_no_records_with_numbers() {
        let lines = |text: &str| {
            let mut records = Records::new(b',', Start::default()).max_fields(2);
            std::iter::from_fn(move || records.next(text).map(|record| record.line))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            lines("\"Ann,123-45-6789\nBob\",987-65-4321\nCy,1"),
            [1, 2, 3]
        );
        // A value of several lines.
        for text in [
            "\"Doe, Ann\nJr.\",123-45-6789\nCy,1",
            "\"a\n123-45-6789\",1\nx,1",
        ] {
            assert_eq!(lines(text), [1, 3], "{text}");
        }
    }

    #[test]
    fn quotes_that_are_not_closed_do_not_take_long() {
        for line in ["\"Ann\",\"1\",\"12 Main St\n", "a\",\"c\n", "\"a\n\"\"b\n"] {
            let text = line.repeat(20_000);
            let mut records = Records::new(b',', Start::default());
            let mut lines = 0;
            while let Some(record) = records.next(&text) {
                lines = record.line as usize;
            }
            assert_eq!(lines, text.lines().count(), "{line}");
        }
    }

    #[test]
    fn other_quotes_are_read_where_the_record_fits_only_with_them() {
        for (line, expected) in [
            ("'Doe, Ann','1-2'", ["'Doe, Ann'", "'1-2'"]),
            ("'O''Neil, Ann' , 1-2", ["'O''Neil, Ann' ", " 1-2"]),
            (r"'O\'Neil, Ann',1-2", [r"'O\'Neil, Ann'", "1-2"]),
            ("1-2, \"Doe, \"\"A\"\" Ann\"", ["1-2", "Doe, \"A\" Ann"]),
            ("\t\"Doe, Ann\",'1-2'", ["Doe, Ann", "'1-2'"]),
            // These fit as RFC 4180 describes.
            ("'Doe,Ann'", ["'Doe", "Ann'"]),
            ("O'Neil,Ann's", ["O'Neil", "Ann's"]),
        ] {
            let mut records = Records::new(b',', Start::default()).max_fields(2);
            records.next(line);
            let fields = records.fields().iter();
            let fields: Vec<_> = fields.map(|f| unquoted(&line[f.clone()])).collect();
            assert_eq!(fields, expected, "{line}");
        }
    }

    #[test]
    fn a_record_that_does_not_fit_with_other_quotes_is_not_changed() {
        for (line, fields) in [
            ("'Doe, Ann,1-2", 3),
            ("'Doe, Ann'x,1-2", 3),
            ("'Doe, Ann',1-2,3", 4),
            ("'Doe, Ann\\',1-2", 3),
            ("Doe 'Ann, A',1-2", 3),
        ] {
            let mut records = Records::new(b',', Start::default()).max_fields(2);
            records.next(line);
            assert_eq!(records.fields().len(), fields, "{line}");
        }
    }

    #[test]
    fn a_line_of_tabs_is_a_record_in_a_tab_separated_table() {
        assert_eq!(all("a\tb\n\t\n \nc\td", b'\t').len(), 3);
    }

    proptest! {
        /// Well-formed tables must be read as the `csv` crate wrote them.
        #[test]
        fn tables_written_by_the_csv_crate_are_read_unchanged(
            table in prop::collection::vec(
                prop::collection::vec("[a,;\"\r\n\t1 é]{1,6}", 2..4), 1..6
            )
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for record in &table {
                writer.write_record(record).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = all(&text, b',').into_iter().map(|(_, fields)| fields).collect();
            prop_assert_eq!(read, table);
        }
    }
}
