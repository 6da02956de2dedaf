//! How a table is scrolled: in a box of its own, or, where the style sheet gives it none, with the
//! page, so that on a phone no box scrolls within what scrolls.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ResizeObserver};

/// What is seen of a table: its first child is its head, its second the box of its rows.
#[derive(Clone, Copy)]
pub(crate) struct Scroller {
    node: NodeRef<Div>,
    /// Pixels of the rows' box above what is seen.
    pub(crate) top: RwSignal<f64>,
    /// Pixels that rows are seen through.
    pub(crate) opening: RwSignal<f64>,
    /// Pixels of one row.
    pub(crate) row_height: RwSignal<f64>,
}

/// What is measured of a table.
struct Seen {
    /// Whether it has a box of its own.
    boxed: bool,
    head: f64,
    /// The rows' box, from the window's top.
    rows_at: f64,
}

impl Scroller {
    /// Watches this table.
    pub(crate) fn of(node: NodeRef<Div>) -> Self {
        let scroller = Self {
            node,
            top: RwSignal::new(0.0),
            opening: RwSignal::new(0.0),
            row_height: RwSignal::new(38.0),
        };
        let moved = ["scroll", "resize"]
            .map(|event| window_event_listener_untyped(event, move |_| scroller.look()));
        on_cleanup(move || {
            for listener in moved {
                listener.remove();
            }
        });
        node.on_load(move |table| {
            let look = Closure::<dyn FnMut()>::new(move || scroller.look());
            let Ok(observer) = ResizeObserver::new(look.as_ref().unchecked_ref()) else {
                return;
            };
            observer.observe(&table);
            let watched = StoredValue::new_local((observer, look));
            on_cleanup(move || {
                let _ = watched.try_with_value(|(observer, _)| observer.disconnect());
            });
        });
        scroller
    }

    /// Takes note of what is seen now.
    pub(crate) fn look(self) {
        let Some(Some(table)) = self.node.try_get_untracked() else {
            return;
        };
        let Some(seen) = Seen::of(&table) else { return };
        let (top, opening) = match seen.boxed {
            true => (
                scroll_top(&table),
                f64::from(table.client_height()) - seen.head,
            ),
            false => (
                seen.head - seen.rows_at,
                window_height() - seen.rows_at.max(seen.head),
            ),
        };
        let note = |signal: RwSignal<f64>, value: f64| {
            if signal.try_get_untracked() != Some(value) {
                signal.try_set(value);
            }
        };
        note(self.row_height, seen.head);
        note(self.opening, opening.max(0.0));
        note(self.top, top.max(0.0));
    }

    /// Scrolls so that so many pixels of the rows' box are above what is seen.
    pub(crate) fn go(self, top: f64) {
        let Some(table) = self.node.get_untracked() else {
            return;
        };
        match Seen::of(&table) {
            Some(seen) if !seen.boxed => {
                if (top - self.top.get_untracked()).abs() >= 1.0 {
                    window().scroll_by_with_x_and_y(0.0, seen.rows_at - seen.head + top);
                }
            }
            _ => table.set_scroll_top(top.round() as i32),
        }
    }
}

impl Seen {
    fn of(table: &HtmlElement) -> Option<Self> {
        let head = table.first_element_child()?;
        let rows = head.next_element_sibling()?;
        let style = window().get_computed_style(table).ok()??;
        Some(Self {
            boxed: style.get_property_value("overflow-y").ok()? == "auto",
            // With its rule, which its client height lacks: it is as high as a row.
            head: f64::from(head.client_height() + 1),
            rows_at: rows.get_bounding_client_rect().top(),
        })
    }
}

fn window_height() -> f64 {
    let height = window().inner_height().ok();
    height
        .and_then(|height| height.as_f64())
        .unwrap_or_default()
}

/// `scrollTop` with its fraction, which a scaled table needs.
fn scroll_top(table: &HtmlElement) -> f64 {
    js_sys::Reflect::get(table, &"scrollTop".into())
        .ok()
        .and_then(|value| value.as_f64())
        .unwrap_or_default()
}
