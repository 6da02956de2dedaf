//! Writing rows to a file.

use std::io::{self, Write};

use contract::wire::ResultRow;
use serde::Serialize;

use crate::cells::CsvEncoder;
use crate::columns::ColumnsObject;
use crate::defuse::defuse;
use crate::{CSV_HEADER, Format, JoinedColumns};

/// How a file of rows is written.
///
/// The default is CSV for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The file's format.
    pub format: Format,
    /// Whether full numbers are written with dashes: `123-45-6789`, not `123456789`.
    ///
    /// A spreadsheet drops the leading zeros of nine bare digits, but treats a number with dashes
    /// as text. Masked numbers always have dashes.
    pub dashes: bool,
    /// Whether a CSV file has a byte order mark and CRLF line ends, for spreadsheets.
    ///
    /// Without the mark, Excel decodes UTF-8 with the system's legacy code page. NDJSON and JSON
    /// ignore this option, because JSON must not have a byte order mark.
    pub spreadsheet: bool,
}

impl WriteOptions {
    /// Returns the options of a file for programs: no dashes, and CSV with line feeds only.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }

    /// Returns the options of a CSV file that spreadsheets open correctly.
    pub fn spreadsheet() -> Self {
        Self {
            format: Format::Csv,
            dashes: true,
            spreadsheet: true,
        }
    }
}

/// Writes rows to `W`, one at a time.
pub struct RowWriter<'s, W> {
    out: W,
    options: WriteOptions,
    columns: Option<JoinedColumns<'s>>,
    csv: CsvEncoder,
    /// The bytes of the row being written.
    buffer: Vec<u8>,
    rows: u64,
}

/// A row in NDJSON and JSON.
#[derive(Serialize)]
struct JsonRow<'a> {
    #[serde(flatten)]
    row: &'a ResultRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<ColumnsObject<'a>>,
}

impl<'s, W: Write> RowWriter<'s, W> {
    /// Writes what comes before the first row: the CSV header, or the `[` of a JSON array.
    ///
    /// If `columns` is given, each row is written with its cells of these columns.
    ///
    /// # Errors
    /// Returns the error of `out`.
    pub fn begin(
        out: W,
        options: WriteOptions,
        columns: Option<JoinedColumns<'s>>,
    ) -> io::Result<Self> {
        let mut writer = Self {
            out,
            options,
            columns,
            csv: CsvEncoder::new(options.spreadsheet),
            buffer: Vec::new(),
            rows: 0,
        };
        match options.format {
            Format::Csv => {
                if options.spreadsheet {
                    writer.buffer.extend("\u{feff}".as_bytes());
                }
                for name in writer.columns.iter().flat_map(JoinedColumns::names) {
                    let name = defuse(name);
                    writer.csv.push_cell(name.as_bytes(), &mut writer.buffer);
                }
                for name in CSV_HEADER {
                    writer.csv.push_cell(name.as_bytes(), &mut writer.buffer);
                }
                writer.csv.end_record(&mut writer.buffer);
            }
            Format::Ndjson => {}
            Format::Json => writer.buffer.push(b'['),
        }
        writer.flush_buffer()?;
        Ok(writer)
    }

    /// Writes one row.
    ///
    /// The caller passes rows in the list's order, and may leave some out. With joined columns, the row
    /// gets its line from the list, since a server has it only if the client sent it.
    ///
    /// # Errors
    /// Returns the error of `out`.
    pub fn write(&mut self, mut row: ResultRow) -> io::Result<()> {
        if self.options.dashes {
            row.ssn = row.ssn.map(with_dashes);
        }
        let index = usize::try_from(row.row).unwrap_or(usize::MAX);
        let columns = self.columns.as_ref();
        row.line = columns
            .and_then(|columns| columns.line(index))
            .unwrap_or(row.line);
        match self.options.format {
            Format::Csv => {
                let cells = self.columns.as_ref().map(|columns| columns.cells(index));
                for cell in cells.into_iter().flatten() {
                    self.csv
                        .push_cell(defuse(&cell).as_bytes(), &mut self.buffer);
                }
                self.csv.push_row(&row, &mut self.buffer);
                self.csv.end_record(&mut self.buffer);
            }
            Format::Ndjson => {
                self.write_json(&row, index)?;
                self.buffer.push(b'\n');
            }
            Format::Json => {
                let separator: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
                self.buffer.extend(separator);
                self.write_json(&row, index)?;
            }
        }
        self.rows += 1;
        self.flush_buffer()
    }

    /// Writes what comes after the last row, flushes, and returns the output.
    ///
    /// # Errors
    /// Returns the error of `out`.
    pub fn end(mut self) -> io::Result<W> {
        if self.options.format == Format::Json {
            self.out.write_all(b"\n]\n")?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    /// Returns the number of rows written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the output, so that the caller can drain a buffer between rows.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    fn write_json(&mut self, row: &ResultRow, index: usize) -> io::Result<()> {
        let columns = self
            .columns
            .as_ref()
            .map(|columns| columns.columns_object(index));
        Ok(serde_json::to_writer(
            &mut self.buffer,
            &JsonRow { row, columns },
        )?)
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.buffer);
        self.buffer.clear();
        written
    }
}

/// Adds dashes to a number of nine digits. Returns anything else unchanged.
fn with_dashes(ssn: String) -> String {
    match ssn.len() == 9 && ssn.bytes().all(|byte| byte.is_ascii_digit()) {
        true => [&ssn[..3], &ssn[3..5], &ssn[5..]].join("-"),
        false => ssn,
    }
}

#[cfg(test)]
mod tests;
