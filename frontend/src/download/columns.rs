//! The list's other columns, which only this browser has.

use contract::wire::Execution;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{File, HtmlInputElement};
use worker::protocol::{Event, ReadBy, Request};

use crate::api::ApiError;
use crate::compose::drop_paste;
use crate::ui::boxed::{flag, text};
use crate::ui::words;
use crate::worker_client;

/// What is known of the run's list here.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    /// Nothing yet.
    Asked,
    /// Its other columns; none where it has no others.
    Here(Vec<String>),
    /// It is not here.
    Gone,
    /// A file is being compared with the run.
    Reading,
    /// A file is not the run's list, or could not be compared; why.
    Refused(String),
}

/// The columns that may go along with the rows.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    known: RwSignal<Known>,
    wanted: RwSignal<bool>,
    execution: Memo<Execution>,
    /// Counts what was asked: an answer to an older turn is dropped.
    turn: StoredValue<u32>,
}

impl Columns {
    /// Those of this run's list.
    pub(crate) fn new(execution: Memo<Execution>) -> Self {
        Self {
            known: RwSignal::new(Known::Asked),
            wanted: RwSignal::new(true),
            execution,
            turn: StoredValue::new(0),
        }
    }

    /// Asks whether the list is still here: the worker keeps the last few only.
    pub(crate) fn ask(self) {
        if self.known.with_untracked(|known| *known == Known::Reading) {
            // What that brings is the newest there is.
            return;
        }
        self.known.set(Known::Asked);
        let run = self.execution.with_untracked(|e| e.id.to_string());
        self.call(Request::Columns { run }, None);
    }

    /// Whether they are to go along.
    pub(crate) fn are_wanted(self) -> bool {
        let is_here = |known: &Known| matches!(known, Known::Here(names) if !names.is_empty());
        self.wanted.get_untracked() && self.known.with_untracked(is_here)
    }

    /// Whether it will be known in a moment if there are any; tracked.
    pub(crate) fn are_asked(self) -> bool {
        self.known
            .with(|known| matches!(known, Known::Asked | Known::Reading))
    }

    /// Takes a file for the list, if it is the list.
    fn bring(self, file: &File) {
        if drop_paste::is_too_large(file) {
            self.next_turn();
            let why = "This file is larger than 300 MB, which is more than the page takes.";
            return self.known.set(Known::Refused(why.to_owned()));
        }
        self.known.set(Known::Reading);
        let join = self.execution.with_untracked(|e| Request::Join {
            run: e.id.to_string(),
            rows: e.rows,
            by: ReadBy {
                validation: e.settings.validation,
                restore_leading_zeros: e.settings.restore_leading_zeros,
                column: None,
            },
        });
        self.call(join, Some(file));
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn call(self, request: Request, attached: Option<&JsValue>) {
        let turn = self.next_turn();
        let told = Box::new(move |event, _| {
            if let (true, Some(known)) = (self.turn.try_get_value() == Some(turn), known_by(event))
            {
                self.known.try_set(known);
            }
        });
        worker_client::ask(request, attached, told);
    }
}

fn known_by(event: Event) -> Option<Known> {
    let refused = |why: &str| Known::Refused(why.to_owned());
    Some(match event {
        Event::Columns(names) => Known::Here(names),
        Event::Gone | Event::Lost => Known::Gone,
        Event::Unlike { row: None } => {
            refused("This file has another number of lines than the run: it isn't the run's list.")
        }
        Event::Unlike { row: Some(row) } => Known::Refused(format!(
            "This file isn't the run's list: row {} has another number.",
            words::group_digits(row + 1)
        )),
        Event::Unreadable => refused("The browser could not read this file. Choose it again."),
        Event::Refused(refusal) => Known::Refused(format!("{}. {}", refusal.title, refusal.words)),
        Event::Trouble(trouble) => {
            let error = ApiError::from(trouble);
            Known::Refused(format!("{}. Choose the file again.", error.title()))
        }
        _ => return None,
    })
}

/// Whether they go along; where the list is gone, a way to bring it again.
#[component]
pub(crate) fn ColumnsChoice(columns: Columns) -> impl IntoView {
    let Columns { known, wanted, .. } = columns;
    let names = text(move || {
        known.with(|known| match known {
            Known::Here(names) => words::some_of(names, 6),
            _ => String::new(),
        })
    });
    let says = text(move || {
        known.with(|known| match known {
            Known::Gone => "This page no longer holds your list, so the file has the results only. \
                            Choose the list's file to add its other columns; it stays in this browser."
                .to_owned(),
            Known::Reading => "Comparing it with the run…".to_owned(),
            Known::Refused(why) => why.clone(),
            Known::Asked | Known::Here(_) => String::new(),
        })
    });
    let has_names = move || known.with(|k| matches!(k, Known::Here(names) if !names.is_empty()));
    let is_away = move || known.with(|k| matches!(k, Known::Gone | Known::Refused(_)));
    let on_file = move |event| {
        let field = event_target::<HtmlInputElement>(&event);
        if let Some(file) = field.files().and_then(|files| files.get(0)) {
            columns.bring(&file);
        }
        // So that the same file, mended meanwhile, can be chosen again.
        field.set_value("");
    };
    view! {
        <fieldset hidden=flag(move || known.with(|k| matches!(k, Known::Asked) || *k == Known::Here(Vec::new())))>
            <legend>"Your list's other columns"</legend>
            <label class="check" hidden=flag(move || !has_names())>
                <input
                    type="checkbox"
                    prop:checked=wanted
                    data-testid="download-columns"
                    on:change=move |event| wanted.set(event_target::<HtmlInputElement>(&event).checked())
                />
                <span data-testid="download-columns-names">{names}</span>
            </label>
            <p class="soft" role="status" data-testid="download-columns-says">{says}</p>
            <label class="file plain" hidden=flag(move || !is_away())>
                <input type="file" class="unseen" data-testid="download-list" on:change=on_file/>
                "Choose the list's file"
            </label>
        </fieldset>
    }
}
