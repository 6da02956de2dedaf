//! Encoding CSV records and a row's own cells.

use std::borrow::Cow;
use std::io::Write as _;

use contract::Warning;
use contract::wire::{ResultRow, RowError};

use crate::defuse::{defuse, defuse_json};

/// The names of the CSV columns of a row itself, without joined columns.
pub const CSV_HEADER: [&str; 9] = [
    "line",
    "ssn",
    "outcome",
    "statusCode",
    "error",
    "warning",
    "durationMs",
    "attempts",
    "body",
];

/// Encodes CSV records as in RFC 4180. It quotes only the cells that need quotes.
pub(crate) struct CsvEncoder {
    csv: csv_core::Writer,
    /// Whether the current record has at least one cell.
    has_cell: bool,
}

impl CsvEncoder {
    /// Returns an encoder whose records end with CRLF, or with a line feed if `crlf` is false.
    pub(crate) fn new(crlf: bool) -> Self {
        let mut builder = csv_core::WriterBuilder::new();
        if crlf {
            builder.terminator(csv_core::Terminator::CRLF);
        }
        Self {
            csv: builder.build(),
            has_cell: false,
        }
    }

    /// Appends a cell to the current record.
    pub(crate) fn push_cell(&mut self, cell: &[u8], out: &mut Vec<u8>) {
        // The longest output: the previous cell's closing quote, the delimiter, the opening quote,
        // and two bytes for each byte, because quotes are doubled.
        let start = out.len();
        out.resize(start + 3 + 2 * cell.len(), 0);
        let mut end = start;
        if std::mem::replace(&mut self.has_cell, true) {
            end += self.csv.delimiter(&mut out[end..]).1;
        }
        end += self.csv.field(cell, &mut out[end..]).2;
        out.truncate(end);
    }

    /// Ends the current record.
    pub(crate) fn end_record(&mut self, out: &mut Vec<u8>) {
        let mut terminator = [0; 4];
        let (_, length) = self.csv.terminator(&mut terminator);
        out.extend(&terminator[..length]);
        self.has_cell = false;
    }

    /// Appends the row's own cells, in the order of [`CSV_HEADER`].
    ///
    /// Null becomes an empty cell. A string body becomes its text, and any other body its JSON.
    /// Both are defused, so that a spreadsheet runs no formula in them.
    pub(crate) fn push_row(&mut self, row: &ResultRow, out: &mut Vec<u8>) {
        self.push_number(Some(row.line), out);
        self.push_cell(row.ssn.as_deref().unwrap_or_default().as_bytes(), out);
        self.push_cell(row.outcome.as_str().as_bytes(), out);
        self.push_number(row.status_code.map(u64::from), out);
        let error = row.error.map(RowError::as_str).unwrap_or_default();
        self.push_cell(error.as_bytes(), out);
        let warning = row.warning.map(Warning::as_str).unwrap_or_default();
        self.push_cell(warning.as_bytes(), out);
        self.push_number(row.duration_ms.map(u64::from), out);
        self.push_number(Some(row.attempts.into()), out);
        let body = row.body.as_ref().map_or(Cow::Borrowed(""), |body| {
            let json = body.get();
            match json.starts_with('"') {
                true => {
                    let text: String = serde_json::from_str(json).unwrap_or_default();
                    Cow::Owned(defuse(&text).into_owned())
                }
                false => defuse_json(json),
            }
        });
        self.push_cell(body.as_bytes(), out);
    }

    fn push_number(&mut self, number: Option<u64>, out: &mut Vec<u8>) {
        // A u64 has at most 20 digits, so the write can't fail.
        let mut digits = [0; 20];
        let mut rest = &mut digits[..];
        if let Some(number) = number {
            let _ = write!(rest, "{number}");
        }
        let length = 20 - rest.len();
        self.push_cell(&digits[..length], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::Outcome;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    fn record(cells: &[&str], crlf: bool) -> Vec<u8> {
        let (mut encoder, mut out) = (CsvEncoder::new(crlf), Vec::new());
        for cell in cells {
            encoder.push_cell(cell.as_bytes(), &mut out);
        }
        encoder.end_record(&mut out);
        out
    }

    #[test]
    fn body_that_a_spreadsheet_would_run_is_defused() {
        for (json, cell) in [
            (r#""=1+1""#, "'=1+1"),
            (r#""plain""#, "plain"),
            ("-5", "-5"),
            (r#"{"a":"=1"}"#, r#""{""a"":""=1""}""#),
            (r#"{"a":";=1"}"#, r#""{""a"":""\u003b=1""}""#),
        ] {
            let row = ResultRow {
                row: 0,
                line: u64::MAX,
                ssn: None,
                outcome: Outcome::Succeeded,
                status_code: Some(200),
                body: Some(RawValue::from_string(json.to_owned()).unwrap()),
                error: None,
                warning: None,
                duration_ms: None,
                attempts: 1,
            };
            let (mut encoder, mut out) = (CsvEncoder::new(false), Vec::new());
            encoder.push_row(&row, &mut out);
            encoder.end_record(&mut out);
            let expected = format!("{},,SUCCEEDED,200,,,,1,{cell}\n", u64::MAX);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    proptest! {
        /// The encoder writes the same bytes as the `csv` crate.
        #[test]
        fn records_equal_those_of_the_csv_crate(
            cells in prop::collection::vec("[a-z,;\"\r\n é]{0,8}", 1..5),
            crlf: bool,
        ) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let mut builder = csv::WriterBuilder::new();
            if crlf {
                builder.terminator(csv::Terminator::CRLF);
            }
            let mut writer = builder.from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            prop_assert_eq!(record(&cells, crlf), writer.into_inner().unwrap());
        }
    }
}
