//! `/history`: the caller's runs, newest first.

use contract::wire::{Execution, Outcome};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::browser;
use crate::components::heading::Heading;
use crate::components::mark::{Mark, class};
use crate::components::notice::Trouble;
use crate::logic::row_view::outcome_words;
use crate::logic::{telling, words};
use crate::one_type::{flag, maybe, part, spawn, text};

/// The caller's runs.
#[component]
pub(crate) fn History() -> impl IntoView {
    let runs = RwSignal::new(Vec::<Execution>::new());
    let next = RwSignal::new(None::<String>);
    let read = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<ApiError>);
    let load = move || {
        busy.set(true);
        let cursor = next.get_untracked();
        spawn(async move {
            match api::executions(cursor.as_deref()).await {
                Ok(page) => {
                    runs.try_update(|runs| runs.extend(page.executions));
                    next.try_set(page.next);
                    read.try_set(true);
                    trouble.try_set(None);
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    load();
    let empty = move || read.get() && runs.with(Vec::is_empty) && next.with(Option::is_none);
    let more = move || trouble.with(Option::is_some) || next.with(Option::is_some);
    view! {
        <header>
            <div>
                <Heading text="History"/>
                <p class="soft">"Every list that was looked up here, newest first."</p>
            </div>
        </header>
        <Trouble error=trouble/>
        {maybe(move || empty().then(|| view! {
            <p data-testid="history-empty">"Nothing yet. " <a href="/">"Look up a list"</a> "."</p>
        }))}
        <ol class="runs" data-testid="history">
            {part(move || runs.get().into_iter().map(|run| view! { <Entry run/> }).collect_view().into_any())}
        </ol>
        <button
            type="button"
            class="button"
            hidden=flag(move || !more())
            data-testid="history-more"
            disabled=flag(move || busy.get())
            on:click=move |_| load()
        >
            {text(move || if trouble.with(Option::is_some) { "Try again" } else { "Show older" }.to_owned())}
        </button>
    }
}

#[component]
fn Entry(run: Execution) -> impl IntoView {
    let figures = Outcome::ALL.into_iter().filter_map(|outcome| {
        let number = Some(run.counts.of(outcome)).filter(|number| *number > 0)?;
        Some(view! {
            <span class=format!("figure {}", class(outcome))>
                <Mark outcome/> {words::group(number)} " " {outcome_words(outcome).to_ascii_lowercase()}
            </span>
        })
    });
    view! {
        <li>
            <a class="run" href=format!("/executions/{}", run.id) data-testid="history-run">
                <span class="what">
                    <b>{telling::name(&run)}</b>
                    <span class="label">
                        {browser::local_time(&run.started_at)} " · " {words::count(run.rows, "line")}
                    </span>
                </span>
                <span class="outcomes label">{figures.collect_view()}</span>
                <span class="status">{telling::status_words(run.status)}</span>
            </a>
        </li>
    }
}
