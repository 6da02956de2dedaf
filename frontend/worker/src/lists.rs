//! The lists that the worker holds. They are only in its memory.

use std::collections::VecDeque;
use std::rc::Rc;

use lists::{Source, read_source};

use crate::protocol::{Event, ListOptions};
use crate::summary::{invalid_lines, list_error, summarize};

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
    /// The text or file, to be read again with other options. A run's list is never read again.
    bytes: Vec<u8>,
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

    /// Reads a call's text or file as the current list. Returns the call's last event.
    pub(crate) fn read(&mut self, call: u32, bytes: Vec<u8>, options: ListOptions) -> Event {
        if call < self.newest {
            return Event::Dropped;
        }
        self.current = None;
        self.set_current(call, bytes, options)
    }

    /// Reads the current list again with other options.
    pub(crate) fn reread(&mut self, list: u32, options: ListOptions) -> Event {
        match self.current.take_if(|current| current.held.id == list) {
            Some(Current { held, bytes }) => {
                // Drop the list before the new reading, or both would be in memory at once.
                drop(held);
                self.set_current(list, bytes, options)
            }
            None => Event::NoSuchList,
        }
    }

    fn set_current(&mut self, id: u32, bytes: Vec<u8>, options: ListOptions) -> Event {
        let read = read_source(&bytes, &options.read_options(), options.column().as_ref());
        let (source, event) = match read {
            Ok(source) => {
                let event = Event::Summary(summarize(id, &source));
                (Some(source), event)
            }
            Err(error) => (None, Event::NotAList(list_error(id, &error))),
        };
        let held = Rc::new(HeldList {
            id,
            options,
            source,
        });
        self.current = Some(Current { held, bytes });
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
mod tests {
    use super::*;

    fn items(event: Event) -> u64 {
        match event {
            Event::Summary(summary) => summary.items,
            other => panic!("{other:?}"),
        }
    }

    fn read(lists: &mut Lists, call: u32, text: &str) -> Event {
        lists.begin_read(call);
        lists.read(call, text.into(), ListOptions::default())
    }

    #[test]
    fn an_older_list_that_is_read_late_is_dropped() {
        let mut lists = Lists::default();
        lists.begin_read(1);
        lists.begin_read(2);
        let options = ListOptions::default;
        assert_eq!(
            items(lists.read(2, b"123456789\n123456780".into(), options())),
            2
        );
        assert_eq!(
            lists.read(1, b"123456789".into(), options()),
            Event::Dropped
        );
        assert_eq!(items(lists.reread(2, options())), 2);
        assert_eq!(lists.reread(1, options()), Event::NoSuchList);
    }

    #[test]
    fn a_list_that_is_read_again_keeps_its_id() {
        let mut lists = Lists::default();
        assert_eq!(items(read(&mut lists, 5, "123456789\n1234567\n")), 1);
        let restored = ListOptions {
            restore_leading_zeros: true,
            ..Default::default()
        };
        assert_eq!(items(lists.reread(5, restored)), 2);
        assert_eq!(items(lists.reread(5, ListOptions::default())), 1);
    }

    #[test]
    fn a_refused_list_is_read_by_the_chosen_column() {
        let mut lists = Lists::default();
        let table = "a ssn,b ssn\n123-45-6789,987-65-4321\n123456780,\n";
        let Event::NotAList(error) = read(&mut lists, 1, table) else {
            panic!("two columns look like SSNs");
        };
        assert_eq!(lists.invalid_lines(1, 0, 9), Event::NoSuchList);
        let options = ListOptions {
            column: Some(error.column_choices[1].index),
            ..Default::default()
        };
        assert_eq!(items(lists.reread(1, options)), 1);
        let Event::Lines(lines) = lists.invalid_lines(1, 0, 9) else {
            panic!("one line is invalid");
        };
        assert_eq!(lines[0].number, 3);
    }

    #[test]
    fn only_the_last_runs_keep_their_lists() {
        let mut lists = Lists::default();
        for call in 1..=4 {
            read(&mut lists, call, "123456789");
            let held = lists.held(call).unwrap();
            lists.keep_for_run(&format!("run {call}"), held);
        }
        lists.forget();
        assert!(lists.held(4).is_none());
        assert!(lists.of_run("run 1").is_none());
        assert_eq!(lists.of_run("run 2").unwrap().id, 2);
        assert_eq!(lists.of_run("run 4").unwrap().id, 4);
    }

    #[test]
    fn long_lists_of_older_runs_are_dropped_first() {
        let mut lists = Lists::default();
        let held: Vec<_> = (1..=2)
            .map(|call| {
                read(&mut lists, call, "123456789\n123456780\n");
                lists.held(call).unwrap()
            })
            .collect();
        let one = held[0].source.as_ref().unwrap().memory_bytes();
        assert!(one > "123456789\n123456780\n".len());
        let kept = |size, of: &[usize]| {
            let mut runs: Runs = of
                .iter()
                .map(|list| (String::new(), Rc::clone(&held[*list])))
                .collect();
            drop_oldest(&mut runs, size);
            runs.iter().map(|(_, held)| held.id).collect::<Vec<_>>()
        };
        assert_eq!(kept(2 * one, &[0, 1]), [1, 2]);
        assert_eq!(kept(2 * one - 1, &[0, 1]), [2]);
        assert_eq!(kept(0, &[0, 1]), [2]);
        // A list that was started twice is in memory once.
        assert_eq!(kept(one, &[0, 0]), [1, 1]);
    }

    #[test]
    fn a_file_that_is_no_text_is_refused_by_name() {
        let mut lists = Lists::default();
        for (text, name) in [
            ("%PDF-1.7\n123456789", "a PDF"),
            ("PK\u{3}\u{4}list.csv", "a ZIP archive"),
            ("<html>123456789", "an HTML page"),
        ] {
            let event = read(&mut lists, 1, text);
            assert!(matches!(event, Event::NotAList(error) if error.title.contains(name)));
        }
    }
}
