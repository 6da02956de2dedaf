//! The state of the draft's list: what was added, and what the worker found in it.

mod read;

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use worker::protocol::{Line, ListError, ListOptions, ListSummary, Request};

use crate::compose::rules;
use crate::ui::boxed::effect;
use crate::ui::lazy::LazyPage;
use crate::worker_client::WorkerClient;

/// How long after the last keystroke the text in the field is read.
const TYPING_PAUSE: Duration = Duration::from_millis(120);

/// Where the list is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// In the text field; its text.
    Typed(String),
    /// In the worker only: a file, or a text too long for the field; its name.
    Held(String),
}

/// What the worker found.
#[derive(Clone, PartialEq)]
pub(crate) enum Reading {
    /// There is no line.
    Nothing,
    /// The worker is reading.
    Busy,
    /// It is a list.
    List(Arc<ListSummary>),
    /// It can't be read as a list.
    Refused(Arc<ListError>),
}

/// Whether people can choose a column or a sheet, so that the list is read.
pub(crate) fn is_question(error: &ListError) -> bool {
    error.table.is_some() || !error.sheets.is_empty()
}

/// The draft's list.
#[derive(Clone, Copy)]
pub(crate) struct ListState {
    /// Where the list is.
    pub(crate) input: RwSignal<Input>,
    /// Whether numbers that the SSA never issued are invalid.
    pub(crate) issued_only: RwSignal<bool>,
    /// Whether lost leading zeros are restored.
    pub(crate) restores_zeros: RwSignal<bool>,
    /// The column with the numbers, from 0, if people chose one.
    pub(crate) column: RwSignal<Option<usize>>,
    /// The sheet of a workbook, from 0, if people chose one.
    pub(crate) sheet: RwSignal<Option<usize>>,
    /// What the worker found, possibly before the last change.
    pub(crate) reading: RwSignal<Reading>,
    /// Whether `reading` is from before the last change.
    pub(crate) is_stale: RwSignal<bool>,
    /// The invalid lines that are loaded.
    pub(crate) invalid: RwSignal<Vec<Line>>,
    /// The run's label.
    pub(crate) label: RwSignal<String>,
    /// Why the last input wasn't accepted; empty if it was.
    pub(crate) problem: RwSignal<&'static str>,
    /// The part of the page that shows a list once there is one.
    pub(crate) part: LazyPage,
    worker: WorkerClient,
    /// The label made from the last file's name.
    file_label: StoredValue<String>,
    /// The worker's id of the list; 0 for none.
    id: StoredValue<u32>,
    /// The input that the worker hasn't read yet.
    unread: StoredValue<Option<JsValue>, LocalStorage>,
    /// The options of the last read.
    last_options: StoredValue<ListOptions>,
    /// The corrections of invalid lines that the worker hasn't got yet: row, line number and text.
    corrections: StoredValue<Vec<((usize, u64), String)>>,
    /// Counts inputs and reads, so that late events of an earlier one are ignored.
    generation: StoredValue<u32>,
}

impl ListState {
    /// An empty list, which is read again whenever it or its options change.
    pub(crate) fn new(worker: WorkerClient, part: LazyPage) -> Self {
        let state = Self {
            input: RwSignal::new(Input::Typed(String::new())),
            issued_only: RwSignal::new(false),
            restores_zeros: RwSignal::new(false),
            column: RwSignal::new(None),
            sheet: RwSignal::new(None),
            reading: RwSignal::new(Reading::Nothing),
            is_stale: RwSignal::new(false),
            invalid: RwSignal::new(Vec::new()),
            label: RwSignal::new(String::new()),
            problem: RwSignal::new(""),
            part,
            worker,
            file_label: StoredValue::new(String::new()),
            id: StoredValue::new(0),
            unread: StoredValue::new_local(None),
            last_options: StoredValue::new(ListOptions::default()),
            corrections: StoredValue::new(Vec::new()),
            generation: StoredValue::new(0),
        };
        effect(move || {
            let options = state.options();
            if !state.is_stale.get_untracked() && options != state.last_options.get_value() {
                state.reread();
            }
        });
        state
    }

    /// The worker's summary, if this is a list; tracked.
    pub(crate) fn summary(self) -> Option<Arc<ListSummary>> {
        self.reading.with(|reading| match reading {
            Reading::List(summary) => Some(summary.clone()),
            _ => None,
        })
    }

    /// The worker's id of the list; 0 for none.
    pub(crate) fn id(self) -> u32 {
        self.id.get_value()
    }

    /// Identifies the input and how it is read: each change of them has a higher value.
    pub(crate) fn generation(self) -> u32 {
        self.generation.get_value()
    }

    /// The table or workbook of which people must choose a column or a sheet; tracked.
    pub(crate) fn question(self) -> Option<Arc<ListError>> {
        self.reading.with(|reading| match reading {
            Reading::Refused(error) if is_question(error) => Some(error.clone()),
            _ => None,
        })
    }

    /// Chooses a sheet of the workbook, or asks again for one. Resets the column.
    pub(crate) fn choose_sheet(self, sheet: Option<usize>) {
        self.column.set(None);
        self.sheet.set(sheet);
    }

    /// Starts the worker and loads the part that shows a list, so that both are ready when one is added.
    pub(crate) fn wake_worker(self) {
        self.worker.wake();
        self.part.prefetch();
    }

    /// Sets the text in the field. A long text goes to the worker only, since a field with a million lines
    /// makes browsers slow.
    pub(crate) fn set_text(self, text: String) {
        if rules::is_long(text.len()) {
            return self.hold("Pasted list".to_owned(), &text.into(), String::new());
        }
        let generation = self.begin_input(String::new());
        let is_blank = text.trim().is_empty();
        let value = JsValue::from_str(&text);
        self.input.set(Input::Typed(text));
        if is_blank {
            return self.forget();
        }
        let read = move || {
            if self.is_current(generation) {
                self.read(&value);
            }
        };
        set_timeout(read, TYPING_PAUSE);
    }

    /// Appends a text to the field, on lines of its own.
    pub(crate) fn append(self, text: &str) {
        let before = self.input.with_untracked(|input| match input {
            Input::Typed(before) if !before.trim().is_empty() => format!("{}\n", before.trim_end()),
            _ => String::new(),
        });
        self.set_text(before + text);
    }

    /// Passes a file, or a text too long for the field, to the worker.
    pub(crate) fn hold(self, name: String, source: &JsValue, label: String) {
        self.begin_input(label);
        self.restores_zeros.set(false);
        self.input.set(Input::Held(name));
        self.reading.set(Reading::Busy);
        self.read(source);
    }

    /// Removes the list.
    pub(crate) fn clear(self) {
        self.begin_input(String::new());
        self.restores_zeros.set(false);
        self.label.set(String::new());
        self.input.set(Input::Typed(String::new()));
        self.forget();
    }

    /// The worker no longer has the list.
    pub(crate) fn set_lost(self) {
        self.id.try_set_value(0);
        self.is_stale.try_set(false);
        self.reading.try_set(Reading::Nothing);
        self.problem.try_set(
            "The part of the page that reads lists has stopped, and the list is lost. \
             Add it again; if that doesn't help, reload the page.",
        );
    }

    /// Begins a new input, and returns its generation.
    fn begin_input(self, label: String) -> u32 {
        self.wake_worker();
        self.is_stale.set(true);
        self.problem.set("");
        self.unread.set_value(None);
        self.corrections.set_value(Vec::new());
        self.choose_sheet(None);
        self.set_file_label(label);
        self.next_generation()
    }

    fn next_generation(self) -> u32 {
        self.generation.update_value(|generation| *generation += 1);
        self.generation.get_value()
    }

    fn is_current(self, generation: u32) -> bool {
        self.generation.try_get_value() == Some(generation)
    }

    /// Labels the run with the file's name, unless people typed a label.
    fn set_file_label(self, label: String) {
        let shown = self.label.get_untracked();
        if shown != label && (shown.is_empty() || shown == self.file_label.get_value()) {
            self.label.set(label.clone());
        }
        self.file_label.set_value(label);
    }

    fn forget(self) {
        self.id.set_value(0);
        self.is_stale.set(false);
        self.reading.set(Reading::Nothing);
        self.worker.notify(Request::Forget);
    }
}
