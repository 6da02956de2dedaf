//! The lists that the worker holds, in its memory alone.

use std::collections::VecDeque;
use std::rc::Rc;

use contract::list::{Source, read_source};

use crate::protocol::{Event, ListOptions};
use crate::start::LastStart;
use crate::summary::{invalid_lines, pdf, refusal, summarize};

/// Runs whose list is kept, so that its other columns can be joined to their results.
const RUNS: usize = 3;
/// Bytes that these lists may take together; the newest may take more. A worker's memory ends at 4 GB,
/// and while it reads a long list it needs several times the file.
const RUNS_SIZE: usize = 600_000_000;

/// A list that was brought.
pub(crate) struct Held {
    /// The call that brought it.
    pub(crate) number: u32,
    /// How it was read.
    pub(crate) options: ListOptions,
    /// As it was read; none where it can't be read as it stands.
    pub(crate) source: Option<Source>,
}

/// The list that is being made ready.
struct Current {
    held: Rc<Held>,
    /// As it was brought, to be read another way. Nobody asks that of a run's list.
    bytes: Vec<u8>,
}

/// Runs' lists by the runs' ids, the oldest first.
type Runs = VecDeque<(String, Rc<Held>)>;

/// The lists that the worker holds.
#[derive(Default)]
pub(crate) struct Desk {
    current: Option<Current>,
    runs: Runs,
    newest: u32,
    /// The last start, so that the same one asked again goes on with it.
    pub(crate) last_start: Option<LastStart>,
}

impl Desk {
    /// A list is being brought by this call: no older one is wanted any more.
    pub(crate) fn begin(&mut self, call: u32) {
        self.newest = self.newest.max(call);
    }

    /// Takes what was brought by a call, and tells what it holds.
    pub(crate) fn read(&mut self, call: u32, bytes: Vec<u8>, options: ListOptions) -> Event {
        if call < self.newest {
            return Event::Dropped;
        }
        self.current = None;
        self.take(call, bytes, options)
    }

    /// Reads the current list another way.
    pub(crate) fn reread(&mut self, list: u32, options: ListOptions) -> Event {
        match self.current.take_if(|current| current.held.number == list) {
            Some(Current { held, bytes }) => {
                // Before it is read again, or it would be there twice.
                drop(held);
                self.take(list, bytes, options)
            }
            None => Event::NoSuchList,
        }
    }

    fn take(&mut self, number: u32, bytes: Vec<u8>, options: ListOptions) -> Event {
        let read = match bytes.starts_with(b"%PDF-") {
            true => Err(pdf(number)),
            false => read_source(&bytes, &options.read_options(), options.column().as_ref())
                .map_err(|error| refusal(number, &error)),
        };
        let (source, event) = match read {
            Ok(source) => {
                let told = Event::Summary(summarize(number, &source));
                (Some(source), told)
            }
            Err(refusal) => (None, Event::Refused(refusal)),
        };
        let held = Rc::new(Held {
            number,
            options,
            source,
        });
        self.current = Some(Current { held, bytes });
        event
    }

    /// More lines that are no number.
    pub(crate) fn invalid_lines(&self, list: u32, after: usize, count: usize) -> Event {
        let held = self.held(list);
        match held.as_ref().and_then(|held| held.source.as_ref()) {
            Some(source) => Event::Lines(invalid_lines(source, after, count)),
            None => Event::NoSuchList,
        }
    }

    /// The current list, if it has this number.
    pub(crate) fn held(&self, list: u32) -> Option<Rc<Held>> {
        let current = self.current.as_ref();
        let held = current.map(|current| Rc::clone(&current.held));
        held.filter(|held| held.number == list)
    }

    /// Keeps a list as that of a run, which it started.
    pub(crate) fn keep_for_run(&mut self, run: &str, held: Rc<Held>) {
        self.runs.retain(|(kept, _)| kept != run);
        self.runs.push_back((run.to_owned(), held));
        keep_within(&mut self.runs, RUNS_SIZE);
    }

    /// Keeps a list that was brought again as that of a run, by a call.
    pub(crate) fn bring_for_run(
        &mut self,
        run: &str,
        call: u32,
        options: ListOptions,
        source: Source,
    ) {
        let held = Held {
            number: call,
            options,
            source: Some(source),
        };
        self.keep_for_run(run, Rc::new(held));
    }

    /// The list that a run was started with, if it is still here.
    pub(crate) fn of_run(&self, run: &str) -> Option<Rc<Held>> {
        let mut runs = self.runs.iter();
        let found = runs.find(|(kept, _)| kept == run);
        found.map(|(_, held)| Rc::clone(held))
    }

    /// Lets go of the current list.
    pub(crate) fn forget(&mut self) {
        self.current = None;
    }
}

/// Lets go of the oldest lists that are too many or, with the newest, take more than so many bytes.
fn keep_within(runs: &mut Runs, size: usize) {
    while runs.len() > RUNS || (runs.len() > 1 && size_of_all(runs) > size) {
        runs.pop_front();
    }
}

/// Bytes that they take. One list may be that of several runs.
fn size_of_all(runs: &Runs) -> usize {
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

    fn read(desk: &mut Desk, call: u32, text: &str) -> Event {
        desk.begin(call);
        desk.read(call, text.into(), ListOptions::default())
    }

    #[test]
    fn an_older_list_that_arrives_late_is_dropped() {
        let mut desk = Desk::default();
        desk.begin(1);
        desk.begin(2);
        let options = ListOptions::default;
        assert_eq!(
            items(desk.read(2, b"123456789\n123456780".into(), options())),
            2
        );
        assert_eq!(desk.read(1, b"123456789".into(), options()), Event::Dropped);
        assert_eq!(items(desk.reread(2, options())), 2);
        assert_eq!(desk.reread(1, options()), Event::NoSuchList);
    }

    #[test]
    fn a_list_is_read_another_way_under_the_same_number() {
        let mut desk = Desk::default();
        assert_eq!(items(read(&mut desk, 5, "123456789\n1234567\n")), 1);
        let restored = ListOptions {
            restore_leading_zeros: true,
            ..Default::default()
        };
        assert_eq!(items(desk.reread(5, restored)), 2);
        assert_eq!(items(desk.reread(5, ListOptions::default())), 1);
    }

    #[test]
    fn a_column_is_chosen_where_the_list_was_refused() {
        let mut desk = Desk::default();
        let table = "a ssn,b ssn\n123-45-6789,987-65-4321\n123456780,\n";
        let Event::Refused(refusal) = read(&mut desk, 1, table) else {
            panic!("two columns could be meant");
        };
        assert_eq!(desk.invalid_lines(1, 0, 9), Event::NoSuchList);
        let options = ListOptions {
            column: Some(refusal.choices[1].index),
            ..Default::default()
        };
        assert_eq!(items(desk.reread(1, options)), 1);
        let Event::Lines(lines) = desk.invalid_lines(1, 0, 9) else {
            panic!("one line is no number");
        };
        assert_eq!(lines[0].number, 3);
    }

    #[test]
    fn the_last_few_runs_keep_their_lists_and_a_forgotten_list_is_gone() {
        let mut desk = Desk::default();
        for call in 1..=4 {
            read(&mut desk, call, "123456789");
            let held = desk.held(call).unwrap();
            desk.keep_for_run(&format!("run {call}"), held);
        }
        desk.forget();
        assert!(desk.held(4).is_none());
        assert!(desk.of_run("run 1").is_none());
        assert_eq!(desk.of_run("run 2").unwrap().number, 2);
        assert_eq!(desk.of_run("run 4").unwrap().number, 4);
    }

    #[test]
    fn long_lists_of_older_runs_make_room_and_the_newest_always_stays() {
        let mut desk = Desk::default();
        let lists: Vec<_> = (1..=2)
            .map(|call| {
                read(&mut desk, call, "123456789\n123456780\n");
                desk.held(call).unwrap()
            })
            .collect();
        let one = lists[0].source.as_ref().unwrap().memory_bytes();
        assert!(one > "123456789\n123456780\n".len());
        let kept = |size, of: &[usize]| {
            let mut runs: Runs = of
                .iter()
                .map(|list| (String::new(), Rc::clone(&lists[*list])))
                .collect();
            keep_within(&mut runs, size);
            runs.iter().map(|(_, held)| held.number).collect::<Vec<_>>()
        };
        assert_eq!(kept(2 * one, &[0, 1]), [1, 2]);
        assert_eq!(kept(2 * one - 1, &[0, 1]), [2]);
        assert_eq!(kept(0, &[0, 1]), [2]);
        // A list that was started twice is there once.
        assert_eq!(kept(one, &[0, 0]), [1, 1]);
    }

    #[test]
    fn a_pdf_is_told_from_a_list() {
        let mut desk = Desk::default();
        let event = read(&mut desk, 1, "%PDF-1.7\n123456789");
        assert!(matches!(event, Event::Refused(refusal) if refusal.title.contains("PDF")));
    }
}
