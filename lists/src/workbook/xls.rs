//! Reads .xls workbooks.

use std::io::{Cursor, Read, Write};

use calamine::{Data, DataRef, Reader, Xls, XlsError};
use cfb::{CompoundFile, Version};

use super::package::too_large;
use super::value::write_value;
use super::{HiddenRows, MAX_WHOLE_MB, MB, Tab, Visitor, Workbook, WorkbookError, grid_name};

pub(super) struct XlsWorkbook {
    xls: Xls<Cursor<Vec<u8>>>,
    /// The hidden rows of each sheet.
    hidden: Vec<HiddenRows>,
}

impl XlsWorkbook {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, WorkbookError> {
        let mut stream = read_stream(bytes)?;
        let hidden = check_records(&mut stream)?;
        let xls = Xls::new(compound_file(&stream)?).map_err(error)?;
        Ok(Self { xls, hidden })
    }
}

impl Workbook for XlsWorkbook {
    fn tabs(&self) -> Vec<Tab> {
        Tab::of_sheets(self.xls.sheets_metadata())
    }

    fn visit_cells(
        &mut self,
        index: usize,
        visitor: &mut Visitor<'_>,
    ) -> Result<HiddenRows, WorkbookError> {
        let Some(name) = grid_name(self.xls.sheets_metadata(), index) else {
            return Ok(HiddenRows::new());
        };
        let range = self.xls.worksheet_range(&name).map_err(error)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut text = String::new();
        for (row, column, value) in range.used_cells() {
            text.clear();
            write_value(&mut text, &borrowed(value), None);
            let position = (first_row + row as u32, first_column + column as u32);
            if visitor(position.0, position.1, &text).is_break() {
                break;
            }
        }
        Ok(self.hidden.get(index).cloned().unwrap_or_default())
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn error(error: XlsError) -> WorkbookError {
    match error {
        XlsError::Password => WorkbookError::Encrypted,
        _ => WorkbookError::Damaged,
    }
}

/// Reads the stream with the workbook out of the compound file.
fn read_stream(bytes: &[u8]) -> Result<Vec<u8>, WorkbookError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|_| WorkbookError::Damaged)?;
    // An encrypted workbook of any newer format.
    if file.is_stream("/EncryptedPackage") {
        return Err(WorkbookError::Encrypted);
    }
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| file.is_stream(name));
    let stream = file.open_stream(name.ok_or(WorkbookError::Damaged)?);
    let stream = stream.map_err(|_| WorkbookError::Damaged)?;
    let mut read = Vec::new();
    let result = stream.take(MAX_WHOLE_MB * MB + 1).read_to_end(&mut read);
    result.map_err(|_| WorkbookError::Damaged)?;
    match read.len() as u64 > MAX_WHOLE_MB * MB {
        true => Err(too_large(MAX_WHOLE_MB)),
        false => Ok(read),
    }
}

/// Writes the stream into a new compound file, because calamine doesn't validate the original container.
fn compound_file(stream: &[u8]) -> Result<Cursor<Vec<u8>>, WorkbookError> {
    let make = || {
        // calamine doesn't read version 4 if no stream is short.
        let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
        file.create_stream("/Workbook")?.write_all(stream)?;
        file.flush()?;
        Ok(file.into_inner())
    };
    make().map_err(|_: std::io::Error| WorkbookError::Damaged)
}

const BOUND_SHEET: u16 = 0x85;
const BEGIN: u16 = 0x809;
const END: u16 = 0x0a;
const DIMENSIONS: u16 = 0x200;
const ROW: u16 = 0x208;
/// A type that no record has, which calamine skips.
const UNKNOWN: u16 = 0xffff;
/// Formula, Number, Label, BoolErr, RK, RString, MulRk, MulBlank, LabelSst.
const CELLS: [u16; 9] = [0x06, 0x203, 0x204, 0x205, 0x27e, 0xd6, 0xbd, 0xbe, 0xfd];
const MULTIPLE_RK: u16 = 0xbd;
/// Number of columns in an .xls sheet.
const MAX_COLUMNS: usize = 256;
/// Maximum number of cells between the first and the last one, filled or not. calamine holds them all.
const MAX_AREA: usize = 8_000_000;

/// Checks the counts that calamine trusts, and returns the hidden rows of each sheet.
///
/// Overwrites each DIMENSIONS record, because calamine allocates memory for the size in it.
fn check_records(stream: &mut [u8]) -> Result<Vec<HiddenRows>, WorkbookError> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some((kind, data)) = record(stream, at) {
        if kind == BOUND_SHEET {
            let start = stream[data.clone()]
                .first_chunk()
                .ok_or(WorkbookError::Damaged)?;
            starts.push(u32::from_le_bytes(*start) as usize);
        }
        if kind == END {
            break;
        }
        at = data.end;
    }
    let mut hidden = Vec::new();
    for start in starts {
        let mut rows = HiddenRows::new();
        let (mut width, mut height) = (0, 0);
        // Charts in the sheet have records of their own.
        let (mut at, mut depth) = (start, 0_u32);
        while let Some((kind, data)) = record(stream, at) {
            at = data.end;
            match kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ => {}
            }
            let header = data.start - 4;
            let data = &stream[data];
            let number = |index: usize| {
                let bytes = data.get(index..)?.first_chunk()?;
                Some(u16::from_le_bytes(*bytes))
            };
            if kind == DIMENSIONS {
                stream[header..header + 2].copy_from_slice(&UNKNOWN.to_le_bytes());
            } else if kind == ROW {
                const IS_HIDDEN: u16 = 0x20;
                if let (Some(row), Some(flags)) = (number(0), number(12))
                    && flags & IS_HIDDEN != 0
                {
                    let row = u32::from(row);
                    rows.push(row..row + 1);
                }
            } else if CELLS.contains(&kind) {
                let (row, column) = number(0).zip(number(2)).ok_or(WorkbookError::Damaged)?;
                let more = match kind == MULTIPLE_RK {
                    true => data.len().saturating_sub(6) / 6,
                    false => 1,
                };
                width = width.max(usize::from(column) + more);
                height = height.max(usize::from(row) + 1);
            }
        }
        if width > MAX_COLUMNS {
            return Err(WorkbookError::Damaged);
        }
        if width * height > MAX_AREA {
            return Err(WorkbookError::TooManyCells { limit: MAX_AREA });
        }
        hidden.push(rows);
    }
    Ok(hidden)
}

/// Returns the type of the record at a position, and where its data is.
fn record(stream: &[u8], at: usize) -> Option<(u16, std::ops::Range<usize>)> {
    let header = stream.get(at..)?.first_chunk::<4>()?;
    let kind = u16::from_le_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
    let data = at + 4..at + 4 + length;
    (data.end <= stream.len()).then_some((kind, data))
}
