//! The first lines of a list that isn't in the text field. Loaded with the first list.

use std::sync::Arc;

use leptos::prelude::*;
use worker::protocol::ListSummary;

use crate::ui::words;

/// How the list was read, and its first lines: numbers masked, invalid lines as they are.
#[component]
pub(crate) fn ListPreview(summary: Arc<ListSummary>) -> impl IntoView {
    let more = summary.rows - summary.preview.len() as u64;
    let lines = summary.preview.iter().map(|line| {
        let class = if line.reason.is_some() { "wrong" } else { "number" };
        let label = (!line.label.is_empty()).then(|| format!("{} · ", line.label));
        view! {
            <li>
                <span class="place">{words::group_digits(line.number)}</span>
                <span><span class="soft">{label}</span><span class=class>{line.text.clone()}</span></span>
            </li>
        }
    });
    view! {
        <p class="label" data-testid="seen">{words::pluralize(summary.rows, "line")} ", " {summary.read_as.clone()}</p>
        <ol class="preview mono" data-testid="preview">
            {lines.collect_view()}
            {(more > 0).then(|| view! {
                <li class="soft"><span class="place"></span> "… " {words::pluralize(more, "more line")}</li>
            })}
        </ol>
    }
}
