//! The row writer.

use std::io::{self, Write};

use contract::wire::ResultRow;
use serde::{Deserialize, Serialize};

use crate::cells::CsvEncoder;
use crate::joined::Columns;
use crate::{CSV_HEADER, Format, Joined, defused};

/// How a file of rows is written. The default is CSV for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOptions {
    /// The file's format.
    pub format: Format,
    /// Whether a full number has dashes: `123-45-6789`, not `123456789`. A masked one always has.
    ///
    /// A spreadsheet drops the leading zeros of nine bare digits; with dashes a number is a text.
    pub dashes: bool,
    /// Whether a CSV file is for spreadsheets: with a byte order mark and CRLF line ends.
    ///
    /// Without the mark Excel reads UTF-8 as the system's old code page. Other formats ignore this:
    /// JSON allows no mark.
    pub spreadsheet: bool,
}

impl WriteOptions {
    /// A file for programs: bare numbers, and CSV with line feeds and no mark.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }

    /// CSV that a spreadsheet opens without losing letters or leading zeros.
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
    joined: Option<Joined<'s>>,
    csv: CsvEncoder,
    /// The bytes of the row being written.
    buffer: Vec<u8>,
    rows: u64,
}

/// A row in NDJSON and JSON.
#[derive(Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    row: &'a ResultRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Columns<'a>>,
}

impl<'s, W: Write> RowWriter<'s, W> {
    /// Writes what comes before the first row. The cells of `joined` go beside each row.
    ///
    /// # Errors
    /// What `out` returns.
    pub fn begin(out: W, options: WriteOptions, joined: Option<Joined<'s>>) -> io::Result<Self> {
        let mut writer = Self {
            out,
            options,
            joined,
            csv: CsvEncoder::new(options.spreadsheet),
            buffer: Vec::new(),
            rows: 0,
        };
        match options.format {
            Format::Csv => {
                if options.spreadsheet {
                    writer.buffer.extend("\u{feff}".as_bytes());
                }
                for name in writer.joined.iter().flat_map(Joined::names) {
                    let name = defused(name);
                    writer.csv.cell(name.as_bytes(), &mut writer.buffer);
                }
                for name in CSV_HEADER {
                    writer.csv.cell(name.as_bytes(), &mut writer.buffer);
                }
                writer.csv.end_record(&mut writer.buffer);
            }
            Format::Ndjson => {}
            Format::Json => writer.buffer.push(b'['),
        }
        writer.flush_buffer()?;
        Ok(writer)
    }

    /// Writes one row. Rows come in list order; some may be left out.
    ///
    /// # Errors
    /// What `out` returns.
    pub fn write(&mut self, mut row: ResultRow) -> io::Result<()> {
        if self.options.dashes {
            row.ssn = row.ssn.map(dashed);
        }
        let index = usize::try_from(row.row).unwrap_or(usize::MAX);
        match self.options.format {
            Format::Csv => {
                let cells = self.joined.as_ref().map(|joined| joined.cells(index));
                for cell in cells.into_iter().flatten() {
                    self.csv.cell(defused(&cell).as_bytes(), &mut self.buffer);
                }
                self.csv.row(&row, &mut self.buffer);
                self.csv.end_record(&mut self.buffer);
            }
            Format::Ndjson => {
                self.object(&row, index)?;
                self.buffer.push(b'\n');
            }
            Format::Json => {
                let separator: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
                self.buffer.extend(separator);
                self.object(&row, index)?;
            }
        }
        self.rows += 1;
        self.flush_buffer()
    }

    /// Writes what comes after the last row, flushes, and returns the output.
    ///
    /// # Errors
    /// What `out` returns.
    pub fn end(mut self) -> io::Result<W> {
        if self.options.format == Format::Json {
            self.out.write_all(b"\n]\n")?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    /// Rows written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The output, to take what was written out of a buffer.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    fn object(&mut self, row: &ResultRow, index: usize) -> io::Result<()> {
        let columns = self.joined.as_ref().map(|joined| joined.columns(index));
        Ok(serde_json::to_writer(
            &mut self.buffer,
            &Object { row, columns },
        )?)
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.buffer);
        self.buffer.clear();
        written
    }
}

/// Nine digits with dashes; anything else unchanged.
fn dashed(ssn: String) -> String {
    match ssn.len() == 9 && ssn.bytes().all(|byte| byte.is_ascii_digit()) {
        true => [&ssn[..3], &ssn[3..5], &ssn[5..]].join("-"),
        false => ssn,
    }
}

#[cfg(test)]
mod tests;
