//! Which page the address names. `leptos_router` would add 31 KB to the first load, for four routes.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

use crate::ui::boxed::text;

/// A page's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/`: a new list.
    Compose,
    /// `/executions/{id}`: a run, which needn't exist.
    Run(String),
    /// `/history`: the caller's runs.
    History,
    /// Any other address.
    Unknown,
}

impl Place {
    /// Parses a path. A slash at its end is ignored.
    pub(crate) fn of(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path.strip_prefix("/executions/") {
            Some(id) if !id.is_empty() && !id.contains('/') => Self::Run(id.to_owned()),
            _ => match path {
                "" => Self::Compose,
                "/history" => Self::History,
                _ => Self::Unknown,
            },
        }
    }

    /// The place in the address bar.
    pub(crate) fn now() -> Self {
        Self::of(&window().location().pathname().unwrap_or_default())
    }
}

/// The address bar as a signal.
#[derive(Clone, Copy)]
pub(crate) struct Router {
    /// The place in the address bar.
    pub(crate) place: RwSignal<Place>,
}

impl Router {
    /// Follows the address bar, and handles clicks on links to the page's own addresses.
    pub(crate) fn start() -> Self {
        let router = Self {
            place: RwSignal::new(Place::now()),
        };
        // Neither is removed: the router lives as long as the document.
        window_event_listener_untyped("popstate", move |_| router.update());
        window_event_listener_untyped("click", move |event| {
            if let Some(path) = event.dyn_ref().and_then(own_path) {
                event.prevent_default();
                router.go(&path);
            }
        });
        router
    }

    /// Goes to one of the page's addresses, such as `/history`.
    pub(crate) fn go(self, path: &str) {
        if let Ok(history) = window().history() {
            // Without state: only a draft marks its history entry.
            let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
        }
        self.update();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// The `aria-current` of a link to a place.
    pub(crate) fn aria_current(self, place: Place) -> Signal<String> {
        text(move || {
            let here = self.place.with(|now| *now == place);
            if here { "page" } else { "false" }.to_owned()
        })
    }

    fn update(self) {
        let place = Place::now();
        if self.place.with_untracked(|here| *here != place) {
            self.place.set(place);
        }
    }
}

/// The path of a clicked link that the router follows: a plain click, on a link to the page's origin.
///
/// None for other mouse buttons, with a modifier key, for links that open a tab or a download, and for
/// clicks that another handler has handled.
fn own_path(click: &MouseEvent) -> Option<String> {
    let modified = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if click.default_prevented() || click.button() != 0 || modified {
        return None;
    }
    let clicked: Element = click.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href]").ok()??.dyn_into().ok()?;
    let leaves = !link.target().is_empty() || link.has_attribute("download");
    (!leaves && Some(link.origin()) == window().location().origin().ok())
        .then(|| link.pathname() + &link.search())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_one_place() {
        for (path, place) in [
            ("/", Place::Compose),
            ("", Place::Compose),
            ("/history", Place::History),
            ("/history/", Place::History),
            ("/executions/01jd", Place::Run("01jd".into())),
            ("/executions/01jd/", Place::Run("01jd".into())),
            ("/executions", Place::Unknown),
            ("/executions/", Place::Unknown),
            ("/executions/01jd/rows", Place::Unknown),
            ("/nowhere/at/all", Place::Unknown),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
