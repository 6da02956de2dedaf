//! One row with all there is to know of it.

use contract::wire::ResultRow;
use leptos::prelude::*;

use crate::run::body_text;
use crate::run::row::{Row, number, outcome_words, spoken, spoken_number, summary};
use crate::ui::boxed::{maybe, text};
use crate::ui::mark::Mark;
use crate::ui::words;

/// The panel of the open row; nothing where none is.
#[component]
pub(crate) fn RowPanel(open: RwSignal<Option<Row>>) -> impl IntoView {
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(None);
        }
    };
    // Beside the panel: a reader that meets a region and its words at once may not speak them.
    let says = text(move || open.with(|row| row.as_deref().map_or_else(String::new, spoken)));
    let panel = maybe(move || {
        open.get().map(|row| {
            view! {
                <aside class="panel card" aria-label="The chosen row" data-testid="panel" on:keydown=on_key>
                    <header>
                        <h2>"Row " {words::group_digits(row.row + 1)}</h2>
                        <button type="button" class="plain" data-testid="panel-close" on:click=move |_| open.set(None)>
                            "Close"
                        </button>
                    </header>
                    <div>{facts(&row)} {body(&row)}</div>
                </aside>
            }
        })
    });
    view! {
        <p class="unseen" role="status">{says}</p>
        {panel}
    }
}

fn facts(row: &ResultRow) -> impl IntoView + use<> {
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    let says = (!row.outcome.is_definitive())
        .then(|| summary(row))
        .filter(|says| !says.is_empty());
    view! {
        <dl class="facts">
            <div><dt>"Number"</dt><dd class="mono" data-testid="panel-number" aria-label=spoken_number(row)>{number(row)}</dd></div>
            <div>
                <dt>"Outcome"</dt>
                <dd class="outcome"><Mark outcome=row.outcome/> {outcome_words(row.outcome)}</dd>
            </div>
            {fact("Why", says)}
            {fact("Look twice", row.warning.map(|warning| warning.message().to_owned()))}
            {fact("Status", row.status_code.map(|status| status.to_string()))}
            {fact("Time", row.duration_ms.map(|ms| words::duration(ms.into())))}
            {fact("Attempts", (row.attempts > 0).then(|| words::group_digits(row.attempts.into())))}
        </dl>
    }
}

fn body(row: &ResultRow) -> impl IntoView + use<> {
    row.body.as_ref().map(|body| {
        view! {
            <h2 id="body-title">"What the upstream said"</h2>
            <pre tabindex="0" aria-labelledby="body-title" data-testid="panel-body">{body_text::pretty(body.get())}</pre>
        }
    })
}
