//! The button that requests items again.

use leptos::prelude::*;

use crate::run::actions::Actions;
use crate::run::redrive::Redrive;
use crate::ui::boxed::{click, flag, text};

/// A button for this redrive; hidden without one.
#[component]
pub(crate) fn RedriveButton(
    actions: Actions,
    redrive: Memo<Option<Redrive>>,
    class: &'static str,
    id: &'static str,
) -> impl IntoView {
    let on_click = move || {
        if let Some(redrive) = redrive.get_untracked() {
            actions.redrive(redrive.request);
        }
    };
    let label = text(move || {
        redrive.with(|redrive| {
            redrive
                .as_ref()
                .map(|redrive| redrive.label.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <button
            type="button"
            class=class
            data-testid=id
            hidden=flag(move || redrive.with(Option::is_none))
            disabled=flag(move || actions.is_busy.get())
            on:click=click(on_click)
        >
            {label}
        </button>
    }
}
