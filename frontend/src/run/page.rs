//! `/executions/{id}`: a run, live.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser;
use crate::delete::{Delete, Deleting};
use crate::download::dialog::DownloadButton;
use crate::router::Router;
use crate::run::actions::Deeds;
use crate::run::bar::Bar;
use crate::run::chips::Chips;
use crate::run::choice::{self, Choice};
use crate::run::follow::Follow;
use crate::run::pace_view::PaceView;
use crate::run::receipt::Receipt;
use crate::run::redrive_button::AgainButton;
use crate::run::reveal::Reveal;
use crate::run::row_panel::RowPanel;
use crate::run::rows::{Rows, Shown};
use crate::run::table::Table;
use crate::ui::boxed::{click, effect, flag, memo, part, text};
use crate::ui::heading::Heading;
use crate::ui::notice::{Advised, Trouble};
use crate::ui::{labels, words};

const RECONNECTS: &str = "This page tries again by itself.";

/// The page of a run.
#[component]
pub(crate) fn Run(id: String) -> impl IntoView {
    let follow = Follow::new(id.clone());
    let known = memo(move || follow.execution.with(Option::is_some));
    let missing = memo(move || {
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
    let execution = memo(move || follow.execution.get().unwrap_or_else(|| first.clone()));
    let chosen = RwSignal::new(Choice::All);
    let reveal = RwSignal::new(false);
    let open = RwSignal::new(None);
    let shown = memo(move || Shown {
        choice: chosen.get(),
        reveal: reveal.get(),
    });
    let rows = Rows::new(id.clone(), execution, shown);
    effect(move || {
        // The open row may hold a full number; the table's own are asked for anew.
        if !reveal.get() {
            open.set(None);
        }
    });
    let total = memo(move || execution.with(|e| e.rows));
    let lines = text(move || {
        rows.store
            .with(|store| store.len(total.get()).min(100).to_string())
    });
    let name = text(move || execution.with(labels::name));
    let deeds = Deeds::new(id, follow, execution);
    let deleting = Deleting::new();
    let router = Router::of_page();
    let all = memo(move || execution.with(choice::all_again));
    let these = memo(move || {
        follow.failures.with(|failures| {
            execution.with(|e| choice::chosen_again(e, &failures.groups, chosen.get()))
        })
    });
    // One trouble at a time: without the run's own polls its rows don't come either.
    let rows_trouble = Signal::derive(move || match follow.trouble.get() {
        Some(_) => None,
        None => rows.trouble.get(),
    });
    view! {
        <header>
            <div>
                <Heading text=name/>
                <Standing execution/>
            </div>
            <div class="deeds">
                <div class="buttons">
                    <AgainButton deeds again=all class="button filled" id="redrive"/>
                    <Stop deeds/>
                    <DownloadButton execution shown=chosen/>
                    <button
                        type="button"
                        class="button"
                        data-testid="delete"
                        on:click=click(move || deleting.ask(execution.get_untracked()))
                    >
                        "Delete…"
                    </button>
                </div>
                <Trouble error=deeds.trouble/>
            </div>
        </header>
        <p class="unseen" role="status">{text(move || execution.with(labels::announcement))}</p>
        <Trouble error=follow.trouble again=RECONNECTS/>
        <Advised follow execution/>
        <section class="card stands" aria-label="How it stands">
            <Bar execution/>
            <PaceView follow execution/>
        </section>
        <div class="choose">
            <Chips execution failures=follow.failures chosen/>
            <Reveal reveal/>
        </div>
        <p class="these" hidden=flag(move || these.with(Option::is_none))>
            <AgainButton deeds again=these class="button" id="redrive-these"/>
        </p>
        <Trouble error=rows_trouble again=RECONNECTS/>
        <div class="rows" class:with-panel=flag(move || open.with(Option::is_some)) style=("--lines", lines)>
            <div><Table rows total open/></div>
            <RowPanel open/>
        </div>
        <Receipt execution/>
        <Delete deleting gone=move |()| router.go("/history")/>
    }
}

/// The line under the name: status, when, how long, how many, and why it ended.
#[component]
fn Standing(execution: Memo<Execution>) -> impl IntoView {
    let status = text(move || execution.with(|e| labels::status_words(e.status).to_owned()));
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
            facts.push(words::pluralize(e.rows, "line"));
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

/// The button that stops a run, for as long as it goes on.
#[component]
fn Stop(deeds: Deeds) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button"
            data-testid="stop"
            hidden=flag(move || !deeds.running.get())
            disabled=flag(move || deeds.busy.get() || deeds.stopping.get())
            on:click=click(move || deeds.stop())
        >
            {text(move || if deeds.stopping.get() { "Stopping…" } else { "Stop" }.to_owned())}
        </button>
    }
}
