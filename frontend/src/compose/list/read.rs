//! Reading the list in the worker.

use std::sync::Arc;
use std::time::Duration;

use contract::list::Validation;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use worker::protocol::{Event, ListOptions, Request};

use super::{ListState, Reading};

/// How long until the page tries again to load the worker.
const RETRY_WAIT: Duration = Duration::from_secs(2);

/// How many more invalid lines are loaded at a time.
const MORE_INVALID: usize = 200;

impl ListState {
    /// Loads more invalid lines.
    pub(crate) fn load_more_invalid(self) {
        let (list, after) = (self.id(), self.invalid.with_untracked(Vec::len));
        let generation = self.generation.get_value();
        let on_event = move |event, _| {
            if let (Event::Lines(lines), true) = (event, self.is_current(generation)) {
                self.invalid.update(|invalid| {
                    // A second click may have requested the same lines.
                    invalid.truncate(after);
                    invalid.extend(lines);
                });
            }
        };
        let request = Request::InvalidLines {
            list,
            after,
            count: MORE_INVALID,
        };
        self.worker.call(request, None, Box::new(on_event));
    }

    /// Replaces the text of an invalid line in the worker, which reads the list again.
    ///
    /// Waits for the end of the current reading, because it gives the list another id.
    pub(crate) fn correct(self, line: (usize, u64), text: String) {
        self.corrections
            .update_value(|corrections| corrections.push((line, text)));
        if !self.is_stale.get_untracked() {
            self.send_correction();
        }
    }

    fn send_correction(self) {
        let mut next = None;
        self.corrections.update_value(|corrections| {
            next = (!corrections.is_empty()).then(|| corrections.remove(0));
        });
        if let Some(((row, number), text)) = next {
            self.is_stale.set(true);
            let request = Request::Correct {
                list: self.id(),
                row,
                number,
                text,
                shown: self.invalid.with_untracked(Vec::len),
            };
            self.call(untrack(|| self.options()), request, None);
        }
    }

    /// How the list is to be read; tracked.
    pub(super) fn options(self) -> ListOptions {
        ListOptions {
            validation: match self.issued_only.get() {
                true => Validation::Issued,
                false => Validation::Format,
            },
            restore_leading_zeros: self.restores_zeros.get(),
            column: self.column.get(),
            sheet: self.sheet.get(),
        }
    }

    pub(super) fn read(self, source: &JsValue) {
        self.unread.set_value(Some(source.clone()));
        let options = untrack(|| self.options());
        self.call(options.clone(), Request::Read(options), Some(source));
    }

    pub(super) fn reread(self) {
        let list = self.id();
        if list > 0 {
            self.is_stale.set(true);
            let options = untrack(|| self.options());
            let last = self.last_options.get_value();
            if (options.sheet, options.column) != (last.sheet, last.column) {
                // They were made in lines of another column.
                self.corrections.set_value(Vec::new());
            }
            if options.sheet != last.sheet {
                self.reading.set(Reading::Busy);
            }
            self.call(options.clone(), Request::Reread { list, options }, None);
        }
    }

    fn call(self, options: ListOptions, request: Request, attachment: Option<&JsValue>) {
        let generation = self.next_generation();
        self.last_options.set_value(options);
        let on_event = move |event, _| {
            if self.is_current(generation) {
                self.on_event(event);
            }
        };
        self.worker.call(request, attachment, Box::new(on_event));
    }

    fn on_event(self, event: Event) {
        let (id, reading) = match event {
            Event::Summary(summary) => {
                self.invalid.set(summary.invalid_lines.clone());
                let id = summary.list;
                match summary.rows == 0 && summary.no_number_message.is_empty() {
                    true => (id, Reading::Nothing),
                    false => (id, Reading::List(Arc::new(summary))),
                }
            }
            Event::NotAList(error) => (error.list, Reading::Refused(Arc::new(error))),
            Event::Unreadable => {
                self.forget();
                return self.problem.set(
                    "The browser can't read this file. Check that it still exists and isn't a folder.",
                );
            }
            Event::Lost if !self.worker.was_ready() => return self.retry(),
            Event::NotLoaded => return self.retry(),
            Event::NoSuchList | Event::Lost => return self.set_lost(),
            _ => return,
        };
        self.unread.set_value(None);
        self.problem.set("");
        self.id.set_value(id);
        self.is_stale.set(false);
        self.reading.set(reading);
        if untrack(|| self.options()) != self.last_options.get_value() {
            // The options changed during the read.
            self.reread();
        } else {
            self.send_correction();
        }
    }

    /// Handles a worker or its part for workbooks that couldn't be loaded: keeps the input, and reads it
    /// again after a wait.
    fn retry(self) {
        self.problem.set(
            "The part of the page that reads lists can't be loaded: the server doesn't answer. \
             Check that Rollcall is running; this page tries again by itself. If Rollcall was updated \
             since you opened the page, reload it.",
        );
        let generation = self.generation.get_value();
        let retry = move || {
            let unread = self.unread.try_get_value().flatten();
            match unread {
                _ if !self.is_current(generation) => {}
                Some(source) => self.read(&source),
                None => self.reread(),
            }
        };
        set_timeout(retry, RETRY_WAIT);
    }
}
