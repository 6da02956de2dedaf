//! Reads .xlsx and .xlsm workbooks, cell by cell.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::package::Package;
use super::scan::Scan;
use super::value::{TotalRow, UNSAVED, ZeroFormat, write_value};
use super::xml::{attribute, events};
use super::{
    HiddenRows, MAX_SHARED_MB, MAX_SHEET_MB, Tab, Visitor, Workbook, WorkbookError, grid_name,
};

pub(super) struct XlsxWorkbook<'b> {
    package: Package<'b>,
    xlsx: Xlsx<Cursor<&'b [u8]>>,
    /// The part of each sheet.
    parts: Vec<String>,
    /// Each sheet that was scanned.
    scans: Vec<Option<Scan>>,
}

impl<'b> XlsxWorkbook<'b> {
    pub(super) fn open(bytes: &'b [u8], mut package: Package<'b>) -> Result<Self, WorkbookError> {
        // calamine holds all other parts in memory.
        package.check_size(MAX_SHARED_MB, |name| !is_streamed(name))?;
        check_string_count(&mut package)?;
        let parts = find_parts(&mut package)?;
        let xlsx = Xlsx::new(Cursor::new(bytes)).map_err(error)?;
        Ok(Self {
            package,
            xlsx,
            scans: vec![None; parts.len()],
            parts,
        })
    }

    /// Scans a sheet. An error says that the sheet is too large or damaged.
    ///
    /// That makes sure that calamine, which has no limits, can read the sheet.
    fn scan(&mut self, index: usize) -> Result<Scan, WorkbookError> {
        if let Some(Some(scan)) = self.scans.get(index) {
            return Ok(scan.clone());
        }
        let part = self.parts.get(index).ok_or(WorkbookError::Damaged)?;
        let scan = Scan::read(self.package.reader(part, MAX_SHEET_MB)?)?;
        self.scans[index] = Some(scan.clone());
        Ok(scan)
    }
}

impl Workbook for XlsxWorkbook<'_> {
    fn tabs(&self) -> Vec<Tab> {
        Tab::of_sheets(self.xlsx.sheets_metadata())
    }

    fn visit_cells(
        &mut self,
        index: usize,
        visitor: &mut Visitor<'_>,
    ) -> Result<HiddenRows, WorkbookError> {
        let Some(name) = grid_name(self.xlsx.sheets_metadata(), index) else {
            return Ok(HiddenRows::new());
        };
        let Scan { hidden, unsaved } = self.scan(index)?;
        let mut cells = match self.xlsx.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => return Ok(hidden),
            Err(other) => return Err(error(other)),
        };
        let formats: Vec<Option<ZeroFormat>> = cells
            .styles()
            .iter()
            .map(|style| ZeroFormat::parse(&style.number_format.as_ref()?.format_code))
            .collect();
        let mut text = String::new();
        let mut unsaved = unsaved.into_iter().peekable();
        let mut total = TotalRow::default();
        for at in 0.. {
            let Some((cell, style)) = cells.next_cell_with_style_id().map_err(error)? else {
                break;
            };
            let is_unsaved = unsaved.next_if_eq(&at).is_some();
            let (row, column) = cell.get_position();
            text.clear();
            match cell.get_value() {
                DataRef::Empty if is_unsaved => text.push_str(UNSAVED),
                DataRef::Empty => continue,
                value => {
                    let format = formats.get(style).and_then(Option::as_ref);
                    write_value(&mut text, value, format.filter(|_| !total.is_in(row)));
                }
            }
            total.add(row, &text);
            if visitor(row, column, &text).is_break() {
                break;
            }
        }
        Ok(hidden)
    }
}

/// Whether a part is a sheet, which isn't held in memory, or a picture, which isn't read.
fn is_streamed(name: &str) -> bool {
    let is_sheet = name.contains("worksheets/") && !name.ends_with("sharedstrings.xml");
    is_sheet || name.contains("/media/")
}

/// Checks that there are as many shared strings as are said, for which calamine reserves memory.
fn check_string_count(package: &mut Package<'_>) -> Result<(), WorkbookError> {
    let parts = package.relationships("")?.into_iter();
    let workbook = parts.filter(|part| part.kind.ends_with("/officeDocument"));
    let folders = workbook.filter_map(|part| Some(part.target.rsplit_once('/')?.0.to_owned()));
    for folder in folders.chain(["xl".to_owned()]) {
        let part = format!("{folder}/sharedStrings.xml");
        if !package.has(&part) {
            continue;
        }
        let bytes = package.read(&part, MAX_SHARED_MB)?;
        let mut count = 0_usize;
        let start = &bytes[..bytes.len().min(10_000)];
        // The part is cut off, so that the XML ends too early.
        let _ = events(start, |element| {
            let said = attribute(element, "uniqueCount").and_then(|said| said.trim().parse().ok());
            count = count.max(said.unwrap_or_default());
        });
        // The shortest one is `<si/>`.
        if count > bytes.len() / 5 {
            return Err(WorkbookError::Damaged);
        }
    }
    Ok(())
}

/// Finds the part of each sheet.
fn find_parts(package: &mut Package<'_>) -> Result<Vec<String>, WorkbookError> {
    let mut roots = package.relationships("")?.into_iter();
    let root = roots.find(|part| part.kind.ends_with("/officeDocument"));
    let workbook = root.map_or_else(|| "xl/workbook.xml".to_owned(), |part| part.target);
    let relationships = package.relationships(&workbook)?;
    let bytes = package.read(&workbook, MAX_SHARED_MB)?;
    let mut parts = Vec::new();
    events(&bytes, |element| {
        if element.local_name().as_ref() == "sheet" {
            let id = attribute(element, "id").unwrap_or_default();
            let mut relationships = relationships.iter();
            let found = relationships.find(|relationship| relationship.id == id);
            parts.push(found.map_or_else(String::new, |found| found.target.clone()));
        }
    })?;
    Ok(parts)
}

fn error(error: XlsxError) -> WorkbookError {
    match error {
        XlsxError::Password => WorkbookError::Encrypted,
        _ => WorkbookError::Damaged,
    }
}
