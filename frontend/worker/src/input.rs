//! What a list is read from. It is kept, so that the list can be read again with other options.

use std::rc::Rc;

use lists::{
    Encoding, FileKind, ReadError, Sheet, SheetName, Source, TablePreview, WorkbookError,
    file_kind, preview_sheet, preview_table, read_sheet, read_source,
};

use crate::protocol::ListOptions;
use crate::table::read_as;
use crate::workbook::{ExtractError, extract};

/// What a list is read from.
pub(crate) enum Input {
    /// A text, or the content of a file that isn't a workbook.
    Text(Vec<u8>),
    /// A workbook.
    Workbook(Workbook),
}

/// A workbook and its sheet with the list.
pub(crate) struct Workbook {
    bytes: Rc<Vec<u8>>,
    /// The sheets of which people choose one; empty if only one has cells.
    sheets: Vec<SheetName>,
    /// The position of the sheet that people chose, from 0.
    chosen: Option<usize>,
    sheet: Result<Sheet, ExtractError>,
}

/// Why an input can't be read as a list.
pub(crate) enum InputError {
    /// No sheet was extracted.
    Workbook(ExtractError),
    /// The text or sheet isn't a list.
    Read(ReadError),
}

impl Input {
    /// Takes a text or the content of a file. Extracts the chosen sheet, or the only one, of a workbook.
    pub(crate) async fn new(bytes: Vec<u8>, sheet: Option<usize>) -> Self {
        match file_kind(&bytes) {
            Some(FileKind::Workbook) => Self::Workbook(Workbook::new(bytes, sheet).extract().await),
            _ => Self::Text(bytes),
        }
    }

    /// Reads the list.
    pub(crate) fn read(&self, options: &ListOptions) -> Result<Source, InputError> {
        let (column, chosen) = (options.column(), options.sheet);
        let (options, column) = (options.read_options(), column.as_ref());
        let source = match self {
            Self::Text(bytes) => read_source(bytes, &options, column),
            Self::Workbook(workbook) => {
                let sheet = workbook.sheet(chosen).map_err(InputError::Workbook)?;
                read_sheet(&mut sheet.clone(), &options, column)
            }
        };
        source.map_err(InputError::Read)
    }

    /// Describes the table whose column of numbers isn't certain.
    pub(crate) fn preview(&self) -> Option<TablePreview> {
        match self {
            Self::Text(bytes) => preview_table(bytes),
            Self::Workbook(workbook) => preview_sheet(workbook.sheet.as_ref().ok()?),
        }
    }

    /// Replaces the text by that of the list with a corrected line.
    pub(crate) fn set_text(&mut self, text: String) {
        match self {
            Self::Text(bytes) => *bytes = text.into_bytes(),
            Self::Workbook(workbook) => {
                if let Ok(sheet) = &mut workbook.sheet {
                    let rows = sheet.rows().to_vec();
                    *sheet = Sheet::from_parts(sheet.properties.clone(), text, rows);
                }
            }
        }
    }

    /// Says how the list was read: the sheet of a workbook, or the encoding and delimiter of a text.
    pub(crate) fn read_as(
        &self,
        encoding: Encoding,
        delimiter: Option<u8>,
        is_text: bool,
    ) -> String {
        match self {
            Self::Workbook(Workbook {
                sheet: Ok(sheet), ..
            }) => format!("read from {}", sheet.properties),
            _ => read_as(encoding, delimiter, is_text),
        }
    }
}

impl Workbook {
    fn new(bytes: Vec<u8>, chosen: Option<usize>) -> Self {
        Self {
            bytes: Rc::new(bytes),
            sheets: Vec::new(),
            chosen,
            sheet: Err(ExtractError::NotLoaded),
        }
    }

    /// The sheets of which people choose one; empty if only one has cells.
    pub(crate) fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    /// The same workbook, to extract another sheet. None if that isn't necessary.
    pub(crate) fn with_other_sheet(&self, chosen: Option<usize>) -> Option<Self> {
        let is_extracted =
            self.chosen == chosen && !matches!(self.sheet, Err(ExtractError::NotLoaded));
        let is_question = chosen.is_none() && !self.sheets.is_empty();
        (!is_extracted && !is_question).then(|| Self {
            bytes: Rc::clone(&self.bytes),
            sheets: self.sheets.clone(),
            chosen,
            sheet: Err(ExtractError::NotLoaded),
        })
    }

    /// Extracts the chosen sheet, or the only one.
    pub(crate) async fn extract(mut self) -> Self {
        self.sheet = extract(&self.bytes, self.chosen).await;
        if let Err(ExtractError::Refused(WorkbookError::AmbiguousSheet { sheets })) = &self.sheet {
            self.sheets = sheets.clone();
        }
        self
    }

    /// The extracted sheet. If people must choose one first, that is an error.
    fn sheet(&self, chosen: Option<usize>) -> Result<&Sheet, ExtractError> {
        match chosen {
            None if !self.sheets.is_empty() => {
                let sheets = self.sheets.clone();
                Err(ExtractError::Refused(WorkbookError::AmbiguousSheet {
                    sheets,
                }))
            }
            _ => self.sheet.as_ref().map_err(Clone::clone),
        }
    }
}
