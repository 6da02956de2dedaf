//! What the list was understood as: a figure for everything there is to say.

use std::sync::Arc;

use contract::list::{Column, ColumnChoice, ReadError, Source};
use leptos::prelude::*;

use crate::components::list_state::{ListState, Reading};
use crate::components::toggle::Toggle;
use crate::logic::{report, words};
use crate::one_type::{maybe, part, text};

/// What the list was understood as.
#[component]
pub(crate) fn ListReport(list: ListState) -> impl IntoView {
    part(move || {
        match list.reading.get() {
        Reading::Nothing => view! {
            <p class="soft">"Nine digits a line, with or without hyphens; or a CSV with a column of them, whose other columns stay here."</p>
        }
        .into_any(),
        Reading::Busy => view! { <p class="soft" role="status">"Reading…"</p> }.into_any(),
        Reading::Refused(error) => view! { <Refused list error/> }.into_any(),
        Reading::List(source) => view! { <Figures list source/> }.into_any(),
    }
    })
}

#[component]
fn Refused(list: ListState, error: Arc<ReadError>) -> impl IntoView {
    let choices = match &*error {
        ReadError::AmbiguousColumn { candidates } => Some(candidates.clone()),
        ReadError::NoColumn { columns } | ReadError::UnknownColumn { columns } => {
            Some(columns.clone())
        }
        _ => None,
    };
    match choices {
        Some(choices) => {
            let words = match *error {
                ReadError::AmbiguousColumn { .. } => "More than one column could be meant.",
                _ => "No column looks like it.",
            };
            view! {
                <h2>"Which column holds the numbers?"</h2>
                <p class="label">{words}</p>
                <ColumnField list choices chosen=None/>
            }
            .into_any()
        }
        None => view! {
            <div class="notice bad" role="alert" data-testid="refused">
                <b>"This can't be read as a list"</b> {error.to_string()}
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
            list.column.set(Some(Column::Index(index)));
        }
    };
    view! {
        <select aria-label="Column with the numbers" data-testid="column" on:change=on_change>
            <option value="" selected=chosen.is_none() disabled=true>"Choose…"</option>
            {choices.into_iter().map(|choice| view! {
                <option value=choice.index.to_string() selected=chosen == Some(choice.index)>{choice.name}</option>
            }).collect_view()}
        </select>
    }
}

#[component]
fn Figures(list: ListState, source: Arc<Source>) -> impl IntoView {
    let numbers = source.list.items.len() as u64;
    let wrong_lines = source.clone();
    let repeated = source.list.duplicates() as u64;
    let (lost, warned, wrong) = (
        source.zeros_lost() as u64,
        source.warnings() as u64,
        source.list.invalid as u64,
    );
    view! {
        <dl class="report" data-testid="report">
            <Figure name="Numbers to look up" id="numbers" number=numbers>
                <TableColumn list source/>
            </Figure>
            <Figure name="Repeated lines" id="repeated" number=repeated>
                "asked once, answered in every row"
            </Figure>
            <Figure name="Lost their leading zeros" id="zeros" number=lost warn=true>
                "7 or 8 digits, as a spreadsheet leaves them "
                <button type="button" class="plain" data-testid="restore" on:click=move |_| list.restore.update(|on| *on = !*on)>
                    {text(move || if list.restore.get() { "Leave them out" } else { "Restore" }.to_owned())}
                </button>
            </Figure>
            <Figure name="Look twice" id="warnings" number=warned warn=true>
                "never issued by the SSA; looked up all the same"
            </Figure>
            <Figure name="Not a number" id="invalid" number=wrong bad=true>
                <Wrong source=wrong_lines/>
            </Figure>
        </dl>
    }
}

/// A figure with its name and a line about it. The numbers to look up are always shown, all else
/// only where there is some.
#[component]
fn Figure(
    name: &'static str,
    id: &'static str,
    number: u64,
    #[prop(optional)] warn: bool,
    #[prop(optional)] bad: bool,
    children: Children,
) -> impl IntoView {
    (number > 0 || id == "numbers").then(|| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="count" class:warn=warn class:bad=bad data-testid=format!("report-{id}")>{words::group(number)}</dd>
                <dd class="label">{children()}</dd>
            </div>
        }
    })
}

/// Which column of a table was taken, and the choice of another.
#[component]
fn TableColumn(list: ListState, source: Arc<Source>) -> impl IntoView {
    let choosing = RwSignal::new(false);
    let table = source.table.clone().filter(|table| table.columns > 1)?;
    let names = (0..table.columns).map(|index| ColumnChoice {
        index,
        name: (table.headers.as_ref())
            .and_then(|headers| headers.get(index).cloned())
            .unwrap_or_else(|| format!("column {}", index + 1)),
    });
    let choices: Vec<_> = names.collect();
    let name = choices.get(table.column).map(|choice| choice.name.clone());
    let field = maybe(move || {
        let choices = choices.clone();
        choosing
            .get()
            .then(|| view! { <ColumnField list choices chosen=Some(table.column)/> })
    });
    Some(view! {
        "column “" {name} "” "
        <Toggle on=choosing id="other-column" show="Use another" hide="Keep it"/>
        {field}
    })
}

/// The lines that are no number: where they are, and on demand what was typed and why not.
#[component]
fn Wrong(source: Arc<Source>) -> impl IntoView {
    let shown = RwSignal::new(false);
    let total = source.list.invalid as u64;
    let first: Vec<u64> = report::invalid(&source, 3)
        .iter()
        .map(|line| line.number)
        .collect();
    let lines = move || {
        let lines = report::invalid(&source, report::SHOWN);
        let more = total - lines.len() as u64;
        view! {
            <ol class="wrong-lines" data-testid="invalid-lines" tabindex="0" aria-label="Lines that are no number">
                {lines.into_iter().filter_map(|line| line.value.err().map(|(typed, reason)| view! {
                    <li>
                        <span class="place">{words::group(line.number)}</span>
                        <span class="wrong mono">{typed}</span>
                        <span>{reason.message()}</span>
                    </li>
                })).collect_view()}
                {(more > 0).then(|| view! { <li>"… and " {words::group(more)} " more"</li> })}
            </ol>
        }
    };
    view! {
        {if total == 1 { "line " } else { "lines " }}
        {words::places(&first, total)}
        {if total == 1 { "; not sent, but has its row " } else { "; not sent, but each has its row " }}
        <Toggle on=shown id="show-invalid" show="Show" hide="Hide"/>
        {maybe(move || shown.get().then(&lines))}
    }
}
