//! The panel with a row's details.

use contract::wire::ResultRow;
use leptos::prelude::*;

use crate::run::body_text;
use crate::run::row::{Row, number, spoken, spoken_number, summary};
use crate::ui::boxed::{maybe, text};
use crate::ui::mark::Mark;
use crate::ui::{labels, words};

/// The panel of the open row; nothing without one.
#[component]
pub(crate) fn RowPanel(open: RwSignal<Option<Row>>) -> impl IntoView {
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(None);
        }
    };
    // Outside of the panel: screen readers may skip a live region that appears with its text.
    let announcement =
        text(move || open.with(|row| row.as_deref().map_or_else(String::new, spoken)));
    let panel = maybe(move || {
        open.get().map(|row| {
            view! {
                <aside class="panel card" aria-label="The chosen line" data-testid="panel" on:keydown=on_key>
                    <header>
                        <h2>"Line " {words::group_digits(row.line)}</h2>
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
        <p class="unseen" role="status">{announcement}</p>
        {panel}
    }
}

fn facts(row: &ResultRow) -> impl IntoView + use<> {
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    let reason = (!row.outcome.is_definitive())
        .then(|| summary(row))
        .filter(|reason| !reason.is_empty());
    view! {
        <dl class="facts">
            <div><dt>"Number"</dt><dd class="mono" data-testid="panel-number" aria-label=spoken_number(row)>{number(row)}</dd></div>
            <div>
                <dt>"Outcome"</dt>
                <dd class="outcome"><Mark outcome=row.outcome/> {labels::outcome(row.outcome)}</dd>
            </div>
            {fact("Reason", reason)}
            {fact("Warning", row.warning.map(|warning| warning.message().to_owned()))}
            {fact("Status", row.status_code.map(|status| status.to_string()))}
            {fact("Time", row.duration_ms.map(|ms| words::duration(ms.into())))}
            {fact("Attempts", (row.attempts > 0).then(|| words::group_digits(row.attempts.into())))}
        </dl>
    }
}

fn body(row: &ResultRow) -> impl IntoView + use<> {
    row.body.as_ref().map(|body| {
        view! {
            <h2 id="body-title">"The upstream's answer"</h2>
            <pre tabindex="0" aria-labelledby="body-title" data-testid="panel-body">{body_text::pretty(body.get())}</pre>
        }
    })
}
