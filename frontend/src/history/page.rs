//! The page of the caller's runs.

use client::ClientError;
use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::api::is_retryable;
use crate::browser;
use crate::delete::{DeleteDialog, Deletion};
use crate::history::runs::Runs;
use crate::polling::Poller;
use crate::polling::schedule::PollResult;
use crate::services::Services;
use crate::ui::boxed::{click, flag, maybe, memo, part, spawn, text};
use crate::ui::heading::Heading;
use crate::ui::mark::{Mark, class};
use crate::ui::notice::ErrorNotice;
use crate::ui::{labels, words};

/// The caller's runs, newest first; polled while one of them runs.
#[component]
pub(crate) fn History(services: Services) -> impl IntoView {
    let Services { api, message, .. } = services;
    let runs = RwSignal::new(Runs::default());
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ClientError>);
    let poller = Poller::start(move |signal| async move {
        match api.client(signal.as_ref()).executions(None).await {
            Ok(page) => {
                error.try_set(None);
                runs.try_update(|runs| runs.refresh(page));
                match runs.try_with_untracked(Runs::has_running) {
                    Some(true) => PollResult::Continue,
                    _ => PollResult::Done,
                }
            }
            Err(failure) => {
                let is_retryable = is_retryable(&failure);
                error.try_set(Some(failure));
                match is_retryable {
                    true => PollResult::Failed,
                    false => PollResult::Done,
                }
            }
        }
    });
    let load_older = move || {
        let Some(cursor) = runs.with_untracked(|runs| runs.next.clone()) else {
            return;
        };
        is_busy.set(true);
        spawn(async move {
            match api.client(None).executions(Some(&cursor)).await {
                Ok(page) => {
                    error.try_set(None);
                    runs.try_update(|runs| runs.extend(&cursor, page));
                }
                Err(failure) => {
                    error.try_set(Some(failure));
                }
            }
            is_busy.try_set(false);
        });
    };
    let deletion = Deletion::new();
    // The message is shown once, on the first page after the deletion.
    on_cleanup(move || message.set(None));
    let is_empty = memo(move || runs.with(|runs| runs.is_loaded && runs.runs.is_empty()));
    // The entries are rebuilt only when a run is added or removed, since that loses the focus.
    let ids = memo(move || {
        runs.with(|runs| {
            runs.runs
                .iter()
                .map(|run| run.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let entries = part(move || {
        let entries = ids.get().into_iter().filter_map(|id| {
            let find = {
                let id = id.clone();
                move |runs: &Runs| runs.runs.iter().find(|run| run.id == id).cloned()
            };
            let first = runs.with_untracked(&find)?;
            let run = memo(move || runs.with(&find).unwrap_or_else(|| first.clone()));
            Some(view! { <Entry run deletion/> })
        });
        entries.collect_view().into_any()
    });
    view! {
        <header>
            <div>
                <Heading text="History" visits=services.visits/>
                <p class="soft">"Your runs, newest first."</p>
            </div>
        </header>
        <div role="status">
            {maybe(move || message.get().map(|message| view! {
                <p class="notice good" data-testid="done">{message}</p>
            }))}
        </div>
        <ErrorNotice error=error retry="This page tries again by itself."/>
        {maybe(move || is_empty.get().then(|| view! {
            <p data-testid="history-empty">"No runs yet. " <a href="/">"Look up a list"</a> "."</p>
        }))}
        <ol class="runs" data-testid="history">{entries}</ol>
        <button
            type="button"
            class="button"
            hidden=flag(move || runs.with(|runs| runs.next.is_none()))
            data-testid="history-more"
            disabled=flag(move || is_busy.get())
            on:click=click(load_older)
        >
            "Show older"
        </button>
        <DeleteDialog services deletion on_deleted=move |()| poller.wake()/>
    }
}

#[component]
fn Entry(run: Memo<Execution>, deletion: Deletion) -> impl IntoView {
    let figures = part(move || {
        let counts = run.with(|run| run.counts);
        let figures = Outcome::ALL.into_iter().filter_map(|outcome| {
            let count = Some(counts.get(outcome)).filter(|count| *count > 0)?;
            Some(view! {
                <span class=format!("figure {}", class(outcome))>
                    <Mark outcome/> {words::group_digits(count)} " " {labels::outcome(outcome).to_ascii_lowercase()}
                </span>
            })
        });
        figures.collect_view().into_any()
    });
    let (id, name, facts) = run.with_untracked(|run| {
        let started = browser::local_time(&run.started_at);
        let facts = format!("{started} · {}", words::pluralize(run.rows, "line"));
        (run.id.clone(), labels::name(run), facts)
    });
    view! {
        <li>
            <a class="run" href=format!("/executions/{id}") data-testid="history-run">
                <span class="what">
                    <b>{name.clone()}</b>
                    <span class="label">{facts}</span>
                </span>
                <span class="outcomes label">{figures}</span>
                <span class="status">
                    {text(move || run.with(|run| labels::status(run.status).to_owned()))}
                </span>
            </a>
            <button
                type="button"
                class="plain"
                aria-label=format!("Delete {name}")
                data-testid="history-delete"
                on:click=click(move || deletion.ask(run.get_untracked()))
            >
                "Delete…"
            </button>
        </li>
    }
}
