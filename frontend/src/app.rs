//! The page's frame: the header and one page for each address.

use leptos::prelude::*;

use crate::components::delete::Done;
use crate::components::download_strip::DownloadStrip;
use crate::components::heading::{Heading, Visits};
use crate::downloads::Downloads;
use crate::one_type::{maybe, part};
use crate::pages::{compose::Compose, history::History, run::Run};
use crate::router::{Place, Router};
use crate::server::Server;

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    provide_context(Server::ask());
    provide_context(Visits::default());
    provide_context(Done(RwSignal::new(None)));
    provide_context(Downloads::new());
    let router = Router::follow();
    provide_context(router);
    let page = part(move || match router.place.get() {
        Place::Compose => view! { <Compose/> }.into_any(),
        Place::Run(id) => view! { <Run id/> }.into_any(),
        Place::History => view! { <History/> }.into_any(),
        Place::Lost => view! { <Lost/> }.into_any(),
    });
    view! {
        <Header/>
        <DownloadStrip/>
        <main id="main">{page}</main>
    }
}

#[component]
fn Header() -> impl IntoView {
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
    let user = maybe(move || {
        let user = server
            .settings
            .with(|settings| settings.as_ref()?.user.clone())?;
        Some(view! { <span class="label">{user}</span> })
    });
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
                {user}
                <a href="/" aria-current=router.current(Place::Compose) data-testid="nav-new">"New list"</a>
                <a href="/history" aria-current=router.current(Place::History) data-testid="nav-history">"History"</a>
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
