//! The button that starts the run, and the start's progress.

use leptos::prelude::*;

use crate::compose::draft::Draft;
use crate::compose::form::{self, RunForm, RunOptions};
use crate::router::Place;
use crate::services::Services;
use crate::ui::boxed::{click, flag, maybe, memo, text};
use crate::ui::notice::ErrorNotice;
use crate::ui::words;

/// An estimate of the run's time and the button that starts it; then the start's progress.
#[component]
pub(crate) fn StartBar(
    services: Services,
    draft: Draft,
    options: Memo<Result<RunOptions, RunForm>>,
    is_asking: Memo<bool>,
) -> impl IntoView {
    let Services { server, router, .. } = services;
    let Draft { list, start, .. } = draft;
    let counts = memo(move || {
        list.summary()
            .map_or((0, 0), |summary| (summary.rows, summary.items))
    });
    let max_rows = memo(move || u64::from(server.limits().list_rows));
    let is_too_long = memo(move || counts.get().0 > max_rows.get());
    let is_idle = memo(move || start.sending.with(Option::is_none));
    let is_ready = move || {
        counts.get().1 > 0
            && !list.is_stale.get()
            && !is_too_long.get()
            && options.with(Result::is_ok)
            && is_idle.get()
    };
    // Until the zeros are restored, that is the first thing to do.
    let has_lost_zeros = memo(move || {
        let summary = list.summary();
        summary.is_some_and(|summary| summary.zeros.is_some())
    });
    let send = click(move || {
        if let Ok(options) = options.get_untracked() {
            let on_started = move |id: &str| {
                // People who have left the page stay where they are.
                if router.place.get_untracked() == Place::Compose {
                    draft.mark_history_entry();
                    router.go(&format!("/executions/{id}"));
                }
            };
            start.send(
                list,
                options,
                untrack(|| server.limits()),
                Box::new(on_started),
            );
        }
    });
    let estimate = text(move || match (options.get(), counts.get().1) {
        (Err(_), _) | (_, 0) => String::new(),
        (Ok(options), items) => form::estimate(&options, items, &server.defaults()),
    });
    let label = text(move || match (is_idle.get(), counts.get().1) {
        (false, _) => "Starting…".to_owned(),
        (_, 0) => "Look up numbers".to_owned(),
        (_, items) => format!("Look up {}", words::pluralize(items, "number")),
    });
    // Without the progress, which a screen reader would read aloud at every change.
    let announcement = text(move || if is_idle.get() { "" } else { "Starting" }.to_owned());
    let retrying = Signal::derive(move || {
        start
            .sending
            .with(|sending| sending.as_ref()?.retrying.clone())
    });
    view! {
        <ErrorNotice error=retrying retry="This page tries again by itself, and continues where it was."/>
        <ErrorNotice error=start.error retry="Press the button again: that starts only one run, even if the first request arrived."/>
        <p class="notice bad" role="alert" hidden=flag(move || !is_too_long.get())>
            "The list has more lines than this server accepts (" {text(move || words::group_digits(max_rows.get()))} "). Split it."
        </p>
        <p class="unseen" role="status">{announcement}</p>
        <div class="start-bar" hidden=is_asking>
            <p class="label" data-testid="estimate" hidden=flag(move || !is_idle.get())>{estimate}</p>
            {maybe(move || (!is_idle.get()).then(|| view! { <Progress draft/> }))}
            <button type="button" class="button" class:filled=flag(move || !has_lost_zeros.get()) data-testid="start" disabled=flag(move || !is_ready()) on:click=send>
                {label}
            </button>
        </div>
    }
}

/// A start's progress, and its Cancel button.
#[component]
fn Progress(draft: Draft) -> impl IntoView {
    let start = draft.start;
    let progress = memo(move || {
        let sending = start.sending.get();
        sending.map_or((0, 0), |sending| (sending.done, sending.total))
    });
    let note = text(move || match progress.get() {
        (_, 0) => "Sending the list".to_owned(),
        (done, total) if done == total => "The list is sent, the run is starting".to_owned(),
        (done, total) => format!(
            "{} of {} sent",
            words::group_digits(done),
            words::pluralize(total, "line")
        ),
    });
    let value = text(move || progress.get().0.to_string());
    // A bar without a value shows only that something is in progress.
    let bar = maybe(move || {
        let (_, total) = progress.get();
        Some(match total {
            0 => view! { <progress aria-label="Upload of the list" data-testid="sent"></progress> }.into_any(),
            _ => view! {
                <progress aria-label="Upload of the list" data-testid="sent" value=value max=total.to_string()></progress>
            }
            .into_any(),
        })
    });
    view! {
        <div class="sending">
            <p class="label" data-testid="sending">{note}</p>
            {bar}
            <button type="button" class="plain" data-testid="cancel" on:click=click(move || start.cancel())>"Cancel"</button>
        </div>
    }
}
