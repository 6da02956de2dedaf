//! The list that is being made ready: what was brought, and how it reads.

use std::sync::Arc;
use std::time::Duration;

use contract::list::{Column, ReadError, ReadOptions, Source, Validation, read_source};
use leptos::prelude::*;

use crate::logic::report;
use crate::one_type::effect;

/// What was brought.
#[derive(Clone)]
pub(crate) enum Input {
    /// Text in the field.
    Typed(String),
    /// A file, or a text too long for the field.
    Held {
        /// What it is called.
        name: String,
        /// What is in it.
        bytes: Arc<Vec<u8>>,
    },
}

/// How it reads.
#[derive(Clone)]
pub(crate) enum Reading {
    /// There is nothing yet.
    Nothing,
    /// It is being read.
    Busy,
    /// It is a list.
    List(Arc<Source>),
    /// It is none as it stands.
    Refused(Arc<ReadError>),
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
    /// The column that holds the numbers, where somebody chose it.
    pub(crate) column: RwSignal<Option<Column>>,
    /// How it reads.
    pub(crate) reading: RwSignal<Reading>,
    /// A name for the run.
    pub(crate) label: RwSignal<String>,
    /// Why a file could not be taken.
    pub(crate) trouble: RwSignal<Option<&'static str>>,
    /// The name that the last file gave.
    given: StoredValue<String>,
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
            label: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            given: StoredValue::new(String::new()),
        };
        effect(move || {
            let (options, column) = (state.options(), state.column.get());
            match state.input.get() {
                Input::Typed(text) if text.trim().is_empty() => state.reading.set(Reading::Nothing),
                Input::Typed(text) => state.reading.set(read(text.as_bytes(), &options, column)),
                Input::Held { bytes, .. } => state.read_held(bytes, options, column),
            }
        });
        state
    }

    /// How the list is read; tracked.
    pub(crate) fn options(self) -> ReadOptions {
        ReadOptions {
            validation: match self.issued_only.get() {
                true => Validation::Issued,
                false => Validation::Format,
            },
            restore_leading_zeros: self.restore.get(),
        }
    }

    /// The list, if it is one; tracked.
    pub(crate) fn source(self) -> Option<Arc<Source>> {
        self.reading.with(|reading| match reading {
            Reading::List(source) => Some(source.clone()),
            _ => None,
        })
    }

    /// Takes what now stands in the text field. A long text is held instead: a field with a
    /// million lines makes a browser crawl.
    pub(crate) fn type_in(self, text: String) {
        match report::is_long(&text) {
            true => self.hold("Pasted list".to_owned(), text.into_bytes(), String::new()),
            false => {
                self.trouble.set(None);
                self.column.set(None);
                self.name_after(String::new());
                self.input.set(Input::Typed(text));
            }
        }
    }

    /// Takes a file's content, or a long text.
    pub(crate) fn hold(self, name: String, bytes: Vec<u8>, label: String) {
        self.trouble.set(None);
        self.column.set(None);
        self.restore.set(false);
        self.name_after(label);
        self.input.set(Input::Held {
            name,
            bytes: Arc::new(bytes),
        });
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
        self.trouble.set(None);
        self.column.set(None);
        self.restore.set(false);
        self.label.set(String::new());
        self.input.set(Input::Typed(String::new()));
    }

    /// Reads a large text after the browser has had time to show that it is being read.
    fn read_held(self, bytes: Arc<Vec<u8>>, options: ReadOptions, column: Option<Column>) {
        self.reading.set(Reading::Busy);
        let is_current = move |bytes: &Arc<Vec<u8>>| {
            self.input.try_with_untracked(
                |input| matches!(input, Input::Held { bytes: now, .. } if Arc::ptr_eq(now, bytes)),
            ) == Some(true)
        };
        let work = move || {
            if is_current(&bytes) {
                self.reading.set(read(&bytes, &options, column));
            }
        };
        set_timeout(work, Duration::from_millis(30));
    }
}

fn read(bytes: &[u8], options: &ReadOptions, column: Option<Column>) -> Reading {
    match read_source(bytes, options, column.as_ref()) {
        Ok(source) if source.list.rows.is_empty() => Reading::Nothing,
        Ok(source) => Reading::List(Arc::new(source)),
        Err(error) => Reading::Refused(Arc::new(error)),
    }
}
