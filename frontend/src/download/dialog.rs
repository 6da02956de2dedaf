//! Choosing what a file of a run's rows holds.

use contract::wire::Execution;
use export::Format;
use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::HtmlInputElement;
use worker::protocol::Save;

use crate::browser;
use crate::download::columns::{Columns, ColumnsChoice};
use crate::download::file_name::file_name;
use crate::download::state::Downloads;
use crate::run::choice::Choice;
use crate::ui::boxed::{click, flag, text};
use crate::ui::words;

/// Each format, with what it is good for.
const FORMATS: [(Format, &str, &str); 3] = [
    (Format::Csv, "CSV", "for a spreadsheet"),
    (Format::Ndjson, "NDJSON", "for programs, line by line"),
    (Format::Json, "JSON", "for programs, one array"),
];

/// What is chosen in the dialog.
#[derive(Clone, Copy)]
struct Chosen {
    format: RwSignal<Format>,
    /// Only the rows that the page shows.
    shown_only: RwSignal<bool>,
    full: RwSignal<bool>,
}

/// The button that opens the dialog, and the dialog. `shown` are the rows that the page shows.
#[component]
pub(crate) fn DownloadButton(execution: Memo<Execution>, shown: RwSignal<Choice>) -> impl IntoView {
    let downloads = Downloads::of_page();
    let dialog = NodeRef::<Dialog>::new();
    let columns = Columns::new(execution);
    let chosen = Chosen {
        format: RwSignal::new(Format::Csv),
        shown_only: RwSignal::new(false),
        full: RwSignal::new(false),
    };
    let open = move || {
        chosen.shown_only.set(shown.get_untracked() != Choice::All);
        // Full numbers are asked for anew each time.
        chosen.full.set(false);
        columns.ask();
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let begin = move || {
        close();
        let (save, name) = execution.with_untracked(|e| {
            let choice = match chosen.shown_only.get_untracked() {
                true => shown.get_untracked(),
                false => Choice::All,
            };
            let save = Save {
                run: e.id.to_string(),
                rows: e.rows,
                format: chosen.format.get_untracked(),
                filter: choice.query(),
                group: match choice {
                    Choice::Failed(status, error) => Some((status, error)),
                    Choice::All | Choice::Of(_) => None,
                },
                reveal: chosen.full.get_untracked(),
                columns: columns.are_wanted(),
            };
            let started = browser::file_time(&e.started_at);
            let running = !e.status.has_ended();
            let name = file_name(e.label.as_deref(), &started, running, save.format.name());
            (save, name)
        });
        downloads.begin(save, name);
    };
    view! {
        <button
            type="button"
            class="button"
            data-testid="download"
            disabled=flag(move || downloads.is_going())
            on:click=click(open)
        >
            "Download…"
        </button>
        <dialog class="ask download" node_ref=dialog aria-labelledby="download-title" data-testid="download-ask">
            <h2 id="download-title">"Download rows"</h2>
            <Formats format=chosen.format/>
            <RowsChoice execution shown shown_only=chosen.shown_only/>
            <Numbers full=chosen.full/>
            <ColumnsChoice columns/>
            <p class="soft" hidden=flag(move || execution.with(|e| e.status.has_ended())) data-testid="download-so-far">
                "The run goes on: what has no answer yet says PENDING."
            </p>
            <div class="buttons">
                <button type="button" class="button" data-testid="download-no" on:click=click(close)>"Cancel"</button>
                <button type="button" class="button filled" data-testid="download-yes" disabled=flag(move || columns.are_asked()) on:click=click(begin)>
                    "Download"
                </button>
            </div>
        </dialog>
    }
}

#[component]
fn Formats(format: RwSignal<Format>) -> impl IntoView {
    let choices = FORMATS.map(|(this, name, good_for)| {
        view! {
            <Radio
                group="download-format"
                id=this.name()
                on=flag(move || format.get() == this)
                chosen=move |()| format.set(this)
            >
                {name} <span class="soft">" " {good_for}</span>
            </Radio>
        }
    });
    view! {
        <fieldset>
            <legend>"Format"</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}

/// All rows or those that are shown, where that isn't the same.
#[component]
fn RowsChoice(
    execution: Memo<Execution>,
    shown: RwSignal<Choice>,
    shown_only: RwSignal<bool>,
) -> impl IntoView {
    let all = text(move || execution.with(|e| words::group_digits(e.rows)));
    view! {
        <fieldset hidden=flag(move || shown.get() == Choice::All)>
            <legend>"Rows"</legend>
            <Radio
                group="download-rows"
                id="all"
                on=flag(move || !shown_only.get())
                chosen=move |()| shown_only.set(false)
            >
                "All " {all}
            </Radio>
            <Radio
                group="download-rows"
                id="shown"
                on=flag(move || shown_only.get())
                chosen=move |()| shown_only.set(true)
            >
                "Only those shown: " {text(move || shown.get().words())}
            </Radio>
        </fieldset>
    }
}

#[component]
fn Numbers(full: RwSignal<bool>) -> impl IntoView {
    let says = text(move || {
        match full.get() {
            true => {
                "The file then holds the numbers, for whoever can read it. The server writes into its \
                 log that they were revealed: to whom, of which run, how many."
            }
            false => {
                "Each number shows its last four digits only. So does any other in your list's \
                 columns, and whatever else has nine digits there."
            }
        }
        .to_owned()
    });
    view! {
        <fieldset>
            <legend>"Numbers"</legend>
            <Radio
                group="download-numbers"
                id="masked"
                on=flag(move || !full.get())
                chosen=move |()| full.set(false)
            >
                "Masked"
            </Radio>
            <Radio
                group="download-numbers"
                id="full"
                on=flag(move || full.get())
                chosen=move |()| full.set(true)
            >
                "In full"
            </Radio>
            <p class="soft" data-testid="download-numbers-says" aria-live="polite">{says}</p>
        </fieldset>
    }
}

/// One of several choices.
#[component]
fn Radio(
    group: &'static str,
    id: &'static str,
    on: Signal<bool>,
    #[prop(into)] chosen: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="radio"
                name=group
                prop:checked=on
                data-testid=format!("download-{id}")
                on:change=move |event| {
                    if event_target::<HtmlInputElement>(&event).checked() {
                        chosen.run(());
                    }
                }
            />
            <span>{children()}</span>
        </label>
    }
}
