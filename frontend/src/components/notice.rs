//! What went wrong, what it means, what to do.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::one_type::maybe;

/// A call's failure in plain words; nothing where there is none. `again` says what the page does
/// about it by itself.
#[component]
pub(crate) fn Trouble(
    error: RwSignal<Option<ApiError>>,
    #[prop(optional)] again: &'static str,
) -> impl IntoView {
    maybe(move || {
        error.get().map(|error| {
            let again = if error.may_pass() { again } else { "" };
            view! {
                <div class="notice bad" role="alert" data-testid="trouble">
                    <b>{error.title()}</b>
                    {error.advice()} " " {again}
                </div>
            }
        })
    })
}
