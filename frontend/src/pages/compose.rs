//! `/`: a list is brought, understood, and looked up.

use contract::limits;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::heading::Heading;
use crate::components::list_input::ListInput;
use crate::components::list_report::ListReport;
use crate::components::list_state::ListState;
use crate::components::notice::Trouble;
use crate::components::run_settings::RunSettings;
use crate::logic::run_form::RunForm;
use crate::logic::words;
use crate::one_type::{flag, spawn, text};
use crate::router::Router;
use crate::server::Server;
use crate::start::{LastStart, Room, Start};

/// The page of a new list.
#[component]
pub(crate) fn Compose() -> impl IntoView {
    let server = Server::of_page();
    let list = ListState::new();
    let form = RwSignal::new(RunForm::default());
    let chosen = Memo::new(move |_| form.with(|form| form.chosen(server.run_defaults().0)));
    let (telling, tell) = signal(None::<String>);
    let trouble = RwSignal::new(None::<ApiError>);
    let last: LastStart = StoredValue::new_local(None);
    let router = Router::of_page();

    let rows = Memo::new(move |_| list.source().map_or(0, |source| source.list.rows.len()));
    let items = Memo::new(move |_| {
        list.source()
            .map_or(0, |source| source.list.items.len() as u64)
    });
    let too_long = Memo::new(move |_| rows.get() > most_rows(server));
    let ready = move || {
        items.get() > 0
            && !too_long.get()
            && chosen.with(Result::is_ok)
            && telling.with(Option::is_none)
    };
    let start = move |_| {
        let (Some(source), Ok(chosen)) = (list.source(), chosen.get()) else {
            return;
        };
        let start = Start {
            source,
            options: list.options(),
            label: list.label.get(),
            chosen,
        };
        tell.set(Some("Starting…".to_owned()));
        trouble.set(None);
        let room = room(server);
        spawn(async move {
            match start.send(last, room, tell).await {
                // Whoever has left the page meanwhile stays where they went.
                Ok(execution) if tell.try_set(None).is_none() => {
                    router.go(&format!("/executions/{}", execution.id));
                }
                Ok(_) => {}
                Err(error) => {
                    trouble.try_set(Some(error));
                    tell.try_set(None);
                }
            }
        });
    };
    let estimate = text(move || {
        let (_, at_once, per_second, _) = server.run_defaults();
        let Ok(chosen) = chosen.get() else {
            return String::new();
        };
        let at_once = chosen.max_concurrency.unwrap_or(at_once);
        let rate = chosen.requests_per_second.or(per_second);
        match items.get() {
            0 => String::new(),
            items => format!(
                "{}, {} at once: {} if each takes 200 ms.",
                words::count(items, "lookup"),
                words::group(at_once.into()),
                words::estimate(items, at_once, rate)
            ),
        }
    });
    let deed = text(move || match (telling.get(), items.get()) {
        (Some(words), _) => words,
        (None, 0) => "Look up numbers".to_owned(),
        (None, items) => format!("Look up {}", words::count(items, "number")),
    });
    view! {
        <header>
            <div>
                <Heading text="Look up a list of numbers"/>
                <p class="soft">"Paste, drop or choose a list. Nothing is sent until you say so; only the numbers are."</p>
            </div>
        </header>
        <Trouble error=server.trouble again="This page tries again by itself."/>
        <div class="compose">
            <ListInput list/>
            <section class="card" aria-label="What it holds">
                <ListReport list/>
                <label class="field" hidden=flag(move || rows.get() == 0)>
                    <span>"Name of the run, if you like"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength=limits::MAX_LABEL_CHARS.to_string()
                        data-testid="label"
                        prop:value=list.label
                        on:input:target=move |event| list.label.set(event.target().value())
                    />
                </label>
                <RunSettings list form chosen/>
            </section>
        </div>
        <Trouble error=trouble again="Press the button again: it starts one run only, even if the first try arrived."/>
        <p class="notice bad" role="alert" hidden=flag(move || !too_long.get())>
            "The list has more lines than this server takes at once (" {text(move || words::group(most_rows(server) as u64))} "): split it."
        </p>
        <div class="deed">
            <p class="label" data-testid="estimate">{estimate}</p>
            <button type="button" class="button filled" data-testid="start" disabled=flag(move || !ready()) on:click=start>
                {deed}
            </button>
        </div>
    }
}

fn most_rows(server: Server) -> usize {
    server.settings.with(|settings| {
        settings.as_ref().map_or(limits::MAX_LIST_ROWS, |settings| {
            settings.limits.list_rows as usize
        })
    })
}

fn room(server: Server) -> Room {
    server.settings.with_untracked(|settings| match settings {
        Some(settings) => Room {
            request_rows: settings.limits.ssn_list as usize,
            part_bytes: settings.limits.part_bytes as usize,
        },
        None => Room {
            request_rows: limits::MAX_SSN_LIST,
            part_bytes: limits::MAX_PART_BYTES,
        },
    })
}
