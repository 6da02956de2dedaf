//! The rows of a file: selected, checked against the list, and formatted.

use std::io;

use contract::list::Row;
use contract::wire::{ErrorKind, ResultRow};
use export::{Format, JoinedColumns, RowWriter, WriteOptions};
use lists::Source;

use crate::protocol::SaveOptions;
use crate::save::error::SaveError;

/// The status and the error of a group of failures; `None` in the pair means without one.
type Group = (Option<u16>, Option<ErrorKind>);

/// Formats a run's rows into a buffer, which the caller empties.
pub(crate) struct Rows<'s> {
    writer: RowWriter<'s, Vec<u8>>,
    /// The list whose other columns go beside the rows.
    source: Option<&'s Source>,
    group: Option<Group>,
}

impl<'s> Rows<'s> {
    /// Begins a file with these options, and with the list's other columns if it has any.
    ///
    /// CSV is written for spreadsheets, the other formats for programs.
    pub(crate) fn begin(save: &SaveOptions, source: Option<&'s Source>) -> io::Result<Self> {
        let options = match save.format {
            Format::Csv => WriteOptions::spreadsheet(),
            Format::Ndjson | Format::Json => WriteOptions::new(save.format),
        };
        let columns = source.and_then(|source| JoinedColumns::new(source, !save.reveal));
        Ok(Self {
            source: source.filter(|_| columns.is_some()),
            writer: RowWriter::begin(Vec::new(), options, columns)?,
            group: save.group,
        })
    }

    /// Writes the rows of a page that belong to the file.
    ///
    /// Returns the progress: the index of the page's last row plus one; `None` for an empty page.
    ///
    /// # Errors
    /// [`SaveError::ListMismatch`] if a row's number isn't that of the list's row.
    pub(crate) fn write(&mut self, page: Vec<ResultRow>) -> Result<Option<u64>, SaveError> {
        let done = page.last().map(|row| row.row + 1);
        for row in page {
            if !self.includes(&row) {
                continue;
            }
            if let Some(source) = self.source
                && !is_row_of(source, row.row, row.ssn.as_deref())
            {
                return Err(SaveError::ListMismatch {
                    line: line_of(source, row.row),
                });
            }
            self.writer.write(row)?;
        }
        Ok(done)
    }

    fn includes(&self, row: &ResultRow) -> bool {
        self.group
            .is_none_or(|(status, error)| row.ended_with(status, error))
    }

    /// The formatted bytes. The caller writes and clears them.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        self.writer.get_mut()
    }

    /// Rows written.
    pub(crate) fn count(&self) -> u64 {
        self.writer.rows()
    }

    /// Ends the file, and returns its last bytes.
    pub(crate) fn end(self) -> io::Result<Vec<u8>> {
        self.writer.end()
    }
}

/// Whether the list's row can have this number, which may be masked; `None` for an INVALID row.
///
/// Compares the four digits that a mask leaves.
pub(crate) fn is_row_of(source: &Source, row: u64, ssn: Option<&str>) -> bool {
    let row = usize::try_from(row).unwrap_or(usize::MAX);
    match ssn {
        Some(ssn) => {
            let item = source.list.ssn(row);
            item.is_some_and(|item| ssn.as_bytes().ends_with(&item.expose_digits()[5..]))
        }
        None => matches!(source.list.rows.get(row), Some(Row::Invalid(_))),
    }
}

/// The line of this row in the list, or after its last line if the list has no such row.
pub(crate) fn line_of(source: &Source, row: u64) -> u64 {
    let lines = &source.list.lines;
    let index = usize::try_from(row).unwrap_or(usize::MAX);
    let last = || lines.iter().last().unwrap_or(0).saturating_add(1);
    lines.get(index).unwrap_or_else(last).into()
}

#[cfg(test)]
pub(crate) mod tests;
