//! The one thing that the page of a new list asks for: to start; then how far the start is.

use leptos::prelude::*;

use crate::compose::draft::Draft;
use crate::compose::form::{Chosen, Wrong, meaning};
use crate::router::{Place, Router};
use crate::server::Server;
use crate::ui::boxed::{click, flag, maybe, memo, text};
use crate::ui::notice::Trouble;
use crate::ui::words;

/// What the start will do, its button, and how far it is.
#[component]
pub(crate) fn ListStart(draft: Draft, chosen: Memo<Result<Chosen, Wrong>>) -> impl IntoView {
    let (server, router) = (Server::of_page(), Router::of_page());
    let Draft { list, start, .. } = draft;
    let counts = memo(move || {
        list.digest()
            .map_or((0, 0), |digest| (digest.rows, digest.items))
    });
    let most_rows = memo(move || u64::from(server.limits().list_rows));
    let too_long = memo(move || counts.get().0 > most_rows.get());
    let idle = memo(move || start.sending.with(Option::is_none));
    let ready = move || {
        counts.get().1 > 0
            && !list.stale.get()
            && !too_long.get()
            && chosen.with(Result::is_ok)
            && idle.get()
    };
    let send = click(move || {
        if let Ok(chosen) = chosen.get_untracked() {
            let started = move |id: &str| {
                // Whoever has left the page meanwhile stays where they went.
                if router.place.get_untracked() == Place::Compose {
                    draft.stay();
                    router.go(&format!("/executions/{id}"));
                }
            };
            start.send(list, chosen, untrack(|| server.limits()), Box::new(started));
        }
    });
    let means = text(move || match (chosen.get(), counts.get().1) {
        (Err(_), _) | (_, 0) => String::new(),
        (Ok(chosen), items) => meaning(&chosen, items, &server.defaults()),
    });
    let deed = text(move || match (idle.get(), counts.get().1) {
        (false, _) => "Starting…".to_owned(),
        (_, 0) => "Look up numbers".to_owned(),
        (_, items) => format!("Look up {}", words::pluralize(items, "number")),
    });
    // Spoken once: the lines that are sent would be counted aloud.
    let spoken = text(move || if idle.get() { "" } else { "Starting" }.to_owned());
    let waiting = Signal::derive(move || {
        start
            .sending
            .with(|sending| sending.as_ref()?.waiting.clone())
    });
    view! {
        <Trouble error=waiting again="This page tries again by itself, and goes on where it was."/>
        <Trouble error=start.trouble again="Press the button again: it starts one run only, even if the first try arrived."/>
        <p class="notice bad" role="alert" hidden=flag(move || !too_long.get())>
            "The list has more lines than this server takes at once (" {text(move || words::group_digits(most_rows.get()))} "): split it."
        </p>
        <p class="unseen" role="status">{spoken}</p>
        <div class="deed">
            <p class="label" data-testid="estimate" hidden=flag(move || !idle.get())>{means}</p>
            {maybe(move || (!idle.get()).then(|| view! { <Progress draft/> }))}
            <button type="button" class="button filled" data-testid="start" disabled=flag(move || !ready()) on:click=send>
                {deed}
            </button>
        </div>
    }
}

/// How far a start is, and the way to let go of it.
#[component]
fn Progress(draft: Draft) -> impl IntoView {
    let start = draft.start;
    let done = memo(move || {
        let sending = start.sending.get();
        sending.map_or((0, 0), |sending| (sending.done, sending.total))
    });
    let said = text(move || match done.get() {
        (_, 0) => "Sending the list".to_owned(),
        (done, total) if done == total => "The list is there, the run is being started".to_owned(),
        (done, total) => format!(
            "{} of {} sent",
            words::group_digits(done),
            words::pluralize(total, "line")
        ),
    });
    let value = text(move || done.get().0.to_string());
    // A bar without a value says only that something is going on.
    let bar = maybe(move || {
        let (_, total) = done.get();
        Some(match total {
            0 => view! { <progress aria-label="The list's way to the server" data-testid="sent"></progress> }.into_any(),
            _ => view! {
                <progress aria-label="The list's way to the server" data-testid="sent" value=value max=total.to_string()></progress>
            }
            .into_any(),
        })
    });
    view! {
        <div class="sending">
            <p class="label" data-testid="sending">{said}</p>
            {bar}
            <button type="button" class="plain" data-testid="cancel" on:click=click(move || start.cancel())>"Cancel"</button>
        </div>
    }
}
