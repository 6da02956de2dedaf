//! A table that another format was made into, so that it is read like a table of text.

use crate::cell::is_blank;
use crate::lines::Start;
use crate::records::Records;

/// Records as text, with the line of each record in the original.
///
/// JSON and the sheets of workbooks become such a text. Fields are separated by commas and quoted as
/// RFC 4180 describes. No record is blank.
#[derive(Clone, Default)]
pub(crate) struct TableText {
    pub(crate) text: String,
    /// The line of each record, from 1.
    pub(crate) lines: Vec<u32>,
    /// Number of columns. A longer record is in no certain place.
    pub(crate) columns: usize,
    /// Whether each cell is surely in its column, so that no record is shifted.
    pub(crate) is_sheet: bool,
    /// Whether the first record is the header, whatever its cells are.
    pub(crate) has_header: bool,
}

impl TableText {
    /// Makes a table of a text that [`Self::push`] wrote.
    pub(crate) fn from_parts(text: String, lines: Vec<u32>) -> Self {
        let mut records = Records::new(b',', Start::default());
        let mut columns = 0;
        while records.next(&text).is_some() {
            columns = columns.max(records.fields().len());
        }
        Self {
            text,
            lines,
            columns,
            is_sheet: true,
            has_header: false,
        }
    }

    /// Adds a record. Without cells, it has an empty one.
    pub(crate) fn push<'c>(&mut self, line: u32, cells: impl IntoIterator<Item = &'c str>) {
        let mut fields = 0;
        for (index, cell) in cells.into_iter().enumerate() {
            fields = index + 1;
            if index > 0 {
                self.text.push(',');
            }
            // An empty first field is quoted too, because a record must not look like a blank line, and
            // so is one that begins with a single quote, because that may quote several fields.
            let is_plain = !cell.contains([',', '"', '\n', '\r'])
                && !cell.trim_start().starts_with('\'')
                && (index > 0 || !is_blank(cell));
            match is_plain {
                true => self.text.push_str(cell),
                false => {
                    self.text.push('"');
                    self.text.push_str(&cell.replace('"', "\"\""));
                    self.text.push('"');
                }
            }
        }
        if fields == 0 {
            self.text.push_str("\"\"");
        }
        self.text.push('\n');
        self.lines.push(line);
        self.columns = self.columns.max(fields).max(1);
    }
}
