//! The page of a run, live.

use client::ClientError;
use contract::wire::{Execution, ExecutionId};
use leptos::prelude::*;

use crate::api::RowFilter;
use crate::browser;
use crate::delete::{DeleteDialog, Deletion};
use crate::download::dialog::DownloadButton;
use crate::run::actions::Actions;
use crate::run::bar::Bar;
use crate::run::chips::Chips;
use crate::run::follow::FollowedRun;
use crate::run::pace_view::PaceView;
use crate::run::receipt::Receipt;
use crate::run::redrive::{filter_label, redrive_all, redrive_shown};
use crate::run::redrive_button::RedriveButton;
use crate::run::reveal::RevealButton;
use crate::run::row_panel::RowPanel;
use crate::run::rows::{Rows, Shown};
use crate::run::summary;
use crate::run::table::Table;
use crate::run::upstream_notice::UpstreamNotice;
use crate::services::Services;
use crate::ui::boxed::{click, effect, flag, memo, part, text};
use crate::ui::heading::Heading;
use crate::ui::notice::ErrorNotice;
use crate::ui::{labels, words};

const RETRY: &str = "This page tries again by itself.";

/// The page of a run.
#[component]
pub(crate) fn Run(services: Services, id: String) -> impl IntoView {
    let Ok(id) = id.parse::<ExecutionId>() else {
        return view! { <Missing services/> }.into_any();
    };
    let follow = FollowedRun::start(services.api, id.clone());
    let is_loaded = memo(move || follow.execution.with(Option::is_some));
    let is_missing = memo(move || {
        follow
            .error
            .with(|error| error.as_ref().is_some_and(ClientError::is_not_found))
    });
    part(move || {
        let first = is_loaded
            .get()
            .then(|| follow.execution.get_untracked())
            .flatten();
        match (is_missing.get(), first) {
            (true, _) => view! { <Missing services/> }.into_any(),
            (false, Some(first)) => {
                view! { <Loaded services id=id.clone() follow first/> }.into_any()
            }
            (false, None) => view! {
                <header>
                    <div>
                        <Heading text="Run" visits=services.visits/>
                        <p class="soft" hidden=flag(move || follow.error.with(Option::is_some))>"Loading the run…"</p>
                    </div>
                </header>
                <ErrorNotice error=follow.error retry=RETRY/>
            }
            .into_any(),
        }
    })
    .into_any()
}

#[component]
fn Missing(services: Services) -> impl IntoView {
    view! {
        <header>
            <div>
                <Heading text="There is no such run" visits=services.visits/>
                <p class="soft" data-testid="missing">
                    "It was deleted, its address is mistyped, or it belongs to somebody else. Look in the "
                    <a href="/history">"history"</a> "."
                </p>
            </div>
        </header>
    }
}

#[component]
fn Loaded(
    services: Services,
    id: ExecutionId,
    follow: FollowedRun,
    first: Execution,
) -> impl IntoView {
    let Services {
        api,
        server,
        router,
        ..
    } = services;
    let execution = memo(move || follow.execution.get().unwrap_or_else(|| first.clone()));
    let filter = RwSignal::new(RowFilter::All);
    let is_revealed = RwSignal::new(false);
    let open = RwSignal::new(None);
    let shown = memo(move || Shown {
        filter: filter.get(),
        reveal: is_revealed.get(),
    });
    let rows = Rows::new(api, id.clone(), execution, shown);
    effect(move || {
        // Closes the panel, whose row may hold a full number. The table's rows are requested again.
        if !is_revealed.get() {
            open.set(None);
        }
    });
    let total = memo(move || execution.with(|e| e.rows));
    // For the style sheet, which keeps a few lines of the table in view on a low screen.
    let lines = text(move || {
        rows.store
            .with(|store| store.len(total.get()).min(100).to_string())
    });
    let name = text(move || execution.with(labels::name));
    let actions = Actions::new(api, id, follow, execution);
    let deletion = Deletion::new();
    let full_redrive = memo(move || execution.with(redrive_all));
    let shown_redrive = memo(move || {
        follow
            .failures
            .with(|failures| execution.with(|e| redrive_shown(e, &failures.groups, filter.get())))
    });
    let filter_label = text(move || filter_label(filter.get()));
    // One error at a time: when the polls fail, requests for rows fail too.
    let rows_error = Signal::derive(move || match follow.error.get() {
        Some(_) => None,
        None => rows.error.get(),
    });
    view! {
        <header>
            <div>
                <Heading text=name visits=services.visits/>
                <Facts execution/>
            </div>
            <div class="actions">
                <div class="buttons">
                    <RedriveButton actions redrive=full_redrive class="button filled" id="redrive"/>
                    <StopButton actions/>
                    <DownloadButton downloads=services.downloads worker=services.worker execution filter filter_label/>
                    <button
                        type="button"
                        class="button"
                        data-testid="delete"
                        on:click=click(move || deletion.ask(execution.get_untracked()))
                    >
                        "Delete…"
                    </button>
                </div>
                <ErrorNotice error=actions.error/>
            </div>
        </header>
        <p class="unseen" role="status">{text(move || execution.with(summary::announcement))}</p>
        <ErrorNotice error=follow.error retry=RETRY/>
        <UpstreamNotice server follow execution/>
        <section class="card overview" aria-label="Progress">
            <Bar execution/>
            <PaceView follow execution/>
        </section>
        <div class="choose">
            <Chips execution failures=follow.failures filter/>
            <RevealButton is_revealed/>
        </div>
        <p class="redrive-shown" hidden=flag(move || shown_redrive.with(Option::is_none))>
            <RedriveButton actions redrive=shown_redrive class="button" id="redrive-these"/>
        </p>
        <ErrorNotice error=rows_error retry=RETRY/>
        <div class="rows" class:with-panel=flag(move || open.with(Option::is_some)) style=("--lines", lines)>
            <div><Table rows total open/></div>
            <RowPanel open/>
        </div>
        <Receipt execution/>
        <DeleteDialog services deletion on_deleted=move |()| router.go("/history")/>
    }
}

/// The line under the name: status, start, duration and number of lines; below it, why the run ended.
#[component]
fn Facts(execution: Memo<Execution>) -> impl IntoView {
    let status = text(move || execution.with(|e| labels::status(e.status).to_owned()));
    let facts = text(move || {
        execution.with(|e| {
            let mut facts = vec![format!("started {}", browser::local_time(&e.started_at))];
            let took = e
                .stopped_at
                .as_deref()
                .and_then(|end| browser::between(&e.started_at, end));
            // After a redrive, the time from start to end includes the pause before the redrive.
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

/// The button that stops the run; hidden once it is over.
#[component]
fn StopButton(actions: Actions) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button"
            data-testid="stop"
            hidden=flag(move || !actions.is_running.get())
            disabled=flag(move || actions.is_busy.get() || actions.is_stopping.get())
            on:click=click(move || actions.stop())
        >
            {text(move || if actions.is_stopping.get() { "Stopping…" } else { "Stop" }.to_owned())}
        </button>
    }
}
