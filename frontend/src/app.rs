//! The whole page: the header, and below it the page that the address names.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::api::{Api, Authorizer};
use crate::compose::draft::Drafts;
use crate::compose::page::Compose;
use crate::download::state::Downloads;
use crate::download::strip::DownloadStrip;
use crate::history::page::History;
use crate::router::{Place, Router};
use crate::run::page::Run;
use crate::server::Server;
use crate::services::Services;
use crate::session::Session;
use crate::ui::boxed::{click, flag, maybe, part, text};
use crate::ui::heading::{Heading, Visits};
use crate::ui::lazy::LazyPage;
use crate::ui::notice::ErrorNotice;
use crate::worker_client::WorkerClient;

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    let worker = WorkerClient::new();
    let downloads = Downloads::new(worker);
    let drafts = Drafts::new(worker);
    let session = Session::start(worker, move || {
        drafts.has_unsent_list() || downloads.is_running()
    });
    window_event_listener_untyped("beforeunload", move |event| {
        // After a sign-out the list must not stay.
        if session.is_open.get_untracked() && drafts.has_unsent_list() {
            event.prevent_default();
        }
    });
    let authorizer = session
        .is_required
        .then(|| Rc::new(session) as Rc<dyn Authorizer>);
    let api = Api::new(authorizer);
    let services = Services {
        api,
        worker,
        server: Server::start(api),
        router: Router::start(),
        downloads,
        visits: Visits::default(),
        message: RwSignal::new(None),
    };
    let run = LazyPage::new("Run", || Box::pin(load_run()));
    let history = LazyPage::new("History", || Box::pin(load_history()));
    let page = part(move || match services.router.place.get() {
        _ if !session.is_open.get() => ().into_any(),
        Place::Compose => {
            let on_list = Callback::new(move |()| run.prefetch());
            view! { <Compose services drafts on_list/> }.into_any()
        }
        Place::Run(id) => run.show(run_page(services, id)),
        Place::History => history.show(history_page(services)),
        Place::Unknown => view! { <UnknownPlace services/> }.into_any(),
    });
    view! {
        <Header services session/>
        <DownloadStrip downloads/>
        <main id="main"><SignedOut session/>{page}</main>
    }
}

// The build puts the code of each function below, and code that only it uses, into a file of its own,
// which `LazyPage` loads.

#[wasm_split(run, fallible, preload(load_run))]
fn run_page(services: Services, id: String) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Run services id/> }.into_any())
}

#[wasm_split(history, fallible, preload(load_history))]
fn history_page(services: Services) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <History services/> }.into_any())
}

/// Why nobody is signed in, with a button; nothing while somebody is.
#[component]
fn SignedOut(session: Session) -> impl IntoView {
    let has_no_error = flag(move || session.error.with(Option::is_none));
    view! {
        <ErrorNotice error=session.error/>
        <p class="buttons" hidden=has_no_error>
            <button type="button" class="button filled" data-testid="sign-in" on:click=click(move || session.sign_in())>
                "Sign in"
            </button>
        </p>
    }
}

#[component]
fn Header(services: Services, session: Session) -> impl IntoView {
    let Services { server, router, .. } = services;
    let upstream = maybe(move || {
        server.settings.with(|settings| {
            settings.as_ref().map(|settings| {
                let upstream = &settings.upstream;
                let (host, path) = (upstream.host.clone(), format!("{}…", upstream.path));
                let demo = upstream.demo.then_some(" · demo with made-up records");
                // A narrow header cuts the text off.
                let title = format!("Upstream: {host} {path}{}", demo.unwrap_or_default());
                view! {
                    <span class="upstream" title=title data-testid="upstream">
                        "Upstream: " <b>{host}</b> {path} {demo}
                    </span>
                }
            })
        })
    });
    let user = text(move || {
        let from_server = server.settings.with(|s| s.as_ref()?.user.clone());
        Some(session.user.get())
            .filter(|user| !user.is_empty())
            .or(from_server)
            .unwrap_or_default()
    });
    let is_signed_out = flag(move || !session.is_required || !session.is_open.get());
    view! {
        <header class="top">
            <a href="/" class="brand">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M3 6.5 5 8.5 8.5 4.5M12 7h9M3 16.5 5 18.5 8.5 14.5M12 17h9"></path>
                </svg>
                "Rollcall"
            </a>
            {upstream}
            <nav aria-label="Pages">
                <a href="/" aria-current=router.aria_current(Place::Compose) data-testid="nav-new">"New list"</a>
                <a href="/history" aria-current=router.aria_current(Place::History) data-testid="nav-history">"History"</a>
                <span class="label" data-testid="user">{user}</span>
                <button type="button" class="plain" data-testid="sign-out" hidden=is_signed_out on:click=click(move || session.sign_out())>
                    "Sign out"
                </button>
            </nav>
        </header>
    }
}

#[component]
fn UnknownPlace(services: Services) -> impl IntoView {
    view! {
        <header>
            <div>
                <Heading text="There is no such page" visits=services.visits/>
                <p class="soft">"Look in the " <a href="/history">"history"</a> " or " <a href="/">"start with a new list"</a> "."</p>
            </div>
        </header>
    }
}
