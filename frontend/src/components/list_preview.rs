//! The first lines of a list that isn't in the text field.

use leptos::prelude::*;

use crate::components::list_state::{ListState, Reading};
use crate::logic::{report, words};
use crate::one_type::part;

const LINES: usize = 10;

/// The first lines: numbers masked, what is no number as it was typed.
#[component]
pub(crate) fn ListPreview(list: ListState) -> impl IntoView {
    part(move || match list.reading.get() {
        Reading::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
        Reading::Nothing => {
            view! { <p class="soft" data-testid="held-empty">"There is no line in it."</p> }
                .into_any()
        }
        Reading::Refused(_) => ().into_any(),
        Reading::List(source) => {
            let lines = report::preview(&source, LINES);
            let more = source.list.rows.len() - lines.len();
            view! {
                <ol class="preview mono" data-testid="preview">
                    {lines.into_iter().map(|line| view! {
                        <li>
                            <span class="place">{words::group(line.number)}</span>
                            {match line.value {
                                Ok(masked) => view! { <span class="number">{masked}</span> },
                                Err((typed, _)) => view! { <span class="wrong">{typed}</span> },
                            }}
                        </li>
                    }).collect_view()}
                    {(more > 0).then(|| view! {
                        <li class="soft"><span class="place"></span> "… " {words::count(more as u64, "more line")}</li>
                    })}
                </ol>
            }
            .into_any()
        }
    })
}
