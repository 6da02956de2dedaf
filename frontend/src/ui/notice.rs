//! What went wrong, what it means and what to do.

use client::ClientError;
use leptos::prelude::*;

use crate::api::{advice, is_retryable, title};
use crate::ui::boxed::maybe;

/// A failed request in words; nothing without an error.
///
/// `retry` says how the request is retried. It is added if a retry may help.
#[component]
pub(crate) fn ErrorNotice(
    #[prop(into)] error: Signal<Option<ClientError>>,
    #[prop(optional)] retry: &'static str,
) -> impl IntoView {
    maybe(move || {
        error.get().map(|error| {
            // The advice for a missing sign-in already says how the page continues.
            let retries = is_retryable(&error) && !error.is_unauthorized();
            let retry = if retries { retry } else { "" };
            view! {
                <div class="notice bad" role="alert" data-testid="trouble">
                    <b>{title(&error)}</b>
                    {advice(&error)} " " {retry}
                </div>
            }
        })
    })
}
