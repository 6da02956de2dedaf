//! The other columns of the run's list, which never leave this browser.

use contract::wire::Execution;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{File, HtmlInputElement};
use worker::protocol::{Event, ListOptions, Request};

use crate::api::title;
use crate::ui::boxed::{flag, text};
use crate::ui::words;
use crate::worker_client::{WorkerClient, is_too_large};

/// Whether the worker has the run's list.
#[derive(Clone, Debug, PartialEq)]
enum ListStatus {
    /// The worker hasn't responded yet.
    Unknown,
    /// The worker has the list. The names of its other columns; empty if it has none.
    Held(Vec<String>),
    /// The worker doesn't have the list.
    Missing,
    /// The worker is comparing a file with the run.
    Comparing,
    /// The file isn't the run's list, or can't be compared; why.
    Rejected(String),
}

/// The columns that can be added to a download.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    status: RwSignal<ListStatus>,
    is_wanted: RwSignal<bool>,
    execution: Memo<Execution>,
    worker: WorkerClient,
    /// Counts calls, so that events of an earlier call are ignored.
    generation: StoredValue<u32>,
}

impl Columns {
    /// The columns of this run's list.
    pub(crate) fn new(worker: WorkerClient, execution: Memo<Execution>) -> Self {
        Self {
            status: RwSignal::new(ListStatus::Unknown),
            is_wanted: RwSignal::new(true),
            execution,
            worker,
            generation: StoredValue::new(0),
        }
    }

    /// Asks the worker whether it still has the list: it keeps the last few only.
    pub(crate) fn refresh(self) {
        if self
            .status
            .with_untracked(|status| *status == ListStatus::Comparing)
        {
            // The comparison's result will be newer.
            return;
        }
        self.status.set(ListStatus::Unknown);
        let run = self.execution.with_untracked(|e| e.id.clone());
        self.call(Request::Columns { run }, None);
    }

    /// Whether to add them to the download.
    pub(crate) fn are_wanted(self) -> bool {
        let is_held =
            |status: &ListStatus| matches!(status, ListStatus::Held(names) if !names.is_empty());
        self.is_wanted.get_untracked() && self.status.with_untracked(is_held)
    }

    /// Whether a call is in progress; tracked.
    pub(crate) fn is_busy(self) -> bool {
        self.status
            .with(|status| matches!(status, ListStatus::Unknown | ListStatus::Comparing))
    }

    /// Adds a file as the list, if it is the run's list.
    fn add(self, file: &File) {
        if is_too_large(file) {
            self.next_generation();
            let why = "This file is larger than 300 MB, which is more than the page accepts.";
            return self.status.set(ListStatus::Rejected(why.to_owned()));
        }
        self.status.set(ListStatus::Comparing);
        let join = self.execution.with_untracked(|e| Request::Join {
            run: e.id.clone(),
            rows: e.rows,
            options: ListOptions {
                validation: e.settings.validation,
                restore_leading_zeros: e.settings.restore_leading_zeros,
                column: None,
                sheet: None,
            },
        });
        self.call(join, Some(file));
    }

    fn next_generation(self) -> u32 {
        self.generation.update_value(|generation| *generation += 1);
        self.generation.get_value()
    }

    fn call(self, request: Request, attachment: Option<&JsValue>) {
        let generation = self.next_generation();
        let on_event = Box::new(move |event, _| {
            let is_current = self.generation.try_get_value() == Some(generation);
            if let (true, Some(status)) = (is_current, status_after(event)) {
                self.status.try_set(status);
            }
        });
        self.worker.call(request, attachment, on_event);
    }
}

/// The status after an event of the worker; none if the event doesn't change it.
fn status_after(event: Event) -> Option<ListStatus> {
    let rejected = |why: &str| ListStatus::Rejected(why.to_owned());
    Some(match event {
        Event::Columns(names) => ListStatus::Held(names),
        Event::NoSuchList | Event::Lost => ListStatus::Missing,
        Event::ListMismatch { line: None } => {
            rejected("This file has more or fewer lines than the run: it isn't the run's list.")
        }
        Event::ListMismatch { line: Some(line) } => ListStatus::Rejected(format!(
            "This file isn't the run's list: the number on line {} differs.",
            words::group_digits(line)
        )),
        Event::NotLoaded => rejected(
            "The part of the page that reads workbooks can't be loaded. Check that Rollcall is \
             running, and choose the file again.",
        ),
        Event::Unreadable => rejected("The browser can't read this file. Choose it again."),
        Event::NotAList(error) => {
            ListStatus::Rejected(format!("{}. {}", error.title, error.advice))
        }
        Event::Failed(error) => {
            ListStatus::Rejected(format!("{}. Choose the file again.", title(&error)))
        }
        _ => return None,
    })
}

/// The choice of adding the columns; if the worker doesn't have the list, a file field for it.
#[component]
pub(crate) fn ColumnsChoice(columns: Columns) -> impl IntoView {
    let Columns {
        status, is_wanted, ..
    } = columns;
    let names = text(move || {
        status.with(|status| match status {
            ListStatus::Held(names) => words::first_names(names, 6),
            _ => String::new(),
        })
    });
    let note = text(move || {
        status.with(|status| match status {
            ListStatus::Missing => "This page no longer has your list, so the file has the results only. \
                            Choose the list's file to add its other columns; it stays in this browser."
                .to_owned(),
            ListStatus::Comparing => "Comparing it with the run…".to_owned(),
            ListStatus::Rejected(why) => why.clone(),
            ListStatus::Unknown | ListStatus::Held(_) => String::new(),
        })
    });
    let has_names = move || {
        status.with(|status| matches!(status, ListStatus::Held(names) if !names.is_empty()))
    };
    let is_missing = move || {
        status.with(|status| matches!(status, ListStatus::Missing | ListStatus::Rejected(_)))
    };
    let on_file = move |event| {
        let field = event_target::<HtmlInputElement>(&event);
        if let Some(file) = field.files().and_then(|files| files.get(0)) {
            columns.add(&file);
        }
        // Otherwise the browser fires no `change` event when people edit the file and choose it again.
        field.set_value("");
    };
    view! {
        <fieldset hidden=flag(move || status.with(|status| matches!(status, ListStatus::Unknown) || *status == ListStatus::Held(Vec::new())))>
            <legend>"From your list"</legend>
            <label class="check" hidden=flag(move || !has_names())>
                <input
                    type="checkbox"
                    prop:checked=is_wanted
                    data-testid="download-columns"
                    on:change=move |event| is_wanted.set(event_target::<HtmlInputElement>(&event).checked())
                />
                <span data-testid="download-columns-names">{names}</span>
            </label>
            <p class="soft" role="status" data-testid="download-columns-says">{note}</p>
            <label class="file plain" hidden=flag(move || !is_missing())>
                <input type="file" class="unseen" data-testid="download-list" on:change=on_file/>
                "Choose the list's file"
            </label>
        </fieldset>
    }
}
