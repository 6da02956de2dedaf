//! Pages of results made into a file: what comes out is the same whether the file is written to
//! disk as it grows or kept in parts.

use std::borrow::Cow;

use contract::list::{Row, Source};
use contract::wire::{CSV_HEADER, ErrorKind, Joined, ResultRow, RowError, defused};
use csv::{Terminator, Writer, WriterBuilder};
use serde::Deserialize;

use crate::protocol::Format;

/// Why a page could not be put into the file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssembleError {
    /// What the server sent is no row.
    #[error("the server sent something else than rows")]
    NoRows,
    /// The list's row and the run's have other numbers.
    #[error("row {row} of the list is another than the run's")]
    Unlike {
        /// The row, from 0.
        row: u64,
    },
}

/// What is asked of every row.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    row: u64,
    #[serde(borrow)]
    ssn: Option<Cow<'a, str>>,
    status_code: Option<u16>,
    error: Option<RowError>,
}

/// Rows that FAILED with this status, if any, and this error, if any.
type Group = (Option<u16>, Option<ErrorKind>);

/// Makes a file of pages in NDJSON.
pub(crate) struct Assembler<'s> {
    format: Format,
    beside: Option<Beside<'s>>,
    group: Option<Group>,
    /// Rows put into the file.
    pub(crate) rows: u64,
}

/// The list that goes along.
struct Beside<'s> {
    source: &'s Source,
    joined: Joined<'s>,
}

impl<'s> Assembler<'s> {
    /// A file of this format. The list's other columns go along where there is a list that has any.
    pub(crate) fn new(format: Format, source: Option<&'s Source>, masked: bool) -> Self {
        let beside = source.and_then(|source| {
            let joined = Joined::of(source, masked)?;
            Some(Beside { source, joined })
        });
        Self {
            format,
            beside,
            group: None,
            rows: 0,
        }
    }

    /// Only the rows of this group, where there is one.
    pub(crate) fn of_group(mut self, group: Option<Group>) -> Self {
        self.group = group;
        self
    }

    fn takes(&self, status: Option<u16>, error: Option<RowError>) -> bool {
        self.group
            .is_none_or(|(wanted, kind)| status == wanted && error == kind.map(RowError::Fetch))
    }

    /// What stands before the first row.
    pub(crate) fn begin(&self, out: &mut Vec<u8>) {
        match self.format {
            Format::Csv => {
                // Who opens a CSV with a double click most often has Excel, which takes it for the
                // system's old code page unless it begins with this mark.
                out.extend("\u{feff}".as_bytes());
                let mut writer = csv_writer(out);
                for name in self.beside.iter().flat_map(|beside| beside.joined.names()) {
                    let _ = writer.write_field(defused(name).as_bytes());
                }
                let _ = writer.write_record(CSV_HEADER);
                let _ = writer.flush();
            }
            Format::Ndjson => {}
            Format::Json => out.push(b'['),
        }
    }

    /// Adds a page; says how far in the list its last row stands: one more than its number.
    /// Nothing for a page without a row.
    pub(crate) fn page(
        &mut self,
        ndjson: &str,
        out: &mut Vec<u8>,
    ) -> Result<Option<u64>, AssembleError> {
        match self.format {
            Format::Csv => self.csv(ndjson, out),
            Format::Ndjson if self.beside.is_none() && self.group.is_none() => {
                out.extend(ndjson.as_bytes());
                self.rows += ndjson.lines().count() as u64;
                ndjson
                    .lines()
                    .last()
                    .map(|last| Ok(head(last)?.row + 1))
                    .transpose()
            }
            Format::Ndjson | Format::Json => self.objects(ndjson, out),
        }
    }

    /// What stands behind the last row.
    pub(crate) fn end(&self, out: &mut Vec<u8>) {
        if self.format == Format::Json {
            out.extend(b"\n]\n");
        }
    }

    fn objects(&mut self, ndjson: &str, out: &mut Vec<u8>) -> Result<Option<u64>, AssembleError> {
        let mut at = None;
        for line in ndjson.lines() {
            let head = head(line)?;
            at = Some(head.row + 1);
            if !self.takes(head.status_code, head.error) {
                continue;
            }
            if self.format == Format::Json {
                out.extend(if self.rows == 0 { &b"\n"[..] } else { b",\n" });
            }
            out.extend(line.as_bytes());
            if let Some(beside) = &self.beside {
                beside.check(head.row, head.ssn.as_deref())?;
                beside.joined.add_to_object(index(head.row), out);
            }
            if self.format == Format::Ndjson {
                out.push(b'\n');
            }
            self.rows += 1;
        }
        Ok(at)
    }

    fn csv(&mut self, ndjson: &str, out: &mut Vec<u8>) -> Result<Option<u64>, AssembleError> {
        let mut at = None;
        let mut writer = csv_writer(out);
        for line in ndjson.lines() {
            let row: ResultRow = serde_json::from_str(line).map_err(|_| AssembleError::NoRows)?;
            at = Some(row.row + 1);
            if !self.takes(row.status_code, row.error) {
                continue;
            }
            if let Some(beside) = &self.beside {
                beside.check(row.row, row.ssn.as_deref())?;
                for cell in beside.joined.cells(index(row.row)) {
                    let _ = writer.write_field(defused(&cell).as_bytes());
                }
            }
            let mut record = row.csv_record();
            // Nine bare digits lose their zeros where a spreadsheet opens the file; so written they
            // stay a text. The API's own CSV, which programs read, has the digits.
            record[1] = hyphenated(&record[1]);
            let _ = writer.write_record(&record);
            self.rows += 1;
        }
        let _ = writer.flush();
        Ok(at)
    }
}

impl Beside<'_> {
    /// Makes sure that the list's row has the run's number, by the digits that a mask leaves.
    fn check(&self, row: u64, ssn: Option<&str>) -> Result<(), AssembleError> {
        match is_row_of(self.source, row, ssn) {
            true => Ok(()),
            false => Err(AssembleError::Unlike { row }),
        }
    }
}

/// Whether this row of the list may be the run's of this number, masked or not.
pub(crate) fn is_row_of(source: &Source, row: u64, ssn: Option<&str>) -> bool {
    match (source.list.rows.get(index(row)), ssn) {
        (Some(Row::Item { index, .. }), Some(ssn)) => source
            .list
            .items
            .get(*index as usize)
            .is_some_and(|item| ssn.as_bytes().ends_with(&item.expose_digits()[5..])),
        (Some(Row::Invalid(_)), None) => true,
        _ => false,
    }
}

fn head(line: &str) -> Result<Head<'_>, AssembleError> {
    serde_json::from_str(line).map_err(|_| AssembleError::NoRows)
}

/// What a page's rows are: their numbers in the list, and their numbers as far as they are shown.
pub(crate) fn heads(ndjson: &str) -> Option<Vec<(u64, Option<String>)>> {
    let heads = ndjson.lines().map(|line| {
        let head = head(line).ok()?;
        Some((head.row, head.ssn.map(Cow::into_owned)))
    });
    heads.collect()
}

fn index(row: u64) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// Nine digits as people write them; anything else as it is.
fn hyphenated(ssn: &str) -> String {
    match ssn.len() == 9 && ssn.bytes().all(|byte| byte.is_ascii_digit()) {
        true => [&ssn[..3], &ssn[3..5], &ssn[5..]].join("-"),
        false => ssn.to_owned(),
    }
}

fn csv_writer(out: &mut Vec<u8>) -> Writer<&mut Vec<u8>> {
    // As RFC 4180 has it. What it answers is of no interest: writing to memory doesn't fail.
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(out)
}

#[cfg(test)]
mod tests;
