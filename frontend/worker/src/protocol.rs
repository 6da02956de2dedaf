//! What page and worker say to each other: JSON in an array, beside it perhaps one thing that
//! JSON can't hold. A call may bring many events, and ends with one that [`Event::is_last`].

use client::{ClientError, ResultsFilter};
use contract::list::{Column, ColumnSelector, ReadOptions, Validation};
use contract::wire::{ErrorKind, ExecutionId, Limits, StartRequest};
use export::Format;
use serde::{Deserialize, Serialize};

/// What the page asks, under a number that its events bear.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// Above 0, and higher than of any call before.
    pub call: u32,
    /// What is asked.
    pub request: Request,
}

/// What the page may ask.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Read a list and keep it as the current one, under this call's number. Attached: the text,
    /// or a `File` or `Blob`. An older list that is still being read is dropped.
    Read(ReadBy),
    /// Read the current list another way.
    Reread {
        /// Its number.
        list: u32,
        /// The other way.
        by: ReadBy,
    },
    /// More of the current list's lines that are no number.
    InvalidLines {
        /// Its number.
        list: u32,
        /// How many of them to pass over.
        after: usize,
        /// How many to tell at most.
        count: usize,
    },
    /// Start a run of the current list.
    Start {
        /// Its number.
        list: u32,
        /// Label and settings; the list itself is put in by the worker.
        request: StartRequest,
        /// What the server accepts.
        limits: Limits,
    },
    /// The other columns of the list that a run was started with: [`Event::Columns`], or
    /// [`Event::Gone`].
    Columns {
        /// The run's id.
        run: ExecutionId,
    },
    /// Take a file for the list of a run, if it is that list: as [`Request::Columns`], or
    /// [`Event::Unlike`]. Attached: the `File`.
    Join {
        /// The run's id.
        run: ExecutionId,
        /// Its rows.
        rows: u64,
        /// How it was read. The column is found.
        by: ReadBy,
    },
    /// Make a file of a run's rows. Attached: the `FileSystemFileHandle` to write to; without one
    /// the file is a `Blob` attached to [`Event::Saved`].
    Save(Save),
    /// Let go of a call: its last event is [`Event::Dropped`].
    Cancel {
        /// That call's number.
        call: u32,
    },
    /// Let go of the current list.
    Forget,
    /// Sign the reader in: [`Event::SignedIn`], or [`Event::Leave`] where they do it elsewhere.
    SignIn {
        /// The query of the address that the page was opened by, such as `?code=…&state=…`.
        query: String,
        /// What was kept when the reader left, by [`Event::Leave`]; else empty.
        kept: String,
    },
    /// Sign the reader in again, who didn't ask for it: [`Event::Leave`], or [`Event::Dropped`] where
    /// that was done a moment ago.
    SignInUnasked,
    /// What lets a call of the API in: [`Event::Token`].
    Token,
    /// Forget who signed in: [`Event::Leave`].
    SignOut,
}

/// Which rows of a run make a file, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Save {
    /// The run's id.
    pub run: ExecutionId,
    /// Its rows.
    pub rows: u64,
    /// The file's format. CSV is for spreadsheets.
    pub format: Format,
    /// Which rows the server is asked for.
    pub filter: ResultsFilter,
    /// Of these rows only those with this status, if any, and this error, if any: the address
    /// can't ask for rows without.
    pub group: Option<(Option<u16>, Option<ErrorKind>)>,
    /// Whether the file holds full numbers. The server records that they were revealed.
    pub reveal: bool,
    /// Whether the list's other columns go along; only if the worker holds the list.
    pub columns: bool,
}

/// How a list is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBy {
    /// Which numbers are taken.
    pub validation: Validation,
    /// Whether lost zeros are put back.
    pub restore_leading_zeros: bool,
    /// The column that holds the numbers, from 0, where somebody chose it.
    pub column: Option<usize>,
}

impl ReadBy {
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            validation: self.validation,
            restore_leading_zeros: self.restore_leading_zeros,
        }
    }

    pub(crate) fn column(&self) -> Option<ColumnSelector> {
        self.column.map(ColumnSelector::Index)
    }
}

/// What the worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    /// The call that it belongs to; 0 for none.
    pub call: u32,
    /// What there is to tell.
    pub event: Event,
}

/// What the worker may tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker takes calls now; what was posted to it before is lost.
    Ready,
    /// What a list was understood as.
    Summary(ListSummary),
    /// Why it can't be read as a list as it stands.
    Refused(Refusal),
    /// The browser could not read the file.
    Unreadable,
    /// Lines that were asked for.
    Lines(Vec<Line>),
    /// How far a call is.
    Progress {
        /// Done of it.
        done: u64,
        /// All of it.
        total: u64,
    },
    /// The server fails; the worker asks it again by itself.
    Waiting(ClientError),
    /// The run that was started.
    Started {
        /// Its id.
        id: String,
    },
    /// The names of a list's other columns; none where it is a list of numbers alone.
    Columns(Vec<String>),
    /// The file is not the run's list.
    Unlike {
        /// The first row that differs, from 0; none where the lists aren't of one length.
        row: Option<u64>,
    },
    /// The file is whole. Its `Blob` is attached, unless it was written to a handle.
    Saved {
        /// Rows in it.
        rows: u64,
    },
    /// The file could not be written to its place: the disk is full, or the browser may not.
    Unwritable,
    /// The server refused, or made no sense.
    Trouble(ClientError),
    /// The worker has no such list.
    Gone,
    /// Somebody is signed in. Their name, to be shown; may be empty.
    SignedIn(String),
    /// The value of `Authorization` that lets a call of the API in.
    Token(String),
    /// The page is to be left for an address of the issuer's. Behind it, after a space, what is to be
    /// kept in the tab until the reader is back. It holds no token.
    Leave(String),
    /// The call was let go of, or another took its place.
    Dropped,
    /// The worker is no more, and with it every list. Said by the page to itself.
    Lost,
}

impl Event {
    /// Whether its call ends with it.
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Ready | Self::Progress { .. } | Self::Waiting(_))
    }
}

/// What a list was understood as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSummary {
    /// The list's number.
    pub list: u32,
    /// Its lines.
    pub rows: u64,
    /// Distinct valid numbers.
    pub items: u64,
    /// Lines whose number stands in an earlier line too.
    pub duplicates: u64,
    /// Lines that are no number.
    pub invalid: u64,
    /// Lines whose number was never issued, taken all the same.
    pub warnings: u64,
    /// Lines of seven or eight digits, restored or not.
    pub zeros_lost: u64,
    /// The columns of a table that has several; else none.
    pub columns: Vec<String>,
    /// The column that holds the numbers.
    pub column: usize,
    /// The first lines, numbers masked.
    pub preview: Vec<Line>,
    /// The first lines that are no number.
    pub invalid_lines: Vec<Line>,
}

/// A line of the list as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line in the source, from 1.
    pub number: u64,
    /// What stands in another column, so that the line is known again; may be empty.
    pub beside: String,
    /// The number, masked; where it is none, what was typed, cut where it is long.
    pub shown: String,
    /// Why it is no number.
    pub why: Option<String>,
}

/// Why a list can't be read as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The list's number: it can be read another way.
    pub list: u32,
    /// What was found.
    pub title: String,
    /// What to do.
    pub words: String,
    /// The columns, of which one is to be chosen; none where that would not help.
    pub choices: Vec<Column>,
}

#[cfg(test)]
mod tests;
