//! The invalid lines of a list.

use std::sync::Arc;

use leptos::prelude::*;
use worker::protocol::{Line, ListSummary};

use crate::compose::list::ListState;
use crate::ui::boxed::{click, maybe};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// How many line numbers the sentence names.
const NAMED: usize = 3;

/// The line numbers of a list's invalid lines. Show adds each line's text and what is wrong with it.
#[component]
pub(crate) fn InvalidLines(
    list: ListState,
    summary: Arc<ListSummary>,
    is_shown: RwSignal<bool>,
) -> impl IntoView {
    let total = summary.invalid;
    let first = summary.invalid_lines.iter().take(NAMED);
    let first: Vec<u64> = first.map(|line| line.number).collect();
    view! {
        {if total == 1 { "line " } else { "lines " }}
        {words::places(&first, total)}
        "; not sent, but listed in the results "
        <Toggle is_on=is_shown id="show-invalid" show="Show" hide="Hide"/>
        {maybe(move || is_shown.get().then(|| view! { <Lines list total/> }))}
    }
}

#[component]
fn Lines(list: ListState, total: u64) -> impl IntoView {
    let line = |line: Line| {
        view! {
            <li>
                <span class="place">{words::group_digits(line.number)}</span>
                <span class="wrong mono">{line.text}</span>
                <span>{line.reason}</span>
            </li>
        }
    };
    let lines = move || list.invalid.get().into_iter().map(line).collect_view();
    let more = maybe(move || {
        let left = total.saturating_sub(list.invalid.with(Vec::len) as u64);
        (left > 0).then(|| {
            view! {
                <button type="button" class="plain" data-testid="more-invalid" on:click=click(move || list.load_more_invalid())>
                    "Show more (" {words::group_digits(left)} " left)"
                </button>
            }
        })
    });
    view! {
        <ol class="wrong-lines" data-testid="invalid-lines" tabindex="0" aria-label="Lines without a number">
            {lines}
        </ol>
        {more}
    }
}
