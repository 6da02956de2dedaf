//! The lines of a list that are no number.

use std::sync::Arc;

use leptos::prelude::*;
use worker::protocol::{Digest, Line};

use crate::compose::list::ListState;
use crate::ui::boxed::{click, maybe};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// Places named in the sentence.
const PLACES: usize = 3;

/// Where they are, and on demand what was typed and why that is no number.
#[component]
pub(crate) fn Wrong(list: ListState, digest: Arc<Digest>, shown: RwSignal<bool>) -> impl IntoView {
    let total = digest.invalid;
    let first = digest.wrong.iter().take(PLACES);
    let first: Vec<u64> = first.map(|line| line.number).collect();
    view! {
        {if total == 1 { "line " } else { "lines " }}
        {words::places(&first, total)}
        {if total == 1 { "; not sent, but has its row " } else { "; not sent, but each has its row " }}
        <Toggle on=shown id="show-invalid" show="Show" hide="Hide"/>
        {maybe(move || shown.get().then(|| view! { <Lines list total/> }))}
    }
}

#[component]
fn Lines(list: ListState, total: u64) -> impl IntoView {
    let line = |line: Line| {
        view! {
            <li>
                <span class="place">{words::group_digits(line.number)}</span>
                <span class="wrong mono">{line.shown}</span>
                <span>{line.why}</span>
            </li>
        }
    };
    let lines = move || list.wrong.get().into_iter().map(line).collect_view();
    let more = maybe(move || {
        let left = total.saturating_sub(list.wrong.with(Vec::len) as u64);
        (left > 0).then(|| {
            view! {
                <button type="button" class="plain" data-testid="more-invalid" on:click=click(move || list.more_wrong())>
                    "Show more of " {words::group_digits(left)}
                </button>
            }
        })
    });
    view! {
        <ol class="wrong-lines" data-testid="invalid-lines" tabindex="0" aria-label="Lines that are no number">
            {lines}
        </ol>
        {more}
    }
}
