//! What the worker found in the list.

use std::sync::Arc;

use leptos::prelude::*;
use worker::protocol::ListError;

use crate::compose::list::{ListState, Reading};
use crate::compose::part::{Part, list_part};
use crate::compose::rules;
use crate::ui::boxed::{memo, part, text};

/// What is shown of a reading. That of a list is updated in place.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Busy,
    Refused(Arc<ListError>),
    Figures,
}

/// What the worker found in the list.
#[component]
pub(crate) fn ListReport(list: ListState) -> impl IntoView {
    // Outside of the view below, so that the invalid lines stay shown when the list is empty meanwhile.
    let is_shown = RwSignal::new(false);
    let announcement = text(move || match list.reading.get() {
        Reading::List(summary) => rules::announcement(&summary),
        Reading::Busy => "Reading".to_owned(),
        _ => String::new(),
    });
    let shown = memo(move || match list.reading.get() {
        Reading::Nothing => Shown::Nothing,
        Reading::Busy => Shown::Busy,
        Reading::Refused(error) => Shown::Refused(error),
        Reading::List(_) => Shown::Figures,
    });
    view! {
        <p class="unseen" role="status" data-testid="said">{announcement}</p>
        {part(move || match shown.get() {
            Shown::Nothing => view! {
                <p class="soft">"One number per line, with or without hyphens, or a CSV or workbook with a column of numbers. Its other columns stay in this browser."</p>
            }
            .into_any(),
            Shown::Busy => view! { <p class="soft">"Reading…"</p> }.into_any(),
            Shown::Refused(error) => view! {
                <div class="notice bad" role="alert" data-testid="refused">
                    <b>{error.title.clone()}</b> {error.advice.clone()}
                </div>
            }
            .into_any(),
            Shown::Figures => list.part.show(list_part(list, Part::Figures(is_shown))),
        })}
    }
}
