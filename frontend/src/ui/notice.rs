//! What went wrong, what it means, what to do.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::run::advice;
use crate::run::follow::Follow;
use crate::server::Server;
use crate::ui::boxed::{maybe, memo};

/// A call's failure in plain words; nothing where there is none. `again` says what the page does
/// about it by itself.
#[component]
pub(crate) fn Trouble(
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(optional)] again: &'static str,
) -> impl IntoView {
    maybe(move || {
        error.get().map(|error| {
            // What to do where nobody is signed in says how it goes on.
            let passes = error.may_pass() && !error.is_unknown_caller();
            let again = if passes { again } else { "" };
            view! {
                <div class="notice bad" role="alert" data-testid="trouble">
                    <b>{error.title()}</b>
                    {error.advice()} " " {again}
                </div>
            }
        })
    })
}

/// What to check where nothing comes from the upstream; nothing where something does.
#[component]
pub(crate) fn Advised(follow: Follow, execution: Memo<Execution>) -> impl IntoView {
    let server = Server::of_page();
    let advice = memo(move || {
        let host = server
            .settings
            .with(|settings| settings.as_ref().map(|s| s.upstream.host.clone()));
        let host = host.as_deref().unwrap_or("The upstream");
        follow
            .failures
            .with(|failures| execution.with(|e| advice::advice(e, &failures.groups, host)))
    });
    maybe(move || {
        advice.get().map(|advice| {
            view! {
                <div class="notice bad" role="alert" data-testid="advice">
                    <b>{advice.title}</b>
                    {advice.words}
                </div>
            }
        })
    })
}
