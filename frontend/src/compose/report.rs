//! What the worker found in the list, in figures.

use std::sync::Arc;

use leptos::prelude::*;
use worker::protocol::{ColumnChoice, ListError, ListSummary};

use crate::compose::invalid_lines::InvalidLines;
use crate::compose::list::{ListState, Reading};
use crate::compose::rules;
use crate::ui::boxed::{click, maybe, part, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// What the worker found in the list.
#[component]
pub(crate) fn ListReport(list: ListState) -> impl IntoView {
    // Outside of the view below, which is rebuilt at each keystroke, so that the invalid lines stay shown.
    let is_shown = RwSignal::new(false);
    let announcement = text(move || match list.reading.get() {
        Reading::List(summary) => rules::announcement(&summary),
        Reading::Busy => "Reading".to_owned(),
        _ => String::new(),
    });
    view! {
        <p class="unseen" role="status" data-testid="said">{announcement}</p>
        {part(move || match list.reading.get() {
            Reading::Nothing => view! {
                <p class="soft">"One number per line, with or without hyphens, or a CSV with a column of numbers. Its other columns stay in this browser."</p>
            }
            .into_any(),
            Reading::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
            Reading::Refused(error) => view! { <Refused list error/> }.into_any(),
            Reading::List(summary) => view! { <Figures list summary is_shown/> }.into_any(),
        })}
    }
}

#[component]
fn Refused(list: ListState, error: Arc<ListError>) -> impl IntoView {
    let (title, advice) = (error.title.clone(), error.advice.clone());
    match error.column_choices.is_empty() {
        false => view! {
            <div class="choose-column" role="alert">
                <h2>{title}</h2>
                <p class="label">{advice}</p>
            </div>
            <ColumnField list choices=error.column_choices.clone() chosen=None/>
        }
        .into_any(),
        true => view! {
            <div class="notice bad" role="alert" data-testid="refused">
                <b>{title}</b> {advice}
            </div>
        }
        .into_any(),
    }
}

#[component]
fn ColumnField(
    list: ListState,
    choices: Vec<ColumnChoice>,
    chosen: Option<usize>,
) -> impl IntoView {
    let on_change = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            list.column.set(Some(index));
        }
    };
    let options = choices.into_iter().map(|choice| {
        let (index, selected) = (choice.index.to_string(), chosen == Some(choice.index));
        view! { <option value=index selected=selected>{choice.name}</option> }
    });
    view! {
        <select aria-label="Column with the numbers" data-testid="column" on:change=on_change>
            <option value="" selected=chosen.is_none() disabled=true>"Choose…"</option>
            {options.collect_view()}
        </select>
    }
}

#[component]
fn Figures(list: ListState, summary: Arc<ListSummary>, is_shown: RwSignal<bool>) -> impl IntoView {
    let toggle_zeros = click(move || list.restores_zeros.update(|on| *on = !*on));
    let zeros_label = text(move || {
        let label = if list.restores_zeros.get() {
            "Leave them out"
        } else {
            "Restore"
        };
        label.to_owned()
    });
    let figure = |name, id, count, class, note: AnyView| {
        // The numbers to look up are always shown, the others only if there are any.
        (count > 0 || id == "numbers").then(|| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd class=format!("count {class}") data-testid=format!("report-{id}")>{words::group_digits(count)}</dd>
                    <dd class="label">{note}</dd>
                </div>
            }
        })
    };
    view! {
        <dl class="report" data-testid="report">
            {figure("Numbers to look up", "numbers", summary.items, "", view! { <TableColumn list summary=summary.clone()/> }.into_any())}
            {figure("Repeated lines", "repeated", summary.duplicates, "", "requested once, with its result in every row".into_any())}
            {figure("Leading zeros lost", "zeros", summary.zeros_lost, "warn", view! {
                "7 or 8 digits, as a spreadsheet leaves them "
                <button type="button" class="plain" data-testid="restore" on:click=toggle_zeros>{zeros_label}</button>
            }.into_any())}
            {figure("Never issued by the SSA", "warnings", summary.warnings, "warn", "looked up anyway".into_any())}
            {figure("Not a number", "invalid", summary.invalid, "bad", view! { <InvalidLines list summary=summary.clone() is_shown/> }.into_any())}
        </dl>
    }
}

/// The column with the numbers, and the choice of another one.
#[component]
fn TableColumn(list: ListState, summary: Arc<ListSummary>) -> impl IntoView {
    let is_choosing = RwSignal::new(false);
    let name = summary.columns.get(summary.column)?.clone();
    let field = maybe(move || {
        let choices = || {
            let names = summary.columns.iter().cloned().enumerate();
            names
                .map(|(index, name)| ColumnChoice { index, name })
                .collect()
        };
        is_choosing
            .get()
            .then(|| view! { <ColumnField list choices=choices() chosen=Some(summary.column)/> })
    });
    Some(view! {
        "column “" {name} "” "
        <Toggle is_on=is_choosing id="other-column" show="Use another" hide="Keep it"/>
        {field}
    })
}
