//! What a list is read from. It is kept, so that the list can be read again with other options.

use std::rc::Rc;

use lists::{
    Encoding, FileKind, ReadError, Sheet, SheetName, Source, TablePreview, WorkbookError,
    file_kind, preview_sheet, preview_table, read_sheet, read_source,
};

use crate::protocol::ListOptions;
use crate::table::seen;
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
    /// The position of the sheet that people chose, from 0.
    chosen: Option<usize>,
    sheet: Result<Sheet, ExtractError>,
}

/// Why an input can't be read as a list.
pub(crate) enum InputError {
    /// There is no sheet.
    Workbook(ExtractError),
    /// The text or sheet isn't a list.
    Read(ReadError),
}

impl Input {
    /// Takes a text or the content of a file. Extracts the chosen sheet, or the only one, of a workbook.
    pub(crate) async fn new(bytes: Vec<u8>, sheet: Option<usize>) -> Self {
        match file_kind(&bytes) {
            Some(FileKind::Workbook) => {
                Self::Workbook(Workbook::extract(Rc::new(bytes), sheet).await)
            }
            _ => Self::Text(bytes),
        }
    }

    /// Reads the list.
    pub(crate) fn read(&self, options: &ListOptions) -> Result<Source, InputError> {
        let column = options.column();
        let (options, column) = (options.read_options(), column.as_ref());
        let source = match self {
            Self::Text(bytes) => read_source(bytes, &options, column),
            Self::Workbook(workbook) => {
                let sheet = workbook.sheet.as_ref();
                let sheet = sheet.map_err(|error| InputError::Workbook(error.clone()))?;
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

    /// The workbook, if another sheet than the extracted one is chosen.
    pub(crate) fn workbook_with_other_sheet(&self, chosen: Option<usize>) -> Option<Rc<Vec<u8>>> {
        let Self::Workbook(workbook) = self else {
            return None;
        };
        let is_extracted =
            workbook.chosen == chosen && !matches!(workbook.sheet, Err(ExtractError::NotLoaded));
        (!is_extracted).then(|| Rc::clone(&workbook.bytes))
    }

    /// The sheets of a workbook of which one must be chosen; empty if there is no such choice.
    pub(crate) fn sheets_to_choose(&self) -> Vec<SheetName> {
        match self {
            Self::Workbook(Workbook {
                sheet: Err(ExtractError::Refused(WorkbookError::AmbiguousSheet { sheets })),
                ..
            }) => sheets.clone(),
            _ => Vec::new(),
        }
    }

    /// The same workbook with the sheet at this position, from 0.
    pub(crate) async fn with_sheet(&self, sheet: usize) -> Self {
        match self {
            Self::Text(bytes) => Self::Text(bytes.clone()),
            Self::Workbook(workbook) => {
                let bytes = Rc::clone(&workbook.bytes);
                Self::Workbook(Workbook::extract(bytes, Some(sheet)).await)
            }
        }
    }

    /// Names the sheet of a workbook, or the encoding and delimiter of a text as [`seen`] does.
    pub(crate) fn seen(&self, encoding: Encoding, delimiter: Option<u8>, is_text: bool) -> String {
        match self {
            Self::Workbook(Workbook {
                sheet: Ok(sheet), ..
            }) => format!("read from {}", sheet.properties),
            _ => seen(encoding, delimiter, is_text),
        }
    }
}

impl Workbook {
    /// Extracts the chosen sheet of a workbook, or the only one.
    pub(crate) async fn extract(bytes: Rc<Vec<u8>>, chosen: Option<usize>) -> Self {
        let sheet = extract(&bytes, chosen).await;
        Self {
            bytes,
            chosen,
            sheet,
        }
    }
}
