//! What the list was understood as: a figure for everything there is to say.

use std::sync::Arc;

use contract::list::Column;
use leptos::prelude::*;
use worker::protocol::{Digest, Refusal};

use crate::compose::invalid_lines::Wrong;
use crate::compose::list::{ListState, Reading};
use crate::compose::rules;
use crate::ui::boxed::{click, maybe, part, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// What the list was understood as.
#[component]
pub(crate) fn ListReport(list: ListState) -> impl IntoView {
    // Whether the wrong lines are shown: kept while the list is typed on.
    let shown = RwSignal::new(false);
    let said = text(move || match list.reading.get() {
        Reading::List(digest) => rules::said(&digest),
        Reading::Busy => "Reading".to_owned(),
        _ => String::new(),
    });
    view! {
        <p class="unseen" role="status" data-testid="said">{said}</p>
        {part(move || match list.reading.get() {
            Reading::Nothing => view! {
                <p class="soft">"Nine digits a line, with or without hyphens; or a CSV with a column of them, whose other columns stay here."</p>
            }
            .into_any(),
            Reading::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
            Reading::Refused(refusal) => view! { <Refused list refusal/> }.into_any(),
            Reading::List(digest) => view! { <Figures list digest shown/> }.into_any(),
        })}
    }
}

#[component]
fn Refused(list: ListState, refusal: Arc<Refusal>) -> impl IntoView {
    let (title, words) = (refusal.title.clone(), refusal.words.clone());
    match refusal.choices.is_empty() {
        false => view! {
            <div class="asked" role="alert">
                <h2>{title}</h2>
                <p class="label">{words}</p>
            </div>
            <ColumnField list choices=refusal.choices.clone() chosen=None/>
        }
        .into_any(),
        true => view! {
            <div class="notice bad" role="alert" data-testid="refused">
                <b>{title}</b> {words}
            </div>
        }
        .into_any(),
    }
}

#[component]
fn ColumnField(list: ListState, choices: Vec<Column>, chosen: Option<usize>) -> impl IntoView {
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
fn Figures(list: ListState, digest: Arc<Digest>, shown: RwSignal<bool>) -> impl IntoView {
    let zeros = click(move || list.restore.update(|on| *on = !*on));
    let zeros_words = text(move || {
        let words = if list.restore.get() {
            "Leave them out"
        } else {
            "Restore"
        };
        words.to_owned()
    });
    let figure = |name, id, number, class, words: AnyView| {
        // The numbers to look up are always shown, all else only where there is some.
        (number > 0 || id == "numbers").then(|| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd class=format!("count {class}") data-testid=format!("report-{id}")>{words::group_digits(number)}</dd>
                    <dd class="label">{words}</dd>
                </div>
            }
        })
    };
    view! {
        <dl class="report" data-testid="report">
            {figure("Numbers to look up", "numbers", digest.items, "", view! { <TableColumn list digest=digest.clone()/> }.into_any())}
            {figure("Repeated lines", "repeated", digest.duplicates, "", "asked once, answered in every row".into_any())}
            {figure("Lost their leading zeros", "zeros", digest.zeros_lost, "warn", view! {
                "7 or 8 digits, as a spreadsheet leaves them "
                <button type="button" class="plain" data-testid="restore" on:click=zeros>{zeros_words}</button>
            }.into_any())}
            {figure("Look twice", "warnings", digest.warnings, "warn", "never issued by the SSA; looked up all the same".into_any())}
            {figure("Not a number", "invalid", digest.invalid, "bad", view! { <Wrong list digest=digest.clone() shown/> }.into_any())}
        </dl>
    }
}

/// Which column of a table was taken, and the choice of another.
#[component]
fn TableColumn(list: ListState, digest: Arc<Digest>) -> impl IntoView {
    let choosing = RwSignal::new(false);
    let name = digest.columns.get(digest.column)?.clone();
    let field = maybe(move || {
        let choices = || {
            let names = digest.columns.iter().cloned().enumerate();
            names.map(|(index, name)| Column { index, name }).collect()
        };
        choosing
            .get()
            .then(|| view! { <ColumnField list choices=choices() chosen=Some(digest.column)/> })
    });
    Some(view! {
        "column “" {name} "” "
        <Toggle on=choosing id="other-column" show="Use another" hide="Keep it"/>
        {field}
    })
}
