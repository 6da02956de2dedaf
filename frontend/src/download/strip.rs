//! The download in progress, above every page.

use leptos::prelude::*;

use crate::download::state::{Downloads, Stage};
use crate::ui::boxed::{click, flag, memo, text};
use crate::ui::words;

/// The state of the download, and its Cancel button; hidden if there is none.
#[component]
pub(crate) fn DownloadStrip(downloads: Downloads) -> impl IntoView {
    let stage = downloads.stage;
    let is_running = memo(move || downloads.is_running());
    let percent = move || {
        stage.with(|stage| match stage {
            Stage::Running { done, total, .. } => words::percent(*done, *total),
            _ => words::percent(0, 1),
        })
    };
    let state = text(move || {
        stage.with(|stage| match stage {
            Stage::None => String::new(),
            Stage::Running {
                retrying: Some(why),
                ..
            } => format!("{why}. The download tries again, and continues by itself."),
            Stage::Running { done, total, .. } => {
                format!(
                    "{} of {}",
                    words::group_digits(*done),
                    words::pluralize(*total, "row")
                )
            }
            Stage::Done(rows) => format!("Downloaded {}.", words::pluralize(*rows, "row")),
            Stage::Failed { title, advice } => format!("{title}. {advice}"),
        })
    });
    // Changes with the stage only, so that a screen reader doesn't read every count.
    let announcement = text(move || {
        stage.with(|stage| match stage {
            Stage::Running { retrying: None, .. } => "Downloading".to_owned(),
            Stage::None => String::new(),
            _ => state.get(),
        })
    });
    let is = move |test: fn(&Stage) -> bool| flag(move || stage.with(test));
    view! {
        <section
            class="downloading"
            class:bad=is(|stage| matches!(stage, Stage::Failed { .. }))
            aria-label="Download"
            hidden=is(|stage| *stage == Stage::None)
            data-testid="downloading"
        >
            <p><b data-testid="download-name">{downloads.name}</b> " " <span data-testid="download-says">{state}</span></p>
            <div
                class="progress"
                role="progressbar"
                aria-label="Download"
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=text(move || percent().split('.').next().unwrap_or_default().to_owned())
                hidden=flag(move || !is_running.get())
                data-testid="download-progress"
            >
                <span style:width=text(percent)></span>
            </div>
            <button
                type="button"
                class="plain"
                data-testid="download-cancel"
                hidden=flag(move || !is_running.get())
                on:click=click(move || downloads.cancel())
            >
                "Cancel"
            </button>
            <button
                type="button"
                class="plain"
                data-testid="download-dismiss"
                hidden=flag(move || is_running.get())
                on:click=click(move || downloads.dismiss())
            >
                "Close"
            </button>
        </section>
        // Outside of the section: screen readers may skip a live region that appears with its text.
        <p class="unseen" role="status">{announcement}</p>
    }
}
