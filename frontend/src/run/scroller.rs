//! The scroll position of the table.
//!
//! The table has a scroll bar of its own, unless the style sheet makes it scroll with the page: on a phone
//! no scroll area is inside another one.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ResizeObserver};

/// The scroll position of a table. Its first child is the head, its second the box of the rows.
#[derive(Clone, Copy)]
pub(crate) struct Scroller {
    node: NodeRef<Div>,
    /// Pixels of the rows' box above the viewport.
    pub(crate) top: RwSignal<f64>,
    /// Height of the viewport in pixels.
    pub(crate) height: RwSignal<f64>,
    /// Height of a row in pixels.
    pub(crate) row_height: RwSignal<f64>,
}

/// Measures of a table.
struct Measures {
    /// Whether the table has a scroll bar of its own, and doesn't scroll with the page.
    has_scroll_bar: bool,
    /// Height of the head in pixels.
    head: f64,
    /// Top of the rows' box, in pixels from the window's top.
    rows_top: f64,
}

impl Scroller {
    /// Measures this table now, and whenever its size changes or the page scrolls.
    ///
    /// The table's own scrolling must be reported by a call of [`Self::measure`].
    pub(crate) fn new(node: NodeRef<Div>) -> Self {
        let scroller = Self {
            node,
            top: RwSignal::new(0.0),
            height: RwSignal::new(0.0),
            row_height: RwSignal::new(38.0),
        };
        let listeners = ["scroll", "resize"]
            .map(|event| window_event_listener_untyped(event, move |_| scroller.measure()));
        on_cleanup(move || {
            for listener in listeners {
                listener.remove();
            }
        });
        node.on_load(move |table| {
            let measure = Closure::<dyn FnMut()>::new(move || scroller.measure());
            let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) else {
                return;
            };
            observer.observe(&table);
            let observed = StoredValue::new_local((observer, measure));
            on_cleanup(move || {
                let _ = observed.try_with_value(|(observer, _)| observer.disconnect());
            });
        });
        scroller
    }

    /// Measures the table.
    pub(crate) fn measure(self) {
        let Some(Some(table)) = self.node.try_get_untracked() else {
            return;
        };
        let Some(measures) = Measures::of(&table) else {
            return;
        };
        let (top, height) = match measures.has_scroll_bar {
            true => (
                scroll_top(&table),
                f64::from(table.client_height()) - measures.head,
            ),
            false => (
                measures.head - measures.rows_top,
                window_height() - measures.rows_top.max(measures.head),
            ),
        };
        let set = |signal: RwSignal<f64>, value: f64| {
            if signal.try_get_untracked() != Some(value) {
                signal.try_set(value);
            }
        };
        set(self.row_height, measures.head);
        set(self.height, height.max(0.0));
        set(self.top, top.max(0.0));
    }

    /// Scrolls so that this many pixels of the rows' box are above the viewport.
    pub(crate) fn scroll_to(self, top: f64) {
        let Some(table) = self.node.get_untracked() else {
            return;
        };
        match Measures::of(&table) {
            Some(measures) if !measures.has_scroll_bar => {
                if (top - self.top.get_untracked()).abs() >= 1.0 {
                    window().scroll_by_with_x_and_y(0.0, measures.rows_top - measures.head + top);
                }
            }
            _ => table.set_scroll_top(top.round() as i32),
        }
    }
}

impl Measures {
    fn of(table: &HtmlElement) -> Option<Self> {
        let head = table.first_element_child()?;
        let rows = head.next_element_sibling()?;
        let style = window().get_computed_style(table).ok()??;
        Some(Self {
            has_scroll_bar: style.get_property_value("overflow-y").ok()? == "auto",
            // The client height excludes the border below the head. With it, the head is as high as a row.
            head: f64::from(head.client_height() + 1),
            rows_top: rows.get_bounding_client_rect().top(),
        })
    }
}

fn window_height() -> f64 {
    let height = window().inner_height().ok();
    height
        .and_then(|height| height.as_f64())
        .unwrap_or_default()
}

/// `scrollTop` with its fraction, which web-sys drops and a scaled table needs.
fn scroll_top(table: &HtmlElement) -> f64 {
    js_sys::Reflect::get(table, &"scrollTop".into())
        .ok()
        .and_then(|value| value.as_f64())
        .unwrap_or_default()
}
