//! The table of a run's rows. Only rows near the view are in the document.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::run::row::Row;
use crate::run::rows::Rows;
use crate::run::scroller::Scroller;
use crate::run::table_row::{Head, TableRow};
use crate::run::window::Window;
use crate::ui::boxed::{effect, memo, text};
use crate::ui::words;

/// The table of a run with `total` rows. `open` is the row that the panel shows.
#[component]
pub(crate) fn Table(rows: Rows, total: Memo<u64>, open: RwSignal<Option<Row>>) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let scroller = Scroller::new(node);
    let active = RwSignal::new(None::<u64>);
    let len = memo(move || rows.store.with(|store| store.len(total.get())));
    let window = move || Window {
        rows: len.get(),
        row_height: scroller.row_height.get(),
        height: scroller.height.get(),
    };
    let rendered = memo(move || window().rendered(scroller.top.get()));
    let rendered_rows = memo(move || rendered.get().rows);
    rows.load_in_view(rendered_rows, total);

    // Replaces the row in the panel when a newer version of it is loaded.
    effect(move || {
        let Some(shown) = open.get() else { return };
        let now = rows.store.with(|store| store.find(shown.row).cloned());
        if let Some(now) = now.filter(|now| *now != shown) {
            open.set(Some(now));
        }
    });

    let show = move |position: u64| {
        active.set(Some(position));
        if let Some(row) = rows
            .store
            .with_untracked(|store| store.get(position).cloned())
        {
            open.set(Some(row));
        }
    };
    let move_to = move |position: u64| {
        active.set(Some(position));
        let top = scroller.top.get_untracked();
        scroller.scroll_to(untrack(window).scroll_top_showing(position, top));
        if open.with_untracked(Option::is_some) {
            show(position);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let last = len.get_untracked().saturating_sub(1);
        let current = active.get_untracked();
        let screen =
            (scroller.height.get_untracked() / scroller.row_height.get_untracked()).max(1.0) as u64;
        // Without an active row, the first arrow or page key activates the first row in view.
        let step = |to: u64| {
            if current.is_some() {
                to.min(last)
            } else {
                untrack(window).in_view(scroller.top.get_untracked()).start
            }
        };
        let position = current.unwrap_or_default();
        match event.key().as_str() {
            "ArrowDown" => move_to(step(position + 1)),
            "ArrowUp" => move_to(step(position.saturating_sub(1))),
            "PageDown" => move_to(step(position + screen)),
            "PageUp" => move_to(step(position.saturating_sub(screen))),
            "Home" => move_to(0),
            "End" => move_to(last),
            "Enter" | " " => show(position),
            "Escape" => open.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    let count = text(move || match rows.store.with(|store| store.has_more()) {
        true => "-1".to_owned(),
        false => (len.get() + 1).to_string(),
    });
    view! {
        <div
            class="table"
            role="grid"
            tabindex="0"
            aria-label="Rows of the list"
            aria-rowcount=count
            aria-activedescendant=text(move || active.get().map_or_else(String::new, |position| format!("row-{position}")))
            data-testid="rows"
            node_ref=node
            on:scroll=move |_| scroller.measure()
            on:keydown=on_key
        >
            <Head/>
            <div class="space" role="presentation" style:height=text(move || format!("{}px", window().box_height() as u64))>
                <div
                    class="block"
                    role="rowgroup"
                    style:transform=text(move || format!("translateY({}px)", rendered.get().offset.round() as i64))
                >
                    <For
                        each=move || rendered_rows.get()
                        key=|position| *position
                        children=move |position| view! { <TableRow position store=rows.store active open show/> }
                    />
                </div>
            </div>
        </div>
        <Note rows/>
    }
}

/// The line below the rows.
#[component]
fn Note(rows: Rows) -> impl IntoView {
    let note = text(move || {
        rows.store
            .with(|store| match (store.is_empty(), store.has_more()) {
                (true, _) => "No row matches.".to_owned(),
                (false, true) => {
                    format!(
                        "{} so far, more as you scroll.",
                        words::pluralize(store.len(0), "row")
                    )
                }
                (false, false) => String::new(),
            })
    });
    view! { <p class="label below" data-testid="rows-note">{note}</p> }
}
