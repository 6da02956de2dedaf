//! What the worker found in a list, in figures. Loaded with the first list.

use leptos::prelude::*;
use worker::protocol::ListSummary;

use crate::compose::focus::focus_summary;
use crate::compose::invalid_lines::InvalidLines;
use crate::compose::list::ListState;
use crate::ui::boxed::{click, flag, maybe, memo, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// The counts of a list. They are updated in place, so that the focus stays where it is.
#[component]
pub(crate) fn Figures(list: ListState, is_shown: RwSignal<bool>) -> impl IntoView {
    let count = move |get: fn(&ListSummary) -> u64| {
        memo(move || list.summary().map_or(0, |summary| get(&summary)))
    };
    let message = text(move || {
        list.summary()
            .map_or_else(String::new, |summary| summary.no_number_message.clone())
    });
    let invalid = count(|summary| summary.invalid);
    view! {
        <p class="notice" role="status" data-testid="nothing" hidden=flag(move || message.with(String::is_empty))>{message}</p>
        <dl class="report" data-testid="report">
            <Figure name="Numbers to look up" id="numbers" count=count(|summary| summary.items) class="">
                <TableColumn list/>
            </Figure>
            <Figure name="Repeated lines" id="repeated" count=count(|summary| summary.duplicates) class="">
                "requested once, with its result in every row"
            </Figure>
            <Figure name="Leading zeros lost" id="zeros" count=count(|summary| summary.zeros.as_ref().map_or(0, |zeros| zeros.lines)) class="warn">
                <LostZeros list/>
            </Figure>
            <Figure name="Leading zeros restored" id="restored" count=count(|summary| summary.zeros_restored) class="">
                "7 or 8 digits, as a spreadsheet leaves them "
                <button type="button" class="plain" data-testid="leave-out" on:click=click(move || restore_zeros(list, false))>
                    "Leave them out"
                </button>
            </Figure>
            <Figure name="Never issued by the SSA" id="warnings" count=count(|summary| summary.warnings) class="warn">
                "looked up anyway"
            </Figure>
            <Figure name="Not a number" id="invalid" count=invalid class="bad">
                <InvalidLines list total=invalid is_shown/>
            </Figure>
        </dl>
    }
}

/// A count with a note, if it isn't 0. The numbers to look up are always shown.
#[component]
fn Figure(
    name: &'static str,
    id: &'static str,
    count: Memo<u64>,
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div hidden=flag(move || count.get() == 0 && id != "numbers")>
            <dt>{name}</dt>
            <dd class=format!("count {class}") data-testid=format!("report-{id}")>{text(move || words::group_digits(count.get()))}</dd>
            <dd class="label">{children()}</dd>
        </div>
    }
}

/// What the numbers without their zeros would become, and the button that restores them.
#[component]
fn LostZeros(list: ListState) -> impl IntoView {
    let zeros = memo(move || list.summary()?.zeros.clone());
    let sample = text(move || {
        let zeros = zeros.get();
        zeros.map_or_else(String::new, |zeros| {
            format!("{} → {}", zeros.from, zeros.to)
        })
    });
    let label = text(move || {
        let lines = zeros.get().map_or(0, |zeros| zeros.lines);
        format!("Restore the zeros of {}", words::pluralize(lines, "number"))
    });
    view! {
        <p>"7 or 8 digits, as a spreadsheet leaves them: " <span class="mono sample" data-testid="zeros-sample">{sample}</span></p>
        <button type="button" class="button filled" data-testid="restore" on:click=click(move || restore_zeros(list, true))>
            {label}
        </button>
    }
}

/// Restores lost zeros, or leaves them out. The clicked button disappears.
fn restore_zeros(list: ListState, restores: bool) {
    list.restores_zeros.set(restores);
    focus_summary();
}

/// The column with the numbers, and the choice of another one.
#[component]
fn TableColumn(list: ListState) -> impl IntoView {
    let columns = memo(move || {
        let summary = list.summary();
        summary.map_or_else(Default::default, |summary| {
            (summary.columns.clone(), summary.column)
        })
    });
    let is_table = memo(move || columns.with(|(names, _)| !names.is_empty()));
    let is_choosing = RwSignal::new(false);
    let name = text(move || {
        columns.with(|(names, column)| names.get(*column).cloned().unwrap_or_default())
    });
    let field = maybe(move || {
        let (names, chosen) = columns.get();
        is_choosing
            .get()
            .then(|| view! { <ColumnField list names chosen is_choosing/> })
    });
    view! {
        <span hidden=flag(move || !is_table.get())>
            "column “" {name} "” "
            <Toggle is_on=is_choosing id="other-column" show="Use another" hide="Keep it"/>
            {field}
        </span>
    }
}

#[component]
fn ColumnField(
    list: ListState,
    names: Vec<String>,
    chosen: usize,
    is_choosing: RwSignal<bool>,
) -> impl IntoView {
    let on_change = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            list.column.set(Some(index));
            is_choosing.set(false);
            focus_summary();
        }
    };
    let options = names.into_iter().enumerate().map(|(index, name)| {
        view! { <option value=index.to_string() selected=index == chosen>{name}</option> }
    });
    view! {
        <select aria-label="Column with the numbers" data-testid="column" on:change=on_change>
            {options.collect_view()}
        </select>
    }
}
