//! The dialog for a download: format, rows, numbers and columns.

use contract::wire::Execution;
use export::Format;
use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::HtmlInputElement;
use worker::protocol::SaveOptions;

use crate::api::RowFilter;
use crate::browser;
use crate::download::columns::{Columns, ColumnsChoice};
use crate::download::file_name::file_name;
use crate::download::state::Downloads;
use crate::ui::boxed::{click, flag, text};
use crate::ui::words;
use crate::worker_client::WorkerClient;

/// Each format, with its name and purpose.
const FORMATS: [(Format, &str, &str); 3] = [
    (Format::Csv, "CSV", "for a spreadsheet"),
    (Format::Ndjson, "NDJSON", "for programs, line by line"),
    (Format::Json, "JSON", "for programs, one array"),
];

/// The dialog's choices.
#[derive(Clone, Copy)]
struct Chosen {
    format: RwSignal<Format>,
    /// Whether only the rows that the page shows are downloaded.
    shown_only: RwSignal<bool>,
    /// Whether numbers are in full.
    full: RwSignal<bool>,
}

/// The button that opens the dialog, and the dialog. `filter` selects the rows that the page shows,
/// `filter_label` is its name.
#[component]
pub(crate) fn DownloadButton(
    downloads: Downloads,
    worker: WorkerClient,
    execution: Memo<Execution>,
    filter: RwSignal<RowFilter>,
    filter_label: Signal<String>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let columns = Columns::new(worker, execution);
    let chosen = Chosen {
        format: RwSignal::new(Format::Csv),
        shown_only: RwSignal::new(false),
        full: RwSignal::new(false),
    };
    let open = move || {
        chosen
            .shown_only
            .set(filter.get_untracked() != RowFilter::All);
        // Masked again, so that people choose full numbers for each download.
        chosen.full.set(false);
        columns.refresh();
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let start = move || {
        close();
        let (save, name) = execution.with_untracked(|e| {
            let filter = match chosen.shown_only.get_untracked() {
                true => filter.get_untracked(),
                false => RowFilter::All,
            };
            let save = SaveOptions {
                run: e.id.clone(),
                rows: e.rows,
                format: chosen.format.get_untracked(),
                filter: filter.to_api(),
                group: match filter {
                    RowFilter::Failure(status, error) => Some((status, error)),
                    RowFilter::All | RowFilter::Outcome(_) => None,
                },
                reveal: chosen.full.get_untracked(),
                columns: columns.are_wanted(),
            };
            let started = browser::file_time(&e.started_at);
            let is_running = !e.status.has_ended();
            let name = file_name(e.label.as_deref(), &started, is_running, save.format.name());
            (save, name)
        });
        downloads.start(save, name);
    };
    view! {
        <button
            type="button"
            class="button"
            data-testid="download"
            disabled=flag(move || downloads.is_running())
            on:click=click(open)
        >
            "Download…"
        </button>
        <dialog class="ask download" node_ref=dialog aria-labelledby="download-title" data-testid="download-ask">
            <h2 id="download-title">"Download rows"</h2>
            <Formats format=chosen.format/>
            <RowsChoice execution filter filter_label shown_only=chosen.shown_only/>
            <Numbers full=chosen.full/>
            <ColumnsChoice columns/>
            <p class="soft" hidden=flag(move || execution.with(|e| e.status.has_ended())) data-testid="download-so-far">
                "The run isn't over: numbers without an answer are PENDING."
            </p>
            <div class="buttons">
                <button type="button" class="button" data-testid="download-no" on:click=click(close)>"Cancel"</button>
                <button type="button" class="button filled" data-testid="download-yes" disabled=flag(move || columns.is_busy()) on:click=click(start)>
                    "Download"
                </button>
            </div>
        </dialog>
    }
}

#[component]
fn Formats(format: RwSignal<Format>) -> impl IntoView {
    let choices = FORMATS.map(|(this, name, purpose)| {
        view! {
            <Radio
                group="download-format"
                id=this.name()
                is_on=flag(move || format.get() == this)
                on_choose=move |()| format.set(this)
            >
                {name} <span class="soft">" " {purpose}</span>
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

/// The choice between all rows and those that the page shows; hidden if it shows all.
#[component]
fn RowsChoice(
    execution: Memo<Execution>,
    filter: RwSignal<RowFilter>,
    filter_label: Signal<String>,
    shown_only: RwSignal<bool>,
) -> impl IntoView {
    let all = text(move || execution.with(|e| words::group_digits(e.rows)));
    view! {
        <fieldset hidden=flag(move || filter.get() == RowFilter::All)>
            <legend>"Rows"</legend>
            <Radio
                group="download-rows"
                id="all"
                is_on=flag(move || !shown_only.get())
                on_choose=move |()| shown_only.set(false)
            >
                "All " {all}
            </Radio>
            <Radio
                group="download-rows"
                id="shown"
                is_on=flag(move || shown_only.get())
                on_choose=move |()| shown_only.set(true)
            >
                "Only those shown: " {filter_label}
            </Radio>
        </fieldset>
    }
}

#[component]
fn Numbers(full: RwSignal<bool>) -> impl IntoView {
    let note = text(move || {
        match full.get() {
            true => {
                "Anyone who can read the file can read the numbers. The server records in its log who \
                 revealed how many numbers of which run."
            }
            false => {
                "Only the last four digits of each number are shown. In your list's other columns, \
                 anything with nine digits is masked in the same way."
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
                is_on=flag(move || !full.get())
                on_choose=move |()| full.set(false)
            >
                "Masked"
            </Radio>
            <Radio
                group="download-numbers"
                id="full"
                is_on=flag(move || full.get())
                on_choose=move |()| full.set(true)
            >
                "In full"
            </Radio>
            <p class="soft" data-testid="download-numbers-says" aria-live="polite">{note}</p>
        </fieldset>
    }
}

/// A radio button.
#[component]
fn Radio(
    group: &'static str,
    id: &'static str,
    is_on: Signal<bool>,
    #[prop(into)] on_choose: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="radio"
                name=group
                prop:checked=is_on
                data-testid=format!("download-{id}")
                on:change=move |event| {
                    if event_target::<HtmlInputElement>(&event).checked() {
                        on_choose.run(());
                    }
                }
            />
            <span>{children()}</span>
        </label>
    }
}
