//! Extracts a sheet of a workbook, which is then read like any other table.
//!
//! `package` has the parts of a ZIP archive and their limits. `xlsx`, `xlsb`, `xls` and `ods` read one
//! format each; they pass each cell as text to `collector`, which makes records of them. `scan` finds
//! what calamine doesn't say of an .xlsx sheet, `value` writes a cell's value as text, and `xml` has
//! what the readers of XML share.

use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{SheetType, SheetVisible};

use crate::cell::{count_digits, is_blank};
use crate::{Sheet, SheetName, SheetProperties, SheetSelector, WorkbookError};

mod collector;
mod ods;
mod package;
mod scan;
#[cfg(test)]
mod tests;
mod value;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use collector::Collector;
use package::Package;

/// Maximum unpacked size of a workbook that is read as a whole: all formats but .xlsx.
const MAX_WHOLE_MB: u64 = 50;
/// Maximum unpacked size of one sheet of an .xlsx workbook, which is read cell by cell.
const MAX_SHEET_MB: u64 = 2_000;
/// Maximum unpacked size of the other parts of such a workbook, such as its strings.
const MAX_SHARED_MB: u64 = 250;
/// Maximum size of a sheet's records as text.
const MAX_TEXT_MB: u64 = 250;
const MB: u64 = 1_000_000;

/// Number of rows in the largest sheet of Excel.
const MAX_ROWS: u32 = 1 << 20;
/// Number of columns in the largest sheet of Excel.
const MAX_COLUMNS: u32 = 1 << 14;

/// Extracts a sheet from a workbook: .xlsx, .xlsm, .xlsb, .xls or .ods.
///
/// Without `selector`, it is the only sheet with cells, hidden or not. A cell is its stored value: text
/// unchanged, a number as digits, a date as in ISO 8601, a formula as its last result. A number has the
/// leading zeros that its cell shows, if the workbook is .xlsx or .ods.
///
/// # Errors
///
/// Returns a [`WorkbookError`] if the workbook can't be read, or if a sheet must be selected.
pub fn extract_sheet(
    bytes: &[u8],
    selector: Option<&SheetSelector>,
) -> Result<Sheet, WorkbookError> {
    // calamine panics on some damaged workbooks. Where a panic aborts, the caller must expect that.
    catch_unwind(AssertUnwindSafe(|| extract(bytes, selector)))
        .unwrap_or(Err(WorkbookError::Damaged))
}

fn extract(bytes: &[u8], selector: Option<&SheetSelector>) -> Result<Sheet, WorkbookError> {
    let mut workbook = open(bytes)?;
    let tabs = workbook.tabs();
    let sheets: Vec<SheetName> = tabs.iter().enumerate().map(shown_name).collect();
    let index = match selector {
        Some(selector) => select(&tabs, &sheets, selector).ok_or(WorkbookError::UnknownSheet {
            sheets: sheets.clone(),
        })?,
        None => only_sheet_with_cells(workbook.as_mut(), &sheets)?,
    };
    let mut collector = Collector::default();
    let mut hidden = workbook.visit_cells(index, &mut |row, column, value| {
        collector.push(row, column, value)
    })?;
    let table = collector.finish()?;
    if table.lines.is_empty() {
        let sheet = sheets[index].clone();
        return Err(WorkbookError::EmptySheet { sheet });
    }
    hidden.sort_by_key(|rows| rows.start);
    let is_hidden = |line: &&u32| {
        let row = **line - 1;
        let started = hidden.partition_point(|rows| rows.start <= row);
        started > 0 && hidden[started - 1].contains(&row)
    };
    Ok(Sheet {
        properties: SheetProperties {
            name: sheets[index].clone(),
            sheet_count: sheets.len(),
            hidden_rows: table.lines.iter().filter(is_hidden).count(),
        },
        table,
    })
}

/// Receives a cell: its row and column, from 0, and its value. Breaks if no more cells are needed.
type Visitor<'v> = dyn FnMut(u32, u32, &str) -> ControlFlow<()> + 'v;

/// Ranges of hidden rows, from 0. They don't overlap.
type HiddenRows = Vec<Range<u32>>;

/// A workbook of any format.
trait Workbook {
    /// Returns all sheets.
    fn tabs(&self) -> Vec<Tab>;

    /// Calls the visitor with each cell that isn't empty. Returns the hidden rows, if it didn't break.
    fn visit_cells(
        &mut self,
        index: usize,
        visitor: &mut Visitor<'_>,
    ) -> Result<HiddenRows, WorkbookError>;
}

/// A sheet's tab.
#[derive(Clone)]
struct Tab {
    name: String,
    is_hidden: bool,
}

impl Tab {
    /// Returns the tabs of a workbook that calamine opened.
    fn of_sheets(sheets: &[calamine::Sheet]) -> Vec<Self> {
        let tab = |sheet: &calamine::Sheet| Self {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        };
        sheets.iter().map(tab).collect()
    }
}

/// Returns the name of a sheet, or `None` if it has no cells because it is a chart or the like.
fn grid_name(sheets: &[calamine::Sheet], index: usize) -> Option<String> {
    let sheet = sheets.get(index)?;
    let has_grid = matches!(
        sheet.typ,
        SheetType::WorkSheet | SheetType::MacroSheet | SheetType::DialogSheet
    );
    has_grid.then(|| sheet.name.clone())
}

fn open(bytes: &[u8]) -> Result<Box<dyn Workbook + '_>, WorkbookError> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Box::new(xls::XlsWorkbook::open(bytes)?));
    }
    let package = Package::open(bytes)?;
    if package.has("content.xml") {
        Ok(Box::new(ods::OdsWorkbook::open(package)?))
    } else if package.has("xl/workbook.bin") {
        Ok(Box::new(xlsb::XlsbWorkbook::open(bytes, package)?))
    } else {
        Ok(Box::new(xlsx::XlsxWorkbook::open(bytes, package)?))
    }
}

/// Returns the name of a sheet as it is shown in messages, which must not contain an SSN.
fn shown_name((index, tab): (usize, &Tab)) -> SheetName {
    let name = match count_digits(&tab.name) >= 7 || is_blank(&tab.name) {
        true => format!("sheet {}", index + 1),
        false => tab.name.clone(),
    };
    SheetName {
        index,
        name,
        is_hidden: tab.is_hidden,
    }
}

/// Finds a sheet by its name, by the name that messages show if no sheet has it, or by its position.
fn select(tabs: &[Tab], sheets: &[SheetName], selector: &SheetSelector) -> Option<usize> {
    let index = match selector {
        SheetSelector::Index(index) => Some(*index),
        SheetSelector::Name(name) => {
            let name = name.trim().to_lowercase();
            let is_named = |tab: &str| tab.trim().to_lowercase() == name;
            tabs.iter()
                .position(|tab| is_named(&tab.name))
                .or_else(|| sheets.iter().position(|sheet| is_named(&sheet.name)))
                .or_else(|| name.parse::<usize>().ok()?.checked_sub(1))
        }
    };
    index.filter(|index| *index < tabs.len())
}

fn only_sheet_with_cells(
    workbook: &mut dyn Workbook,
    sheets: &[SheetName],
) -> Result<usize, WorkbookError> {
    let mut filled = Vec::new();
    for sheet in sheets {
        let mut has_cells = false;
        workbook.visit_cells(sheet.index, &mut |_, _, value| {
            has_cells = !is_blank(value);
            match has_cells {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if has_cells {
            filled.push(sheet.clone());
        }
    }
    match &filled[..] {
        [] => Err(WorkbookError::Empty),
        [sheet] => Ok(sheet.index),
        _ => Err(WorkbookError::AmbiguousSheet { sheets: filled }),
    }
}
