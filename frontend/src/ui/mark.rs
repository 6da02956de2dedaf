//! An outcome's symbol, whose shape is enough to recognise it without its colour.

use contract::wire::Outcome;
use leptos::prelude::*;

/// The outcome's CSS class.
pub(crate) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::NotFound => "not-found",
        Outcome::Failed => "failed",
        Outcome::Pending => "pending",
        Outcome::NotTried => "not-tried",
        Outcome::Invalid => "invalid",
    }
}

/// The outcome's symbol.
#[component]
pub(crate) fn Mark(outcome: Outcome) -> impl IntoView {
    let path = match outcome {
        Outcome::Succeeded => "M3 8.5 6.5 12 13 4.5",
        Outcome::NotFound => "M3.5 8h9",
        Outcome::Failed => "M4 4l8 8M12 4l-8 8",
        Outcome::Pending => "M8 3.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6",
        Outcome::NotTried => "M12 3 4 13",
        Outcome::Invalid => "M8 3v6M8 12.6v.2",
    };
    view! {
        <svg class=format!("mark {}", class(outcome)) viewBox="0 0 16 16" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}
