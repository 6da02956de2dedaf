//! The list that is being made ready: what was brought, and how the worker reads it.

use std::sync::Arc;
use std::time::Duration;

use contract::list::Validation;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use worker::protocol::{Digest, Event, Line, ReadBy, Refusal, Request};

use crate::compose::rules;
use crate::ui::boxed::effect;
use crate::worker_client;

/// A text in the field is read once nobody has typed for so long.
const PAUSE: Duration = Duration::from_millis(120);
/// The worker's files are asked for again after so long.
const AGAIN: Duration = Duration::from_secs(2);
/// Lines that are no number and come at a time.
const MORE: usize = 200;

/// What was brought.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// Text in the field.
    Typed(String),
    /// A file, or a text too long for the field, by what it is called. Only the worker has it.
    Held(String),
}

/// How it reads.
#[derive(Clone, PartialEq)]
pub(crate) enum Reading {
    /// There is nothing yet.
    Nothing,
    /// It is being read.
    Busy,
    /// It is a list.
    List(Arc<Digest>),
    /// It is none as it stands.
    Refused(Arc<Refusal>),
}

/// The list that is being made ready.
#[derive(Clone, Copy)]
pub(crate) struct ListState {
    /// What was brought.
    pub(crate) input: RwSignal<Input>,
    /// Whether numbers that were never issued are refused.
    pub(crate) issued_only: RwSignal<bool>,
    /// Whether lost zeros are put back.
    pub(crate) restore: RwSignal<bool>,
    /// The column that holds the numbers, from 0, where somebody chose it.
    pub(crate) column: RwSignal<Option<usize>>,
    /// How it reads, or read before the last change.
    pub(crate) reading: RwSignal<Reading>,
    /// Whether `reading` is older than what was brought.
    pub(crate) stale: RwSignal<bool>,
    /// The lines that are no number, as far as they were asked for.
    pub(crate) wrong: RwSignal<Vec<Line>>,
    /// A name for the run.
    pub(crate) label: RwSignal<String>,
    /// Why what was brought could not be taken.
    pub(crate) trouble: RwSignal<&'static str>,
    /// The name that the last file gave.
    given: StoredValue<String>,
    /// The worker's number for the list; 0 for none.
    list: StoredValue<u32>,
    /// What was brought and isn't read yet.
    unread: StoredValue<Option<JsValue>, LocalStorage>,
    /// How the list was asked to be read last.
    asked: StoredValue<ReadBy>,
    /// Counts what was brought and asked: an answer to an older turn is dropped.
    turn: StoredValue<u32>,
}

impl ListState {
    /// An empty list, read again whenever it or its options change.
    pub(crate) fn new() -> Self {
        let state = Self {
            input: RwSignal::new(Input::Typed(String::new())),
            issued_only: RwSignal::new(false),
            restore: RwSignal::new(false),
            column: RwSignal::new(None),
            reading: RwSignal::new(Reading::Nothing),
            stale: RwSignal::new(false),
            wrong: RwSignal::new(Vec::new()),
            label: RwSignal::new(String::new()),
            trouble: RwSignal::new(""),
            given: StoredValue::new(String::new()),
            list: StoredValue::new(0),
            unread: StoredValue::new_local(None),
            asked: StoredValue::new(ReadBy::default()),
            turn: StoredValue::new(0),
        };
        effect(move || {
            let by = state.by();
            if !state.stale.get_untracked() && by != state.asked.get_value() {
                state.reread();
            }
        });
        state
    }

    /// The list, if it is one; tracked.
    pub(crate) fn digest(self) -> Option<Arc<Digest>> {
        self.reading.with(|reading| match reading {
            Reading::List(digest) => Some(digest.clone()),
            _ => None,
        })
    }

    /// Takes what now stands in the text field. A long text is held instead: a field with a
    /// million lines makes a browser crawl.
    pub(crate) fn type_in(self, text: String) {
        if rules::is_long(text.len()) {
            return self.hold("Pasted list".to_owned(), &text.into(), String::new());
        }
        let turn = self.bring(String::new());
        let is_blank = text.trim().is_empty();
        let value = JsValue::from_str(&text);
        self.input.set(Input::Typed(text));
        if is_blank {
            return self.let_go();
        }
        let read = move || {
            if self.is_turn(turn) {
                self.read(&value);
            }
        };
        set_timeout(read, PAUSE);
    }

    /// Adds a text to what stands in the field, as its own lines.
    pub(crate) fn add(self, text: &str) {
        let before = self.input.with_untracked(|input| match input {
            Input::Typed(before) if !before.trim().is_empty() => format!("{}\n", before.trim_end()),
            _ => String::new(),
        });
        self.type_in(before + text);
    }

    /// Takes a file, or a text too long for the field.
    pub(crate) fn hold(self, name: String, what: &JsValue, label: String) {
        self.bring(label);
        self.restore.set(false);
        self.input.set(Input::Held(name));
        self.reading.set(Reading::Busy);
        self.read(what);
    }

    /// Something new was brought: what is known of the list is old.
    fn bring(self, label: String) -> u32 {
        worker_client::wake();
        self.stale.set(true);
        self.trouble.set("");
        self.unread.set_value(None);
        self.column.set(None);
        self.name_after(label);
        self.next_turn()
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn is_turn(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Names the run after what was brought now. A name that somebody typed stays.
    fn name_after(self, label: String) {
        let shown = self.label.get_untracked();
        if shown != label && (shown.is_empty() || shown == self.given.get_value()) {
            self.label.set(label.clone());
        }
        self.given.set_value(label);
    }

    /// Lets go of everything.
    pub(crate) fn clear(self) {
        self.bring(String::new());
        self.restore.set(false);
        self.label.set(String::new());
        self.input.set(Input::Typed(String::new()));
        self.let_go();
    }

    fn let_go(self) {
        self.list.set_value(0);
        self.stale.set(false);
        self.reading.set(Reading::Nothing);
        worker_client::tell(Request::Forget);
    }

    /// The list's number, while the worker has it as it is shown.
    pub(crate) fn number(self) -> u32 {
        self.list.get_value()
    }

    /// The worker has no such list any more.
    pub(crate) fn is_lost(self) {
        self.list.try_set_value(0);
        self.stale.try_set(false);
        self.reading.try_set(Reading::Nothing);
        self.trouble.try_set(
            "The part of the page that reads lists has stopped, and the list is gone with it. \
             Bring it again; if that doesn't help, reload the page.",
        );
    }

    /// How the list is to be read; tracked.
    fn by(self) -> ReadBy {
        ReadBy {
            validation: match self.issued_only.get() {
                true => Validation::Issued,
                false => Validation::Format,
            },
            restore_leading_zeros: self.restore.get(),
            column: self.column.get(),
        }
    }

    fn read(self, what: &JsValue) {
        self.unread.set_value(Some(what.clone()));
        let by = untrack(|| self.by());
        self.ask(by.clone(), Request::Read(by), Some(what));
    }

    fn reread(self) {
        let list = self.list.get_value();
        if list > 0 {
            self.stale.set(true);
            let by = untrack(|| self.by());
            self.ask(by.clone(), Request::Reread { list, by }, None);
        }
    }

    fn ask(self, by: ReadBy, request: Request, what: Option<&JsValue>) {
        let turn = self.next_turn();
        self.asked.set_value(by);
        let heard = move |event, _| {
            if self.is_turn(turn) {
                self.hear(event);
            }
        };
        worker_client::ask(request, what, Box::new(heard));
    }

    /// What the worker says of the list.
    fn hear(self, event: Event) {
        let (list, reading) = match event {
            Event::Digest(digest) => {
                self.wrong.set(digest.wrong.clone());
                let list = digest.list;
                match digest.rows {
                    0 => (list, Reading::Nothing),
                    _ => (list, Reading::List(Arc::new(digest))),
                }
            }
            Event::Refused(refusal) => (refusal.list, Reading::Refused(Arc::new(refusal))),
            Event::Unreadable => {
                self.let_go();
                return self.trouble.set(
                    "The browser could not read this file. Is it still there, and no folder?",
                );
            }
            Event::Lost if !worker_client::came() => return self.read_again(),
            Event::Gone | Event::Lost => return self.is_lost(),
            _ => return,
        };
        if self.unread.with_value(Option::is_some) {
            self.unread.set_value(None);
            self.trouble.set("");
        }
        self.list.set_value(list);
        self.stale.set(false);
        self.reading.set(reading);
        if untrack(|| self.by()) != self.asked.get_value() {
            // The options were changed while it was being read.
            self.reread();
        }
    }

    /// The worker could not be loaded: what was brought is kept, and read once it can.
    fn read_again(self) {
        self.trouble.set(
            "The part of the page that reads lists can't be loaded: the server doesn't answer. \
             Check that Rollcall is running; this page tries again by itself.",
        );
        let turn = self.turn.get_value();
        let again = move || {
            let unread = self.unread.try_get_value().flatten();
            if let (true, Some(what)) = (self.is_turn(turn), unread) {
                self.read(&what);
            }
        };
        set_timeout(again, AGAIN);
    }

    /// Asks for more lines that are no number.
    pub(crate) fn more_wrong(self) {
        let (list, after) = (self.number(), self.wrong.with_untracked(Vec::len));
        let (count, turn) = (MORE, self.turn.get_value());
        let heard = move |event, _| {
            if let (Event::Lines(lines), true) = (event, self.is_turn(turn)) {
                self.wrong.update(|wrong| {
                    // Once, however often they were asked for.
                    wrong.truncate(after);
                    wrong.extend(lines);
                });
            }
        };
        worker_client::ask(Request::Wrong { list, after, count }, None, Box::new(heard));
    }
}
