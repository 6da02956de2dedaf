//! What to check when nothing succeeds.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::run::follow::FollowedRun;
use crate::run::upstream_advice::advice;
use crate::server::Server;
use crate::ui::boxed::{maybe, memo};

/// Advice about the upstream; nothing if some items succeeded.
#[component]
pub(crate) fn UpstreamNotice(
    server: Server,
    follow: FollowedRun,
    execution: Memo<Execution>,
) -> impl IntoView {
    let advice = memo(move || {
        let host = server
            .settings
            .with(|settings| settings.as_ref().map(|s| s.upstream.host.clone()));
        let host = host.as_deref().unwrap_or("The upstream");
        follow
            .failures
            .with(|failures| execution.with(|e| advice(e, &failures.groups, host)))
    });
    maybe(move || {
        advice.get().map(|advice| {
            view! {
                <div class="notice bad" role="alert" data-testid="advice">
                    <b>{advice.title}</b>
                    {advice.text}
                </div>
            }
        })
    })
}
