//! The table of a run's rows. Only what is in view is in the document.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::run::row::Row;
use crate::run::rows::Rows;
use crate::run::scroller::Scroller;
use crate::run::table_rows::{Head, Line};
use crate::run::window::Window;
use crate::ui::boxed::{effect, memo, text};
use crate::ui::words;

/// The table. `rows` is how many the run has; `open` is the row whose panel is shown.
#[component]
pub(crate) fn Table(rows: Rows, total: Memo<u64>, open: RwSignal<Option<Row>>) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let scroller = Scroller::of(node);
    let active = RwSignal::new(None::<u64>);
    let len = memo(move || rows.store.with(|store| store.len(total.get())));
    let window = move || Window {
        rows: len.get(),
        row_height: scroller.row_height.get(),
        opening: scroller.opening.get(),
    };
    let drawn = memo(move || window().drawn(scroller.top.get()));
    let view = memo(move || drawn.get().rows);
    rows.fill(view, total);

    // What the panel shows follows the row as it changes.
    effect(move || {
        let Some(shown) = open.get() else { return };
        let now = rows.store.with(|store| store.find(shown.row).cloned());
        if let Some(now) = now.filter(|now| *now != shown) {
            open.set(Some(now));
        }
    });

    let show = move |place: u64| {
        active.set(Some(place));
        if let Some(row) = rows.store.with_untracked(|store| store.get(place).cloned()) {
            open.set(Some(row));
        }
    };
    let move_to = move |place: u64| {
        active.set(Some(place));
        let top = scroller.top.get_untracked();
        scroller.go(untrack(window).reveal(place, top));
        if open.with_untracked(Option::is_some) {
            show(place);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let last = len.get_untracked().saturating_sub(1);
        let here = active.get_untracked();
        let screen = (scroller.opening.get_untracked() / scroller.row_height.get_untracked())
            .max(1.0) as u64;
        let step = |to: u64| {
            if here.is_some() {
                to.min(last)
            } else {
                view.get_untracked().start
            }
        };
        let place = here.unwrap_or_default();
        match event.key().as_str() {
            "ArrowDown" => move_to(step(place + 1)),
            "ArrowUp" => move_to(step(place.saturating_sub(1))),
            "PageDown" => move_to(step(place + screen)),
            "PageUp" => move_to(step(place.saturating_sub(screen))),
            "Home" => move_to(0),
            "End" => move_to(last),
            "Enter" | " " => show(place),
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
            aria-activedescendant=text(move || active.get().map_or_else(String::new, |place| format!("row-{place}")))
            data-testid="rows"
            node_ref=node
            on:scroll=move |_| scroller.look()
            on:keydown=on_key
        >
            <Head/>
            <div class="space" role="presentation" style:height=text(move || format!("{}px", window().height() as u64))>
                <div
                    class="block"
                    role="rowgroup"
                    style:transform=text(move || format!("translateY({}px)", drawn.get().offset.round() as i64))
                >
                    <For
                        each=move || view.get()
                        key=|place| *place
                        children=move |place| view! { <Line place store=rows.store active open show/> }
                    />
                </div>
            </div>
        </div>
        <Below rows/>
    }
}

/// What there is to say below the rows.
#[component]
fn Below(rows: Rows) -> impl IntoView {
    let words = text(move || {
        rows.store
            .with(|store| match (store.is_empty(), store.has_more()) {
                (true, _) => "No row is like this.".to_owned(),
                (false, true) => {
                    format!(
                        "{} so far, more as you scroll.",
                        words::pluralize(store.len(0), "row")
                    )
                }
                (false, false) => String::new(),
            })
    });
    view! { <p class="label below" data-testid="rows-note">{words}</p> }
}
