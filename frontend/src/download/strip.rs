//! The download that goes on, on whichever page.

use leptos::prelude::*;

use crate::download::state::{Downloads, Stage};
use crate::ui::boxed::{click, flag, memo, text};
use crate::ui::words;

/// How the download is, and a way to let go of it. Nothing where there is none.
#[component]
pub(crate) fn DownloadStrip() -> impl IntoView {
    let downloads = Downloads::of_page();
    let stage = downloads.stage;
    let going = memo(move || downloads.is_going());
    let share = move || {
        stage.with(|stage| match stage {
            Stage::Going { done, total, .. } => words::percent(*done, *total),
            _ => words::percent(0, 1),
        })
    };
    let says = text(move || {
        stage.with(|stage| match stage {
            Stage::None => String::new(),
            Stage::Going {
                waiting: Some(why), ..
            } => format!("{why}. The download waits, and goes on by itself."),
            Stage::Going { done, total, .. } => {
                format!(
                    "{} of {}",
                    words::group_digits(*done),
                    words::pluralize(*total, "row")
                )
            }
            Stage::Done(rows) => format!("Downloaded, with {}.", words::pluralize(*rows, "row")),
            Stage::Failed { title, advice } => format!("{title}. {advice}"),
        })
    });
    // Spoken where it changes its kind only, or a reader would hear nothing but counts.
    let spoken = text(move || {
        stage.with(|stage| match stage {
            Stage::Going { waiting: None, .. } => "Downloading".to_owned(),
            Stage::None => String::new(),
            _ => says.get(),
        })
    });
    let is = move |wanted: fn(&Stage) -> bool| flag(move || stage.with(wanted));
    view! {
        <section
            class="downloading"
            class:bad=is(|stage| matches!(stage, Stage::Failed { .. }))
            aria-label="Download"
            hidden=is(|stage| *stage == Stage::None)
            data-testid="downloading"
        >
            <p><b data-testid="download-name">{downloads.name}</b> " " <span data-testid="download-says">{says}</span></p>
            <div
                class="progress"
                role="progressbar"
                aria-label="Download"
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=text(move || share().split('.').next().unwrap_or_default().to_owned())
                hidden=flag(move || !going.get())
                data-testid="download-progress"
            >
                <span style:width=text(share)></span>
            </div>
            <button
                type="button"
                class="plain"
                data-testid="download-cancel"
                hidden=flag(move || !going.get())
                on:click=click(move || downloads.cancel())
            >
                "Cancel"
            </button>
            <button
                type="button"
                class="plain"
                data-testid="download-dismiss"
                hidden=flag(move || going.get())
                on:click=click(move || downloads.dismiss())
            >
                "Close"
            </button>
        </section>
        // Beside the section: a reader that meets a region and its words at once may not speak them.
        <p class="unseen" role="status">{spoken}</p>
    }
}
