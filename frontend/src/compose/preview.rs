//! The first lines of a list that isn't in the text field.

use leptos::prelude::*;

use crate::compose::list::{ListState, Reading};
use crate::ui::boxed::part;
use crate::ui::words;

/// The first lines: numbers masked, invalid lines as they are.
#[component]
pub(crate) fn ListPreview(list: ListState) -> impl IntoView {
    part(move || match list.reading.get() {
        Reading::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
        Reading::Nothing => {
            view! { <p class="soft" data-testid="held-empty">"It has no lines."</p> }.into_any()
        }
        Reading::Refused(_) => ().into_any(),
        Reading::List(summary) => {
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
                <ol class="preview mono" data-testid="preview">
                    {lines.collect_view()}
                    {(more > 0).then(|| view! {
                        <li class="soft"><span class="place"></span> "… " {words::pluralize(more, "more line")}</li>
                    })}
                </ol>
            }
            .into_any()
        }
    })
}
