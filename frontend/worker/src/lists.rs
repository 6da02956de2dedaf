//! The lists that the worker holds. They are only in its memory.

use std::collections::VecDeque;
use std::rc::Rc;

use contract::list::Row;
use lists::{Encoding, Origin, Source};

use crate::input::{Input, Workbook};
use crate::protocol::{Event, ListOptions};
use crate::refusal::refuse;
use crate::summary::{invalid_lines, summarize};

/// The most runs whose lists are kept, so that the lists' other columns can be joined to the results.
const MAX_RUNS: usize = 3;
/// The most bytes that these lists use together, unless there is only one.
///
/// A worker has at most 4 GB, and reading a long list takes several times the file's size.
const MAX_RUNS_BYTES: usize = 600_000_000;

/// A list that was read.
pub(crate) struct HeldList {
    /// Its id: that of the call that first read it.
    pub(crate) id: u32,
    /// How it was read.
    pub(crate) options: ListOptions,
    /// The list; none if the text or file can't be read as one.
    pub(crate) source: Option<Source>,
}

/// The list of the page's draft.
struct Current {
    held: Rc<HeldList>,
    /// What it was read from, to be read again with other options. A run's list is never read again.
    input: Input,
    /// The encoding of the text or file before it was corrected, if it was.
    encoding: Option<Encoding>,
}

/// Each run's id and list, the oldest first.
type Runs = VecDeque<(String, Rc<HeldList>)>;

/// The current list and the last runs' lists.
#[derive(Default)]
pub(crate) struct Lists {
    current: Option<Current>,
    runs: Runs,
    /// The newest call that reads a list.
    newest: u32,
}

impl Lists {
    /// Announces a call that reads a list. The lists of older calls are dropped, even if they are read
    /// later.
    pub(crate) fn begin_read(&mut self, call: u32) {
        self.newest = self.newest.max(call);
    }

    /// Reads a call's input as the current list. Returns the call's last event.
    pub(crate) fn read(&mut self, call: u32, input: Input, options: ListOptions) -> Event {
        if call < self.newest {
            return Event::Dropped;
        }
        self.current = None;
        self.set_current(call, input, options, None, 0)
    }

    /// The current list's workbook, if these options choose a sheet that isn't extracted yet.
    pub(crate) fn workbook_to_extract(&self, list: u32, options: &ListOptions) -> Option<Workbook> {
        let current = self.current.as_ref();
        let current = current.filter(|current| current.held.id == list)?;
        match &current.input {
            Input::Workbook(workbook) => workbook.with_other_sheet(options.sheet),
            Input::Text(_) => None,
        }
    }

    /// Reads the current list again with other options, and with another sheet if there is one.
    pub(crate) fn reread(
        &mut self,
        list: u32,
        other_sheet: Option<Workbook>,
        options: ListOptions,
    ) -> Event {
        match self.current.take_if(|current| current.held.id == list) {
            Some(Current {
                held,
                input,
                encoding,
            }) => {
                // Drop the list before the new reading, or both would be in memory at once.
                drop(held);
                let input = other_sheet.map_or(input, Input::Workbook);
                self.set_current(list, input, options, encoding, 0)
            }
            None => Event::NoSuchList,
        }
    }

    /// Replaces the text of a line of the current list, and reads the list again as a new one.
    ///
    /// The summary has at least `shown` invalid lines.
    pub(crate) fn correct(
        &mut self,
        call: u32,
        list: u32,
        (row, number): (usize, u64),
        text: &str,
        shown: usize,
    ) -> Event {
        let current = self.current.take_if(|current| current.held.id == list);
        let Some(Current {
            held,
            mut input,
            encoding,
        }) = current
        else {
            return Event::NoSuchList;
        };
        let source = held.source.as_ref();
        let encoding = encoding.or(source.map(Source::encoding));
        let options = held.options.clone();
        let corrected = source
            .and_then(|source| source.replace_value(find_invalid_line(source, row, number)?, text));
        // Drop the list before the new reading, or both would be in memory at once.
        drop(held);
        let id = match corrected {
            Some(corrected) => {
                input.set_text(corrected);
                call
            }
            None => list,
        };
        self.set_current(id, input, options, encoding, shown)
    }

    fn set_current(
        &mut self,
        id: u32,
        input: Input,
        options: ListOptions,
        encoding: Option<Encoding>,
        shown: usize,
    ) -> Event {
        let (source, event) = match input.read(&options) {
            Ok(source) => {
                let encoding = encoding.unwrap_or_else(|| source.encoding());
                let is_text = source.origin() == Origin::Text;
                let table = source.table.as_ref().filter(|table| table.column_count > 1);
                let delimiter = table.filter(|_| is_text).map(|table| table.delimiter);
                let read_as = input.read_as(encoding, delimiter, is_text);
                let event = Event::Summary(summarize(id, &source, read_as, shown));
                (Some(source), event)
            }
            Err(error) => (None, refuse(id, &error, &input)),
        };
        let held = Rc::new(HeldList {
            id,
            options,
            source,
        });
        self.current = Some(Current {
            held,
            input,
            encoding,
        });
        event
    }

    /// More of the current list's invalid lines.
    pub(crate) fn invalid_lines(&self, list: u32, after: usize, count: usize) -> Event {
        let held = self.held(list);
        match held.as_ref().and_then(|held| held.source.as_ref()) {
            Some(source) => Event::Lines(invalid_lines(source, after, count)),
            None => Event::NoSuchList,
        }
    }

    /// The current list, if it has this id.
    pub(crate) fn held(&self, list: u32) -> Option<Rc<HeldList>> {
        let current = self.current.as_ref();
        let held = current.map(|current| Rc::clone(&current.held));
        held.filter(|held| held.id == list)
    }

    /// Keeps a list for a run, and drops the oldest runs' lists if there are too many.
    pub(crate) fn keep_for_run(&mut self, run: &str, held: Rc<HeldList>) {
        self.runs.retain(|(kept, _)| kept != run);
        self.runs.push_back((run.to_owned(), held));
        drop_oldest(&mut self.runs, MAX_RUNS_BYTES);
    }

    /// Keeps the list that a call read from a file, which people chose for the run.
    pub(crate) fn keep_file_for_run(
        &mut self,
        run: &str,
        call: u32,
        options: ListOptions,
        source: Source,
    ) {
        let held = HeldList {
            id: call,
            options,
            source: Some(source),
        };
        self.keep_for_run(run, Rc::new(held));
    }

    /// The list that is kept for a run.
    pub(crate) fn of_run(&self, run: &str) -> Option<Rc<HeldList>> {
        let mut runs = self.runs.iter();
        let found = runs.find(|(kept, _)| kept == run);
        found.map(|(_, held)| Rc::clone(held))
    }

    /// Drops the current list.
    pub(crate) fn forget(&mut self) {
        self.current = None;
    }
}

/// Finds the row of an invalid line by its number. `row` is its row before other corrections.
///
/// Returns `None` if there is no such line, or if it isn't certain which one is meant.
fn find_invalid_line(source: &Source, row: usize, number: u64) -> Option<usize> {
    let rows = &source.list.rows;
    let is_line = |row: &usize| {
        u64::from(source.line_number(*row)) == number
            && matches!(rows.get(*row), Some(Row::Invalid(_)))
    };
    if is_line(&row) {
        return Some(row);
    }
    let mut lines = (0..rows.len()).filter(is_line);
    lines.next().filter(|_| lines.next().is_none())
}

/// Drops the oldest lists, until the rest fits [`MAX_RUNS`] and `max_bytes`. The last one always stays.
fn drop_oldest(runs: &mut Runs, max_bytes: usize) {
    while runs.len() > MAX_RUNS || (runs.len() > 1 && bytes_of_all(runs) > max_bytes) {
        runs.pop_front();
    }
}

/// Bytes of all lists. A list of several runs counts once.
fn bytes_of_all(runs: &Runs) -> usize {
    let is_counted = |at: usize, held| runs.range(..at).any(|(_, other)| Rc::ptr_eq(other, held));
    let lists = runs.iter().enumerate();
    lists
        .filter(|(at, (_, held))| !is_counted(*at, held))
        .filter_map(|(_, (_, held))| held.source.as_ref())
        .map(Source::memory_bytes)
        .sum()
}

#[cfg(test)]
mod tests;
