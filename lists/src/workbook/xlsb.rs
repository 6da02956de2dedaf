//! Reads .xlsb workbooks.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsb, XlsbError};

use super::package::Package;
use super::value::write_value;
use super::{HiddenRows, MAX_WHOLE_MB, Tab, Visitor, Workbook, WorkbookError, grid_name};

pub(super) struct XlsbWorkbook<'b> {
    xlsb: Xlsb<Cursor<&'b [u8]>>,
    /// The bytes of each sheet's part.
    parts: Vec<Vec<u8>>,
}

impl<'b> XlsbWorkbook<'b> {
    pub(super) fn open(bytes: &'b [u8], mut package: Package<'b>) -> Result<Self, WorkbookError> {
        package.check_size(MAX_WHOLE_MB, |name| !name.contains("/media/"))?;
        let xlsb = Xlsb::new(Cursor::new(bytes)).map_err(error)?;
        let parts = find_parts(&mut package)?;
        Ok(Self { xlsb, parts })
    }
}

impl Workbook for XlsbWorkbook<'_> {
    fn tabs(&self) -> Vec<Tab> {
        Tab::of_sheets(self.xlsb.sheets_metadata())
    }

    fn visit_cells(
        &mut self,
        index: usize,
        visitor: &mut Visitor<'_>,
    ) -> Result<HiddenRows, WorkbookError> {
        let Some(name) = grid_name(self.xlsb.sheets_metadata(), index) else {
            return Ok(HiddenRows::new());
        };
        let mut cells = self.xlsb.worksheet_cells_reader(&name).map_err(error)?;
        let mut text = String::new();
        while let Some(cell) = cells.next_cell().map_err(error)? {
            if matches!(cell.get_value(), DataRef::Empty) {
                continue;
            }
            text.clear();
            write_value(&mut text, cell.get_value(), None);
            let (row, column) = cell.get_position();
            if visitor(row, column, &text).is_break() {
                break;
            }
        }
        Ok(hidden_rows(
            self.parts.get(index).map_or(&[][..], Vec::as_slice),
        ))
    }
}

fn error(error: XlsbError) -> WorkbookError {
    match error {
        XlsbError::Password => WorkbookError::Encrypted,
        _ => WorkbookError::Damaged,
    }
}

/// Reads the part of each sheet, in order.
fn find_parts(package: &mut Package<'_>) -> Result<Vec<Vec<u8>>, WorkbookError> {
    const WORKBOOK: &str = "xl/workbook.bin";
    const BUNDLE_SHEET: u16 = 0x9c;
    let relationships = package.relationships(WORKBOOK)?;
    let workbook = package.read(WORKBOOK, MAX_WHOLE_MB)?;
    let sheets = records(&workbook).filter(|(kind, _)| *kind == BUNDLE_SHEET);
    let mut parts = Vec::new();
    for (_, data) in sheets {
        // Its state and number are before the id of its relationship.
        // One without a relationship has no part, and calamine skips it too.
        let Some(id) = data.get(8..).and_then(wide_text) else {
            continue;
        };
        let found = relationships.iter().find(|part| part.id == id);
        let part = found.ok_or(WorkbookError::Damaged)?;
        parts.push(package.read(&part.target, MAX_WHOLE_MB)?);
    }
    Ok(parts)
}

fn hidden_rows(part: &[u8]) -> HiddenRows {
    const ROW: u16 = 0;
    const IS_HIDDEN: u8 = 0x10;
    let rows = records(part).filter(|(kind, _)| *kind == ROW);
    let hidden = rows.filter_map(|(_, data)| {
        let row = u32::from_le_bytes(*data.first_chunk()?);
        let flags = data.get(11)?;
        (flags & IS_HIDDEN != 0).then(|| row..row.saturating_add(1))
    });
    hidden.collect()
}

/// Returns the type and the data of each record, up to a damaged one.
fn records(part: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = part;
    std::iter::from_fn(move || {
        let kind = variable_number(&mut rest, 2)?;
        let length = variable_number(&mut rest, 4)?;
        let (data, next) = rest.split_at_checked(length as usize)?;
        rest = next;
        Some((kind as u16, data))
    })
}

/// Reads a number of seven bits per byte. The highest bit says that another byte follows.
fn variable_number(rest: &mut &[u8], max_bytes: u32) -> Option<u32> {
    let mut number = 0;
    for index in 0..max_bytes {
        let (byte, next) = rest.split_first()?;
        *rest = next;
        number |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// Reads a text in UTF-16 after its length.
fn wide_text(data: &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(*data.first_chunk()?) as usize;
    let bytes = data.get(4..)?.get(..length.checked_mul(2)?)?;
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}
