//! Why a list could not be looked up.

use std::io;
use std::path::PathBuf;

use contract::limits;
use lists::{ReadError, WorkbookError};
use store::StoreError;

use super::remote::RemoteError;
use super::target::TargetError;
use crate::cli::ArgsError;
use crate::data::DataError;

/// The list could not be looked up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the list {0} can't be read: {1}")]
    List(PathBuf, io::Error),
    #[error(
        "the list {} is larger than {} MB. Keep only the column with the numbers, or split it",
        .0.display(),
        limits::MAX_LIST_BYTES / 1_000_000
    )]
    TooLarge(PathBuf),
    #[error("{0}. Select a column with --column, by its header or its number")]
    Column(ReadError),
    #[error(transparent)]
    Read(ReadError),
    #[error("{0}. Select a sheet with --sheet, by its name or its number")]
    Sheet(WorkbookError),
    #[error(transparent)]
    Workbook(WorkbookError),
    #[error("the list isn't a workbook: omit --sheet")]
    SheetOfText,
    #[error("the list is empty: give at least one line")]
    Empty,
    #[error("the list has only a header: give at least one line below it")]
    HeaderOnly,
    #[error("no line of the list holds a Social Security Number{column}. {reasons}")]
    NoNumber {
        /// The column that was read, if the list has several.
        column: String,
        /// The most frequent reasons, each with its number of lines and its first line.
        reasons: String,
    },
    #[error(
        "no line of the list is only a Social Security Number, but some lines have one among other text: \
         write one number per line, or a table. {reasons}"
    )]
    EmbeddedNumbers {
        /// As in [`Self::NoNumber`].
        reasons: String,
    },
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Upstream(#[from] ArgsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the run could not be started: {0}")]
    Engine(#[from] backend::EngineError),
    #[error("--spreadsheet is for CSV: leave it out, or use --format csv")]
    SpreadsheetFormat,
    #[error("the rows can't be written: {0}")]
    Output(#[from] io::Error),
    #[error("the rows can't be written to {0}: {1}")]
    OutputFile(PathBuf, io::Error),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the folder {} of --resume can't be used: {}", .0.display(), .1)]
    Folder(PathBuf, String),
    #[error("the folder {} belongs to another run: {}. Name another folder with --resume", .0.display(), .1.join("; "))]
    OtherRun(PathBuf, Vec<String>),
    #[error(
        "the run ended early. Its results so far are kept in {0}: run the same command to resume"
    )]
    Incomplete(PathBuf),
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
