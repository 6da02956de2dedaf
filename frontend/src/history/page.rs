//! `/history`: the caller's runs, newest first.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::browser;
use crate::delete::{Delete, Deleting, Done};
use crate::history::runs::Runs;
use crate::polling::Poller;
use crate::polling::schedule::Came;
use crate::run::row::outcome_words;
use crate::ui::boxed::{click, flag, given, maybe, memo, part, spawn, text};
use crate::ui::heading::Heading;
use crate::ui::mark::{Mark, class};
use crate::ui::notice::Trouble;
use crate::ui::{labels, words};

/// The caller's runs, kept fresh while one of them runs.
#[component]
pub(crate) fn History() -> impl IntoView {
    let runs = RwSignal::new(Runs::default());
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<ApiError>);
    let poller = Poller::start(move |signal| async move {
        match api::executions(None, signal.as_ref()).await {
            Ok(page) => {
                trouble.try_set(None);
                runs.try_update(|runs| runs.refresh(page));
                match runs.try_with_untracked(Runs::any_runs) {
                    Some(true) => Came::Again,
                    _ => Came::End,
                }
            }
            Err(error) => {
                let passes = error.may_pass();
                trouble.try_set(Some(error));
                if passes { Came::Failed } else { Came::End }
            }
        }
    });
    let more = move || {
        let Some(cursor) = runs.with_untracked(|runs| runs.next.clone()) else {
            return;
        };
        busy.set(true);
        spawn(async move {
            match api::executions(Some(&cursor), None).await {
                Ok(page) => {
                    trouble.try_set(None);
                    runs.try_update(|runs| runs.extend(&cursor, page));
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    let deleting = Deleting::new();
    let Done(done) = given();
    // Told once: on the page that is come to after it was done.
    on_cleanup(move || done.set(None));
    let empty = memo(move || runs.with(|runs| runs.read && runs.runs.is_empty()));
    // Entries are made anew only where a run comes or goes, so that a focus stays.
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
            Some(view! { <Entry run deleting/> })
        });
        entries.collect_view().into_any()
    });
    view! {
        <header>
            <div>
                <Heading text="History"/>
                <p class="soft">"Every list that was looked up here, newest first."</p>
            </div>
        </header>
        <div role="status">
            {maybe(move || done.get().map(|done| view! {
                <p class="notice good" data-testid="done">{done}</p>
            }))}
        </div>
        <Trouble error=trouble again="This page tries again by itself."/>
        {maybe(move || empty.get().then(|| view! {
            <p data-testid="history-empty">"Nothing yet. " <a href="/">"Look up a list"</a> "."</p>
        }))}
        <ol class="runs" data-testid="history">{entries}</ol>
        <button
            type="button"
            class="button"
            hidden=flag(move || runs.with(|runs| runs.next.is_none()))
            data-testid="history-more"
            disabled=flag(move || busy.get())
            on:click=click(more)
        >
            "Show older"
        </button>
        <Delete deleting gone=move |()| poller.wake()/>
    }
}

#[component]
fn Entry(run: Memo<Execution>, deleting: Deleting) -> impl IntoView {
    let figures = part(move || {
        let counts = run.with(|run| run.counts);
        let figures = Outcome::ALL.into_iter().filter_map(|outcome| {
            let number = Some(counts.get(outcome)).filter(|number| *number > 0)?;
            Some(view! {
                <span class=format!("figure {}", class(outcome))>
                    <Mark outcome/> {words::group_digits(number)} " " {outcome_words(outcome).to_ascii_lowercase()}
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
                    {text(move || run.with(|run| labels::status_words(run.status).to_owned()))}
                </span>
            </a>
            <button
                type="button"
                class="plain"
                aria-label=format!("Delete {name}")
                data-testid="history-delete"
                on:click=click(move || deleting.ask(run.get_untracked()))
            >
                "Delete…"
            </button>
        </li>
    }
}
