//! The table's head and rows.

use contract::wire::{Outcome, ResultRow};
use leptos::prelude::*;

use crate::run::row::{Row, number, spoken_number, summary};
use crate::run::row_store::RowStore;
use crate::ui::boxed::{flag, memo, part, text};
use crate::ui::mark::Mark;
use crate::ui::{labels, words};

/// The column headers.
#[component]
pub(crate) fn Head() -> impl IntoView {
    view! {
        <div class="row head" role="row" aria-rowindex="1">
            <span role="columnheader" class="place">"Line"</span>
            <span role="columnheader">"Number"</span>
            <span role="columnheader">"Outcome"</span>
            <span role="columnheader" class="right">"Status"</span>
            <span role="columnheader" class="right time">"Time"</span>
            <span role="columnheader" class="says">"Answer"</span>
        </div>
    }
}

/// The row at a position of the table; an ellipsis until the row is loaded.
#[component]
pub(crate) fn TableRow(
    position: u64,
    store: RwSignal<RowStore>,
    active: RwSignal<Option<u64>>,
    open: RwSignal<Option<Row>>,
    show: impl Fn(u64) + Send + 'static,
) -> impl IntoView {
    let row = memo(move || store.with(|store| store.get(position).cloned()));
    let is_open = memo(move || {
        let index = row.with(|row| row.as_ref().map(|row| row.row));
        index.is_some() && open.with(|open| open.as_ref().map(|open| open.row)) == index
    });
    view! {
        <div
            class="row"
            class:active=flag(move || active.get() == Some(position))
            class:open=flag(move || is_open.get())
            role="row"
            id=format!("row-{position}")
            aria-rowindex=(position + 2).to_string()
            aria-selected=text(move || is_open.get().to_string())
            data-testid="row"
            on:click=move |_| show(position)
        >
            {part(move || match row.get() {
                Some(row) => cells(&row).into_any(),
                None => view! { <span role="gridcell" class="place faint">"…"</span> }.into_any(),
            })}
        </div>
    }
}

fn cells(row: &ResultRow) -> impl IntoView + use<> {
    let has_body = row.outcome == Outcome::Succeeded && row.body.is_some();
    let summary_class = if has_body { "says" } else { "says soft" };
    view! {
        <span role="gridcell" class="place">{words::group_digits(row.line)}</span>
        <span role="gridcell" class="mono" aria-label=spoken_number(row)>{number(row)}</span>
        <span role="gridcell" class="outcome"><Mark outcome=row.outcome/> {labels::outcome(row.outcome)}</span>
        <span role="gridcell" class="right">{row.status_code.map(|status| status.to_string())}</span>
        <span role="gridcell" class="right time">
            {row.duration_ms.map(|ms| words::duration(ms.into()))}
        </span>
        <span role="gridcell" class=summary_class>{summary(row)}</span>
    }
}
