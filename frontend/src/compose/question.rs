//! The choice of a workbook's sheet and of a table's column of numbers, if they aren't certain. Loaded
//! with the first list.

use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};
use worker::protocol::{ListError, ListTable, SheetName, TableColumn};

use crate::compose::focus::{focus, focus_summary};
use crate::compose::list::ListState;
use crate::ui::boxed::{part, spawn, text};

/// The candidates that have a button below the table. Every column has one in its header.
const MAX_BUTTONS: usize = 6;

/// The sheets of the workbook or the first rows of the table. A click on one of them chooses it.
#[component]
pub(crate) fn Question(list: ListState) -> impl IntoView {
    let error = Memo::new(move |_| list.question());
    let words = move |get: fn(&ListError) -> &str| {
        text(move || {
            let error = error.get();
            error.map_or_else(String::new, |error| get(&error).to_owned())
        })
    };
    let is_chosen = StoredValue::new(false);
    let choose = move |event: MouseEvent| {
        if let Some(column) = clicked(&event, "data-column") {
            list.column.set(Some(column));
        } else if let Some(sheet) = clicked(&event, "data-sheet") {
            list.choose_sheet(Some(sheet));
        } else {
            return;
        }
        is_chosen.set_value(true);
    };
    // What was clicked is gone now, so the focus goes on to what takes its place.
    spawn(focus_if_free());
    on_cleanup(move || {
        if is_chosen.get_value() {
            focus_summary();
        }
    });
    let choices = part(move || match error.get() {
        Some(error) if !error.sheets.is_empty() => {
            view! { <Sheets sheets=error.sheets.clone()/> }.into_any()
        }
        Some(error) => error.table.clone().map_or_else(
            || ().into_any(),
            |table| view! { <Table table/> }.into_any(),
        ),
        None => ().into_any(),
    });
    view! {
        <section
            class="card question"
            id="question"
            tabindex="-1"
            aria-labelledby="question-title"
            data-testid="ask"
            on:click=choose
        >
            <div role="alert">
                <h2 id="question-title">{words(|error| &error.title)}</h2>
                <p class="soft">{words(|error| &error.advice)}</p>
            </div>
            {choices}
        </section>
    }
}

/// The number in this attribute of what was clicked, if it has one.
fn clicked(event: &MouseEvent, attribute: &str) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let choice = target.closest(&format!("[{attribute}]")).ok()??;
    choice.get_attribute(attribute)?.parse().ok()
}

/// Focuses the question, unless something else that is shown has the focus.
async fn focus_if_free() {
    tick().await;
    let focused = document().active_element();
    // The summary is hidden while there is a question.
    let is_free =
        focused.is_none_or(|focused| focused.tag_name() == "BODY" || focused.id() == "summary");
    if is_free {
        focus("question");
    }
}

#[component]
fn Sheets(sheets: Vec<SheetName>) -> impl IntoView {
    let buttons = sheets.into_iter().map(|sheet| {
        view! {
            <button type="button" class="button" data-testid=format!("sheet-{}", sheet.index) data-sheet=sheet.index.to_string()>
                {sheet.name} {sheet.is_hidden.then(|| view! { <span class="soft">" (hidden)"</span> })}
            </button>
        }
    });
    view! {
        <div class="buttons">
            {buttons.collect_view()}
            <span class="soft">"You can choose another sheet until you start the run."</span>
        </div>
    }
}

#[component]
fn Table(table: ListTable) -> impl IntoView {
    let class = |column: &TableColumn| match (column.is_candidate, column.is_likely) {
        (_, true) => "candidate likely",
        (true, false) => "candidate",
        (false, false) => "",
    };
    let headers = table.columns.iter().map(|column| {
        view! {
            <th scope="col" class=class(column) data-column=column.index.to_string()>
                <button type="button" title="Use this column" data-testid=format!("column-{}", column.index)>
                    <b>{column.name.clone()}</b>
                    <span class="label">{column.note.clone()}</span>
                </button>
            </th>
        }
    });
    let rows = table.lines.iter().map(|line| {
        let cells = line.cells.iter().zip(&table.columns).map(|(cell, column)| {
            let shown = match cell.is_empty() {
                true => view! { <span class="soft">"empty"</span> }.into_any(),
                false => cell.clone().into_any(),
            };
            let column_class = class(column);
            let class = if column.is_candidate {
                format!("{column_class} mono")
            } else {
                String::new()
            };
            view! { <td class=class data-column=column.index.to_string()>{shown}</td> }
        });
        view! {
            <tr>
                <th scope="row" class="place">{line.number.to_string()}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    let candidates = table.columns.iter().filter(|column| column.is_candidate);
    let buttons = candidates.take(MAX_BUTTONS).map(|column| {
        let class = if column.is_likely { "button filled" } else { "button" };
        view! {
            <button type="button" class=class data-testid=format!("use-{}", column.index) data-column=column.index.to_string()>
                "Use “" {column.name.clone()} "”"
            </button>
        }
    });
    view! {
        <p class="label" data-testid="seen">{table.read_as.clone()}</p>
        <div class="scroll" tabindex="0" role="region" aria-label="First lines of the table">
            <table>
                <thead><tr><th scope="col" class="place">"Line"</th>{headers.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <div class="buttons">
            {buttons.collect_view()}
            <span class="soft">"You can choose another column until you start the run."</span>
        </div>
    }
}
