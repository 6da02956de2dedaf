//! `/executions/{id}`: a run, live.

use contract::wire::{Execution, ExecutionStatus, Outcome, RedriveRequest};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::browser;
use crate::components::bar::Bar;
use crate::components::chips::Chips;
use crate::components::heading::Heading;
use crate::components::notice::Trouble;
use crate::components::row_panel::RowPanel;
use crate::components::table::Table;
use crate::follow::Follow;
use crate::logic::{telling, words};
use crate::one_type::{effect, flag, part, spawn, text};
use crate::rows::Rows;

const RECONNECTS: &str = "This page tries again by itself.";

/// The page of a run.
#[component]
pub(crate) fn Run(id: String) -> impl IntoView {
    let follow = Follow::new(id.clone());
    let known = Memo::new(move |_| follow.execution.with(Option::is_some));
    let missing = Memo::new(move |_| {
        follow
            .trouble
            .with(|trouble| trouble.as_ref().is_some_and(ApiError::is_not_found))
    });
    part(move || {
        let first = known
            .get()
            .then(|| follow.execution.get_untracked())
            .flatten();
        match (missing.get(), first) {
            (true, _) => view! { <Missing/> }.into_any(),
            (false, Some(first)) => view! { <Known id=id.clone() follow first/> }.into_any(),
            (false, None) => view! {
                <header>
                    <div>
                        <Heading text="Run"/>
                        <p class="soft" hidden=flag(move || follow.trouble.with(Option::is_some))>"Asking how it stands…"</p>
                    </div>
                </header>
                <Trouble error=follow.trouble again=RECONNECTS/>
            }
            .into_any(),
        }
    })
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <header>
            <div>
                <Heading text="There is no such run"/>
                <p class="soft" data-testid="missing">
                    "It was deleted, its address is mistyped, or it belongs to somebody else. Look in the "
                    <a href="/history">"history"</a> "."
                </p>
            </div>
        </header>
    }
}

#[component]
fn Known(id: String, follow: Follow, first: Execution) -> impl IntoView {
    let execution = Memo::new(move |_| follow.execution.get().unwrap_or_else(|| first.clone()));
    let chosen = RwSignal::new(None::<Outcome>);
    let open = RwSignal::new(None);
    let rows = Rows::new(id.clone(), execution, chosen);
    let total = Memo::new(move |_| execution.with(|e| e.rows));
    let lines = text(move || {
        rows.store
            .with(|store| store.len(total.get()).min(100).to_string())
    });
    let name = text(move || execution.with(telling::name));
    view! {
        <header>
            <div>
                <Heading text=name/>
                <Standing execution/>
            </div>
            <Deeds id follow execution/>
        </header>
        <p class="unseen" role="status">{text(move || execution.with(telling::announcement))}</p>
        <Trouble error=follow.trouble again=RECONNECTS/>
        <section class="card" aria-label="How it stands"><Bar execution/></section>
        <Chips execution chosen/>
        <Trouble error=rows.trouble again=RECONNECTS/>
        <div class="rows" class:with-panel=flag(move || open.with(Option::is_some)) style=("--lines", lines)>
            <div><Table rows total open/></div>
            <RowPanel open/>
        </div>
        <Receipt execution/>
    }
}

/// The line under the name: status, when, how long, how many, and why it ended.
#[component]
fn Standing(execution: Memo<Execution>) -> impl IntoView {
    let status = text(move || execution.with(|e| telling::status_words(e.status).to_owned()));
    let facts = text(move || {
        execution.with(|e| {
            let mut facts = vec![format!("started {}", browser::local_time(&e.started_at))];
            let took = e
                .stopped_at
                .as_deref()
                .and_then(|end| browser::between(&e.started_at, end));
            // The time between a start and the end of a later pass isn't what the run took.
            facts.extend(
                took.filter(|_| e.pass == 1)
                    .map(|ms| format!("took {}", words::duration(ms))),
            );
            facts.extend(
                (e.pass > 1).then(|| format!("tried again {}", words::times((e.pass - 1).into()))),
            );
            facts.push(words::count(e.rows, "line"));
            facts.join(" · ")
        })
    });
    let reason =
        text(move || execution.with(|e| words::sentence(e.reason.as_deref().unwrap_or_default())));
    view! {
        <p class="soft"><b data-testid="status">{status}</b> " · " {facts}</p>
        <p class="soft" data-testid="reason">{reason}</p>
    }
}

/// What can be done with the run: stop it, or ask again what failed.
#[component]
fn Deeds(id: String, follow: Follow, execution: Memo<Execution>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<ApiError>);
    let running = Memo::new(move |_| execution.with(|e| e.status == ExecutionStatus::Running));
    let again = Memo::new(move |_| execution.with(telling::to_try_again));
    let finish = move |answer: Result<(), ApiError>| {
        busy.try_set(false);
        trouble.try_set(answer.err());
        follow.wake();
    };
    let stopping = RwSignal::new(false);
    effect(move || {
        if !running.get() {
            stopping.set(false);
        }
    });
    let id = StoredValue::new(id);
    let stop = move |_| {
        busy.set(true);
        stopping.set(true);
        spawn(async move {
            let answer = api::stop(&id.get_value()).await;
            if answer.is_err() {
                stopping.try_set(false);
            }
            finish(answer);
        });
    };
    let redrive = move |_| {
        busy.set(true);
        spawn(async move {
            finish(api::redrive(&id.get_value(), &RedriveRequest::default()).await);
        });
    };
    view! {
        <div class="deeds">
            <div class="buttons">
                <button
                    type="button"
                    class="button"
                    data-testid="stop"
                    hidden=flag(move || !running.get())
                    disabled=flag(move || busy.get() || stopping.get())
                    on:click=stop
                >
                    {text(move || if stopping.get() { "Stopping…" } else { "Stop" }.to_owned())}
                </button>
                <button
                    type="button"
                    class="button filled"
                    data-testid="redrive"
                    hidden=flag(move || again.get() == 0)
                    disabled=flag(move || busy.get())
                    on:click=redrive
                >
                    {text(move || format!("Try {} again", words::group(again.get())))}
                </button>
            </div>
            <Trouble error=trouble/>
        </div>
    }
}

/// The two sums that account for every line.
#[component]
fn Receipt(execution: Memo<Execution>) -> impl IntoView {
    let sum = |whole: u64, unit: &'static str, parts: telling::Parts| {
        let parts = parts
            .into_iter()
            .enumerate()
            .map(|(place, (number, name))| {
                let plus = if place == 0 { " = " } else { " + " };
                view! { {plus} <b>{words::group(number)}</b> " " {name} }
            });
        view! { <b>{words::group(whole)}</b> {unit} {parts.collect_view()} ". " }
    };
    let receipt = part(move || {
        execution.with(|e| {
            let unit = if e.rows == 1 { " line" } else { " lines" };
            view! { {sum(e.rows, unit, telling::lines_sum(e))} {sum(e.items, "", telling::items_sum(e))} }
                .into_any()
        })
    });
    view! { <p class="receipt soft" data-testid="receipt">{receipt}</p> }
}
