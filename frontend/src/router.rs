//! Which page the address names. `leptos_router` would add 31 KB to the first load, for four routes.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

use crate::ui::boxed::{given, text};

/// What an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/`: a new list.
    Compose,
    /// `/executions/{id}`: a run, if there is one of this id.
    Run(String),
    /// `/history`: the caller's runs.
    History,
    /// No page.
    Lost,
}

impl Place {
    /// The place that an address's path names. A slash at its end means nothing.
    pub(crate) fn of(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path.strip_prefix("/executions/") {
            Some(id) if !id.is_empty() && !id.contains('/') => Self::Run(id.to_owned()),
            _ => match path {
                "" => Self::Compose,
                "/history" => Self::History,
                _ => Self::Lost,
            },
        }
    }

    /// The place that the address bar names.
    pub(crate) fn now() -> Self {
        Self::of(&window().location().pathname().unwrap_or_default())
    }
}

/// Where the reader is.
#[derive(Clone, Copy)]
pub(crate) struct Router {
    /// The place that the address bar names.
    pub(crate) place: RwSignal<Place>,
}

impl Router {
    /// Follows the address bar, and turns clicks on links to this page's own addresses into moves.
    pub(crate) fn follow() -> Self {
        let router = Self {
            place: RwSignal::new(Place::now()),
        };
        // Both for as long as the document is there.
        window_event_listener_untyped("popstate", move |_| router.arrive());
        window_event_listener_untyped("click", move |event| {
            if let Some(path) = event.dyn_ref().and_then(own_address) {
                event.prevent_default();
                router.go(&path);
            }
        });
        router
    }

    /// The router of the page.
    pub(crate) fn of_page() -> Self {
        given()
    }

    /// Goes to an address of the page, such as `/history`.
    pub(crate) fn go(self, path: &str) {
        if let Ok(history) = window().history() {
            // Nothing is kept with an entry, so that nothing of a page outlives it.
            let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
        }
        self.arrive();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// What a link to a place says of itself in `aria-current`.
    pub(crate) fn current(self, place: Place) -> Signal<String> {
        text(move || {
            let here = self.place.with(|now| *now == place);
            if here { "page" } else { "false" }.to_owned()
        })
    }

    fn arrive(self) {
        let place = Place::now();
        if self.place.with_untracked(|here| *here != place) {
            self.place.set(place);
        }
    }
}

/// The path that a click leads to within this page: a plain click on a link of the same origin that
/// asks for no other tab, no download, and wasn't taken by somebody else.
fn own_address(click: &MouseEvent) -> Option<String> {
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
    fn an_address_names_one_place() {
        for (path, place) in [
            ("/", Place::Compose),
            ("", Place::Compose),
            ("/history", Place::History),
            ("/history/", Place::History),
            ("/executions/01jd", Place::Run("01jd".into())),
            ("/executions/01jd/", Place::Run("01jd".into())),
            ("/executions", Place::Lost),
            ("/executions/", Place::Lost),
            ("/executions/01jd/rows", Place::Lost),
            ("/nowhere/at/all", Place::Lost),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
