//! Scans a sheet of an .xlsx workbook for what calamine doesn't say of it or reads wrong.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};

use super::package::bounded_error;
use super::xml::{attribute, xml_reader};
use super::{HiddenRows, MAX_SHEET_MB, WorkbookError};

/// What calamine doesn't say of a sheet.
#[derive(Clone, Default)]
pub(super) struct Scan {
    pub(super) hidden: HiddenRows,
    /// The position among all cells of each one whose formula has no stored value, in order.
    pub(super) unsaved: Vec<usize>,
}

impl Scan {
    /// Reads a sheet's part. An error says that it is too large or that calamine can't read it.
    pub(super) fn read(part: impl BufRead) -> Result<Self, WorkbookError> {
        let mut reader = xml_reader(part);
        let mut scanner = Scanner::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(element)) => scanner.start(&element),
                Ok(Event::Text(text)) if scanner.cell.is_in_value => {
                    scanner.cell.add_value(&text)?;
                }
                // calamine ignores it.
                Ok(Event::CData(_)) if scanner.cell.is_in_value => {
                    return Err(WorkbookError::Damaged);
                }
                Ok(Event::End(element)) => scanner.end(element.local_name().as_ref())?,
                Ok(Event::Eof) => return Ok(scanner.scan),
                Ok(_) => {}
                Err(quick_xml::Error::Io(error)) => {
                    return Err(bounded_error(&error, MAX_SHEET_MB));
                }
                Err(_) => return Err(WorkbookError::Damaged),
            }
        }
    }
}

/// A sheet that is being scanned.
#[derive(Default)]
struct Scanner {
    scan: Scan,
    next_row: u32,
    /// Number of cells before this one, empty ones too.
    cells: usize,
    cell: Cell,
}

impl Scanner {
    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "sheetData" => self.cells = 0,
            "row" => {
                let number = attribute(element, "r").and_then(|r| r.trim().parse().ok());
                let row = number.map_or(self.next_row, |row: u32| row.saturating_sub(1));
                self.next_row = row.saturating_add(1);
                let is_hidden = attribute(element, "hidden");
                if is_hidden.is_some_and(|value| matches!(value.trim(), "1" | "true")) {
                    self.scan.hidden.push(row..self.next_row);
                }
            }
            "c" => self.cell = Cell::new(element),
            name => self.cell.start(name),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), WorkbookError> {
        match name {
            "v" => self.cell.is_in_value = false,
            "c" => {
                if std::mem::take(&mut self.cell).is_unsaved()? {
                    self.scan.unsaved.push(self.cells);
                }
                self.cells += 1;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The cell that is being scanned.
#[derive(Default)]
struct Cell {
    kind: CellType,
    has_formula: bool,
    /// Whether its last element is `<v>` with a value.
    has_value: bool,
    is_in_value: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum CellType {
    /// The index of a string.
    Shared,
    /// A text in `<is>`.
    Inline,
    /// A formula's text, which may be empty.
    Text,
    #[default]
    Other,
}

impl Cell {
    fn new(element: &BytesStart<'_>) -> Self {
        // Fast, because it is called for each cell: most programs write the type last, or none.
        let kind = if element.ends_with("t=\"s\"") {
            CellType::Shared
        } else if !element.contains('t') {
            CellType::Other
        } else {
            match attribute(element, "t").as_deref() {
                Some("s") => CellType::Shared,
                Some("inlineStr") => CellType::Inline,
                Some("str") => CellType::Text,
                _ => CellType::Other,
            }
        };
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Starts an element in the cell. calamine takes the value of its last one.
    fn start(&mut self, name: &str) {
        self.is_in_value = name == "v";
        self.has_value = self.is_in_value && self.kind == CellType::Text;
        self.has_formula |= name == "f";
    }

    /// Adds the text of its value. calamine reads an index that isn't plain digits as 0.
    fn add_value(&mut self, text: &str) -> Result<(), WorkbookError> {
        self.has_value = true;
        let is_index = || text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
        match self.kind == CellType::Shared && !is_index() {
            true => Err(WorkbookError::Damaged),
            false => Ok(()),
        }
    }

    /// Whether its formula has no stored value. An error says that calamine doesn't read the value.
    fn is_unsaved(&self) -> Result<bool, WorkbookError> {
        match self.kind == CellType::Inline && self.has_value {
            true => Err(WorkbookError::Damaged),
            false => Ok(self.has_formula && !self.has_value),
        }
    }
}
