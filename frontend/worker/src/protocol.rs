//! The messages between page and worker. Each is an array of JSON and, for some, one attachment that
//! JSON can't hold. A call can have several events; it ends with the one that [`Event::is_last`].

use client::{ClientError, ResultsFilter};
use contract::list::{ReadOptions, Validation};
use contract::wire::{ErrorKind, ExecutionId, Limits, StartRequest};
use export::Format;
use lists::ColumnSelector;
use serde::{Deserialize, Serialize};

mod list;

pub use list::{
    Line, ListError, ListSummary, ListTable, LostZeros, SheetName, TableColumn, TableLine,
};

/// The error of a call after the sign-in has ended: only another sign-in helps.
pub const SIGN_IN_ENDED: ClientError = ClientError::Unexpected { status: 401 };

/// A request of the page, with the id that its events repeat.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// The call's id: above 0, and higher than that of every earlier call.
    pub call: u32,
    /// The request.
    pub request: Request,
}

/// What the page can request.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Read a list and hold it as the current one, with this call's id. Attached: the text, or a `File`
    /// or `Blob`. The worker stops reading an older list.
    Read(ListOptions),
    /// Read the current list again with other options.
    Reread {
        /// The list's id.
        list: u32,
        /// The other options.
        options: ListOptions,
    },
    /// Load more of the current list's invalid lines: [`Event::Lines`].
    InvalidLines {
        /// The list's id.
        list: u32,
        /// How many invalid lines to skip.
        after: usize,
        /// How many to load at most.
        count: usize,
    },
    /// Replace the text of an invalid line of the current list, and read the list again.
    ///
    /// Responds as to [`Request::Read`]: the list gets this call's id. If the line isn't invalid any more
    /// or can't be replaced, the list is unchanged and keeps its id.
    Correct {
        /// The list's id.
        list: u32,
        /// The line's index, as in [`Line::row`]. Another correction may have changed it.
        row: usize,
        /// The line's number, as in [`Line::number`].
        number: u64,
        /// Its new text.
        text: String,
        /// How many invalid lines the summary must have at least.
        shown: usize,
    },
    /// Start a run of the current list.
    Start {
        /// The list's id.
        list: u32,
        /// Label and settings; the worker adds the list.
        request: StartRequest,
        /// The server's limits.
        limits: Limits,
    },
    /// Load the names of the other columns of a run's list.
    ///
    /// Responds with [`Event::Columns`] or [`Event::NoSuchList`].
    Columns {
        /// The run's id.
        run: ExecutionId,
    },
    /// Read a file as the list of a run. Attached: the `File`.
    ///
    /// Responds with [`Event::Columns`], or says why the file can't be used, as with
    /// [`Event::ListMismatch`].
    Join {
        /// The run's id.
        run: ExecutionId,
        /// The number of the run's rows.
        rows: u64,
        /// How to read it. The worker finds the column and the sheet itself.
        options: ListOptions,
    },
    /// Make a file of a run's rows. Attached: the `FileSystemFileHandle` to write to. Without one, the
    /// file is a `Blob` attached to [`Event::Saved`].
    Save(SaveOptions),
    /// Cancel a call: its last event is [`Event::Dropped`].
    Cancel {
        /// That call's id.
        call: u32,
    },
    /// Drop the current list, also one that is still read.
    Forget,
    /// Complete a sign-in ([`Event::SignedIn`]), or begin one ([`Event::GoTo`]).
    SignIn {
        /// The query of the page's address, such as `?code=…&state=…`.
        query: String,
        /// The text that [`Event::GoTo`] asked the page to store; empty if there is none.
        stored: String,
    },
    /// Begin a sign-in without a click.
    ///
    /// Responds with [`Event::GoTo`], or with [`Event::Dropped`] shortly after the last such sign-in.
    SignInAgain,
    /// The token for a call of the API: [`Event::Token`].
    Token,
    /// Sign out: [`Event::GoTo`].
    SignOut,
}

/// Which rows of a run to save, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SaveOptions {
    /// The run's id.
    pub run: ExecutionId,
    /// The number of the run's rows.
    pub rows: u64,
    /// The file's format. CSV is written for spreadsheets, not for programs.
    pub format: Format,
    /// The filter of the rows that the server sends.
    pub filter: ResultsFilter,
    /// Saves only rows with this status and this error. `None` in the pair selects rows without one.
    ///
    /// The worker applies it to the server's rows, since the API can't select rows without one.
    pub group: Option<(Option<u16>, Option<ErrorKind>)>,
    /// Whether the file has full numbers. The server records that they were revealed.
    pub reveal: bool,
    /// Whether the file has the list's other columns. Requires that the worker holds the list.
    pub columns: bool,
}

/// How to read a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListOptions {
    /// Which numbers are valid.
    pub validation: Validation,
    /// Whether lost leading zeros are restored.
    pub restore_leading_zeros: bool,
    /// The column with the numbers, from 0, if people chose one.
    pub column: Option<usize>,
    /// The sheet of a workbook, from 0, if people chose one.
    pub sheet: Option<usize>,
}

impl ListOptions {
    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            validation: self.validation,
            restore_leading_zeros: self.restore_leading_zeros,
        }
    }

    pub(crate) fn column(&self) -> Option<ColumnSelector> {
        self.column.map(ColumnSelector::Index)
    }
}

/// An event of the worker, and its call.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    /// The call that it belongs to; 0 for none.
    pub call: u32,
    /// The event.
    pub event: Event,
}

/// What the worker can report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker accepts calls from now on; messages posted before were lost.
    Ready,
    /// The list was read.
    Summary(ListSummary),
    /// The text or file can't be read as a list.
    NotAList(ListError),
    /// The browser could not read the file.
    Unreadable,
    /// The program that reads workbooks couldn't be loaded. The same request may succeed later.
    NotLoaded,
    /// The invalid lines that were requested.
    Lines(Vec<Line>),
    /// The progress of a call.
    Progress {
        /// Rows that are done.
        done: u64,
        /// All rows.
        total: u64,
    },
    /// A request failed; the worker retries it.
    Retrying(ClientError),
    /// A run was started.
    Started {
        /// Its id.
        id: String,
    },
    /// The names of a list's other columns; empty if it has numbers only.
    Columns(Vec<String>),
    /// The file is not the run's list.
    ListMismatch {
        /// The first line of the file that differs; none if the lists have different lengths.
        line: Option<u64>,
    },
    /// The file is complete. Its `Blob` is attached, unless it was written to a handle.
    Saved {
        /// Rows in it.
        rows: u64,
    },
    /// The file can't be written: the disk is full, or the browser lacks permission.
    Unwritable,
    /// The call failed.
    Failed(ClientError),
    /// The worker doesn't hold this list.
    NoSuchList,
    /// Somebody is signed in. Holds the name; may be empty.
    SignedIn(String),
    /// The value of the `Authorization` header for a call of the API.
    Token(String),
    /// The page must leave for the issuer, which sends the browser back.
    GoTo {
        /// The issuer's address.
        address: String,
        /// The text that the page must store in the tab until the return. It holds no token.
        stored: String,
    },
    /// The call ended without a result.
    ///
    /// For example, it was cancelled, or a newer one replaced it.
    Dropped,
    /// The worker has crashed, and every list is lost. The page makes this event itself.
    Lost,
}

impl Event {
    /// Whether it is the last event of its call.
    pub fn is_last(&self) -> bool {
        !matches!(
            self,
            Self::Ready | Self::Progress { .. } | Self::Retrying(_)
        )
    }
}

#[cfg(test)]
mod tests;
