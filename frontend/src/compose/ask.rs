//! The choice of a table's column of numbers, if it isn't certain. Loaded with the first list.

use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};
use worker::protocol::{ListTable, TableColumn};

use crate::compose::list::ListState;
use crate::ui::boxed::{part, spawn, text};

/// The candidates that have a button below the table. Every column has one in its header.
const MAX_BUTTONS: usize = 6;

/// The first rows of the table. A click on a column chooses it.
#[component]
pub(crate) fn AskColumn(list: ListState) -> impl IntoView {
    let error = Memo::new(move |_| list.refused_table());
    let title = text(move || {
        error
            .get()
            .map_or_else(String::new, |error| error.title.clone())
    });
    let advice = text(move || {
        error
            .get()
            .map_or_else(String::new, |error| error.advice.clone())
    });
    let is_chosen = StoredValue::new(false);
    let choose = move |event: MouseEvent| {
        if let Some(column) = column_at(&event) {
            is_chosen.set_value(true);
            list.column.set(Some(column));
        }
    };
    on_cleanup(move || {
        if is_chosen.get_value() {
            // The chosen button is gone.
            spawn(focus_summary());
        }
    });
    let table = part(move || {
        let error = error.get();
        let table = error.as_ref().and_then(|error| error.table.as_ref());
        table.map_or_else(
            || ().into_any(),
            |table| view! { <Table table=table.clone()/> }.into_any(),
        )
    });
    view! {
        <section class="card ask-column" aria-labelledby="ask-title" data-testid="ask" on:click=choose>
            <div role="alert">
                <h2 id="ask-title">{title}</h2>
                <p class="soft">{advice}</p>
            </div>
            {table}
        </section>
    }
}

/// The column that was clicked.
fn column_at(event: &MouseEvent) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let cell = target.closest("[data-column]").ok()??;
    cell.get_attribute("data-column")?.parse().ok()
}

async fn focus_summary() {
    tick().await;
    if let Some(summary) = document().get_element_by_id("summary") {
        let _ = summary.unchecked_ref::<HtmlElement>().focus();
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
        <p class="label" data-testid="seen">{table.seen.clone()}</p>
        <div class="scroll" tabindex="0" role="region" aria-label="First lines of the table">
            <table>
                <thead><tr><th scope="col" class="place">"Line"</th>{headers.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <div class="buttons">
            {buttons.collect_view()}
            <span class="soft">"You can take another one until the run starts."</span>
        </div>
    }
}
