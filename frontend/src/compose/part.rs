//! The part of the page that shows a list. It is a file of its own, loaded with the first list.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use worker::protocol::ListSummary;

use crate::compose::figures::Figures;
use crate::compose::list::ListState;
use crate::compose::preview::ListPreview;
use crate::compose::question::Question;

/// What the part shows of a list.
pub(crate) enum Part {
    /// The choice of the sheet or of the column of numbers.
    Question,
    /// The counts; whether the invalid lines are shown.
    Figures(RwSignal<bool>),
    /// The first lines.
    Preview(Arc<ListSummary>),
}

// All that only this function uses is in the file.
#[wasm_split(list, fallible, preload(load_list))]
pub(crate) fn list_part(list: ListState, part: Part) -> Result<AnyView, SplitLoaderError> {
    Ok(match part {
        Part::Question => view! { <Question list/> }.into_any(),
        Part::Figures(is_shown) => view! { <Figures list is_shown/> }.into_any(),
        Part::Preview(summary) => view! { <ListPreview summary/> }.into_any(),
    })
}
