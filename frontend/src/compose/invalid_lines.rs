//! The invalid lines of a list. Loaded with the first list.

use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use worker::protocol::Line;

use crate::compose::list::{Input, ListState};
use crate::ui::boxed::{click, effect, flag, maybe, memo, spawn, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// How many line numbers the sentence names.
const NAMED: usize = 3;

/// The line numbers of a list's invalid lines. Show adds each line's text and what is wrong with it.
#[component]
pub(crate) fn InvalidLines(
    list: ListState,
    total: Memo<u64>,
    is_shown: RwSignal<bool>,
) -> impl IntoView {
    let places = text(move || {
        let first: Vec<u64> = list
            .invalid
            .with(|lines| lines.iter().take(NAMED).map(|line| line.number).collect());
        let noun = if total.get() == 1 { "line" } else { "lines" };
        format!(
            "{noun} {}; not sent, but listed in the results ",
            words::places(&first, total.get())
        )
    });
    view! {
        {places}
        <Toggle is_on=is_shown id="show-invalid" show="Show" hide="Hide"/>
        {maybe(move || is_shown.get().then(|| view! { <Lines list total/> }))}
    }
}

#[component]
fn Lines(list: ListState, total: Memo<u64>) -> impl IntoView {
    let is_typed = memo(move || list.input.with(|input| matches!(input, Input::Typed(_))));
    let has_fields = memo(move || {
        let has_draft = |lines: &Vec<Line>| lines.iter().any(|line| line.draft.is_some());
        !is_typed.get() && list.invalid.with(has_draft)
    });
    // The row that was corrected last. Its field may be gone or replaced.
    let corrected = StoredValue::new(None);
    effect(move || {
        list.invalid.track();
        if let Some(row) = corrected.get_value() {
            corrected.set_value(None);
            spawn(focus_field(list, row));
        }
    });
    let line = move |line: Line| {
        let text = match (is_typed.get_untracked(), line.draft) {
            (false, Some(draft)) => {
                let correct = move |text: String| {
                    corrected.set_value(Some(line.row));
                    list.correct((line.row, line.number), text);
                };
                view! {
                    <input
                        type="text"
                        class="mono"
                        id=field_id(line.row)
                        data-testid=field_id(line.row)
                        autocomplete="off"
                        spellcheck="false"
                        aria-label=format!("Line {}", words::group_digits(line.number))
                        placeholder=line.text
                        value=draft
                        on:change:target=move |event| correct(event.target().value())
                    />
                }
                .into_any()
            }
            _ => view! { <span class="wrong mono">{line.text}</span> }.into_any(),
        };
        let place = words::group_digits(line.number);
        let place = match is_typed.get_untracked() {
            true => view! {
                <button type="button" class="plain place" title="Show this line in the text" on:click=click(move || lead_to(line.number))>
                    {place}
                </button>
            }
            .into_any(),
            false => view! { <span class="place">{place}</span> }.into_any(),
        };
        view! { <li>{place} {text} <span>{line.reason}</span></li> }
    };
    let more = maybe(move || {
        let left = total
            .get()
            .saturating_sub(list.invalid.with(Vec::len) as u64);
        (left > 0).then(|| {
            view! {
                <button type="button" class="plain" data-testid="more-invalid" on:click=click(move || list.load_more_invalid())>
                    "Show more (" {words::group_digits(left)} " left)"
                </button>
            }
        })
    });
    view! {
        <p hidden=flag(move || !has_fields.get())>"Correct a line here and press Enter. The file itself isn't changed."</p>
        <ol class="wrong-lines" data-testid="invalid-lines" tabindex="0" aria-label="Lines without a number">
            <For
                each=move || list.invalid.get()
                key=move |line| (is_typed.get_untracked(), line.clone())
                children=line
            />
        </ol>
        {more}
    }
}

fn field_id(row: usize) -> String {
    format!("line-{row}")
}

/// Focuses the field of the first invalid line from this row on, unless something else has the focus.
async fn focus_field(list: ListState, row: usize) {
    tick().await;
    let is_free = document()
        .active_element()
        .is_none_or(|focused| focused.tag_name() == "BODY");
    let next = list.invalid.try_with_untracked(|lines| {
        let mut lines = lines.iter().filter(|line| line.draft.is_some());
        lines.find(|line| line.row >= row).map(|line| line.row)
    });
    if let (true, Some(Some(row))) = (is_free, next)
        && let Some(field) = document().get_element_by_id(&field_id(row))
    {
        // As the Tab key does.
        let field: &HtmlInputElement = field.unchecked_ref();
        let _ = field.focus();
        field.select();
    }
}

/// Focuses the text field, selects a line in it, from 1, and scrolls to it.
fn lead_to(line: u64) {
    let field = document().get_element_by_id("numbers");
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return;
    };
    let value = field.value();
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let units = |line: &str| line.encode_utf16().count() as u32;
    let mut lines = value.split('\n');
    // Each line before it ends with a line break.
    let start: u32 = lines
        .by_ref()
        .take(before)
        .map(|line| units(line) + 1)
        .sum();
    let end = start + lines.next().map_or(0, units);
    let _ = field.focus();
    let _ = field.set_selection_range(start, end);
    // Lines aren't wrapped, so all have the same height.
    let count = value.split('\n').count().max(1) as f64;
    let height = f64::from(field.scroll_height()) / count;
    let top = height * (before as f64 + 0.5) - f64::from(field.client_height()) / 2.0;
    field.set_scroll_top(top as i32);
}
