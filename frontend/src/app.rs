//! The page's frame: the header and one page for each address.

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::compose::page::Compose;
use crate::delete::Done;
use crate::download::state::Downloads;
use crate::download::strip::DownloadStrip;
use crate::history::page::History;
use crate::router::{Place, Router};
use crate::run::page::Run;
use crate::server::Server;
use crate::session::SignIn;
use crate::ui::boxed::{click, flag, maybe, part, text};
use crate::ui::heading::{Heading, Visits};
use crate::ui::lazy::LazyPage;
use crate::ui::notice::Trouble;

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    let downloads = Downloads::new();
    let sign_in = SignIn::begin(downloads);
    provide_context(Server::ask());
    provide_context(Visits::default());
    provide_context(Done(RwSignal::new(None)));
    provide_context(downloads);
    let router = Router::follow();
    provide_context(router);
    let run = LazyPage::new(|| Box::pin(load_run()));
    let history = LazyPage::new(|| Box::pin(load_history()));
    let page = part(move || match router.place.get() {
        _ if !sign_in.inside.get() => ().into_any(),
        Place::Compose => {
            view! { <Compose brought=Callback::new(move |()| run.prefetch())/> }.into_any()
        }
        Place::Run(id) => run.show(run_page(id)),
        Place::History => history.show(history_page()),
        Place::Lost => view! { <Lost/> }.into_any(),
    });
    view! {
        <Header sign_in/>
        <DownloadStrip/>
        <main id="main"><Outside sign_in/>{page}</main>
    }
}

// A split point's code, and what only it uses, is a part of its own: see `LazyPage`.

#[wasm_split(run, fallible, preload(load_run))]
fn run_page(id: String) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Run id/> }.into_any())
}

#[wasm_split(history, fallible, preload(load_history))]
fn history_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <History/> }.into_any())
}

/// What is said where nobody is signed in, or no longer; nothing while somebody is.
#[component]
fn Outside(sign_in: SignIn) -> impl IntoView {
    let inside = flag(move || sign_in.trouble.with(Option::is_none));
    view! {
        <Trouble error=sign_in.trouble/>
        <p class="buttons" hidden=inside>
            <button type="button" class="button filled" data-testid="sign-in" on:click=click(move || sign_in.again())>
                "Sign in"
            </button>
        </p>
    }
}

#[component]
fn Header(sign_in: SignIn) -> impl IntoView {
    let (server, router) = (Server::of_page(), Router::of_page());
    let asks = maybe(move || {
        server.settings.with(|settings| {
            settings.as_ref().map(|settings| {
                let upstream = &settings.upstream;
                let (host, path) = (upstream.host.clone(), format!("{}…", upstream.path));
                let demo = upstream
                    .demo
                    .then_some(" · the demo, its records are made up");
                view! {
                    <span class="asks" data-testid="upstream">
                        "asks " <b>{host}</b> {path} {demo}
                    </span>
                }
            })
        })
    });
    let user = text(move || {
        let known = server.settings.with(|s| s.as_ref()?.user.clone());
        Some(sign_in.user.get())
            .filter(|user| !user.is_empty())
            .or(known)
            .unwrap_or_default()
    });
    let nobody = flag(move || !SignIn::is_needed() || !sign_in.inside.get());
    view! {
        <header class="top">
            <a href="/" class="brand">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M3 6.5 5 8.5 8.5 4.5M12 7h9M3 16.5 5 18.5 8.5 14.5M12 17h9"></path>
                </svg>
                "Rollcall"
            </a>
            {asks}
            <nav aria-label="Pages">
                <a href="/" aria-current=router.current(Place::Compose) data-testid="nav-new">"New list"</a>
                <a href="/history" aria-current=router.current(Place::History) data-testid="nav-history">"History"</a>
                <span class="label" data-testid="user">{user}</span>
                <button type="button" class="plain" data-testid="sign-out" hidden=nobody on:click=click(move || sign_in.out())>
                    "Sign out"
                </button>
            </nav>
        </header>
    }
}

#[component]
fn Lost() -> impl IntoView {
    view! {
        <header>
            <div>
                <Heading text="There is no such page"/>
                <p class="soft">"Look in the " <a href="/history">"history"</a> " or " <a href="/">"start with a new list"</a> "."</p>
            </div>
        </header>
    }
}
