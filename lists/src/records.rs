//! Splits a table into records and fields, as RFC 4180 describes.

use std::borrow::Cow;
use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use crate::cell::{clean, is_blank};
use crate::lines::{Lines, Start, break_length, line_length};

/// Maximum number of fields that are kept of a record: the number of columns in an Excel sheet.
///
/// In a file that isn't a table, a record may have millions.
const MAX_FIELDS: usize = 16_384;

/// A cursor over the records of a table.
///
/// Fields are ranges of the text that include their quotes, so nothing is copied. Like [`Lines`],
/// it doesn't borrow the text.
pub(crate) struct Records {
    reader: Reader,
    delimiter: u8,
    at: usize,
    line: u32,
    fields: Vec<Range<usize>>,
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
            at: start.at,
            line: start.line,
            fields: Vec::new(),
        }
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
                end = split(&mut self.reader, text, start, &mut self.fields);
                if end > line_end && !self.fields.iter().all(|f| is_well_formed(&text[f.clone()])) {
                    // A stray quote joined this line with the lines up to the next quote. Read the
                    // line again without quoting, so that each of them is a row.
                    let mut literal = ReaderBuilder::new()
                        .delimiter(self.delimiter)
                        .quoting(false)
                        .build();
                    end = split(&mut literal, &text[..line_end], start, &mut self.fields);
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
}

/// Whether a record has filled fields behind the last one that it may have.
pub(crate) fn is_shifted(text: &str, fields: &[Range<usize>], max_fields: usize) -> bool {
    let behind = fields.get(max_fields..).unwrap_or_default();
    behind
        .iter()
        .any(|field| !clean(&text[field.clone()]).is_empty())
}

/// Splits the record that starts at `start` into `fields`, and returns the end of the record.
///
/// The end is the position of its line break.
fn split(reader: &mut Reader, text: &str, start: usize, fields: &mut Vec<Range<usize>>) -> usize {
    fields.clear();
    reader.reset();
    let bytes = text.as_bytes();
    // csv_core also writes the unquoted text, but only the end of each field is needed.
    let mut unused = [0; 512];
    let (mut at, mut field) = (start, start);
    loop {
        let rest = &bytes[at..];
        let (result, read, _) = reader.read_field(rest, &mut unused);
        at += read;
        let record_end = match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => continue,
            ReadFieldResult::Field { record_end } => record_end,
            ReadFieldResult::End => true,
        };
        // Each field was read with its delimiter or line break, except at the end of the text.
        let end = at - usize::from(!rest.is_empty());
        if fields.len() < MAX_FIELDS {
            fields.push(field..end);
        }
        if record_end {
            return end;
        }
        field = at;
    }
}

/// Whether a field has no line break, or is quoted correctly.
fn is_well_formed(field: &str) -> bool {
    line_length(field.as_bytes()) == field.len() || quoted(field).is_some()
}

/// Returns the text between a field's quotes, with quotes inside it still doubled.
fn quoted(field: &str) -> Option<&str> {
    let inner = field.strip_prefix('"')?.strip_suffix('"')?;
    let closed = inner
        .split('"')
        .enumerate()
        .all(|(place, part)| place % 2 == 0 || part.is_empty());
    (closed && inner.matches('"').count() % 2 == 0).then_some(inner)
}

/// Returns the value of a field: without its quotes, and with doubled quotes made single.
pub(crate) fn unquoted(field: &str) -> Cow<'_, str> {
    match quoted(field) {
        Some(inner) if inner.contains('"') => Cow::Owned(inner.replace("\"\"", "\"")),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(field),
    }
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
