//! Pages whose code is a file of its own, loaded when it is first needed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use wasm_split_helpers::SplitLoaderError;

use crate::ui::boxed::{click, spawn};
use crate::ui::heading::set_title;

/// A load of a page's code.
pub(crate) type Load = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// A page whose code is loaded when it is first needed.
#[derive(Clone, Copy)]
pub(crate) struct LazyPage {
    state: RwSignal<State>,
    title: &'static str,
    load: fn() -> Load,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Absent,
    Loading,
    Ready,
    Failed,
}

impl LazyPage {
    /// A page that isn't loaded yet. `title` is the document's title until it is; `load` must be the
    /// `preload` function of its `#[wasm_split]`.
    pub(crate) fn new(title: &'static str, load: fn() -> Load) -> Self {
        Self {
            state: RwSignal::new(State::Absent),
            title,
            load,
        }
    }

    /// Loads the page's code ahead of its first use. If that fails, the first use loads it again.
    pub(crate) fn prefetch(self) {
        self.load(State::Absent);
    }

    /// Loads the page's code, unless it is loaded or loading. `if_failed` is the state after a failure.
    fn load(self, if_failed: State) {
        if matches!(self.state.get_untracked(), State::Loading | State::Ready) {
            return;
        }
        self.state.set(State::Loading);
        spawn(async move {
            self.state.set(match (self.load)().await {
                Ok(()) => State::Ready,
                Err(_) => if_failed,
            });
        });
    }

    /// Returns the page, or a placeholder until its code is loaded. Tracks the load, so that the caller
    /// runs again. `page` is the future of a `#[wasm_split]` function.
    pub(crate) fn show(
        self,
        page: impl Future<Output = Result<AnyView, SplitLoaderError>>,
    ) -> AnyView {
        if self.state.get_untracked() == State::Absent {
            self.load(State::Failed);
        }
        match self.state.get() {
            State::Absent | State::Loading => {
                set_title(self.title);
                view! { <p class="soft waiting">"Loading…"</p> }.into_any()
            }
            State::Ready => poll_once(page).unwrap_or_else(|| self.show_error()),
            State::Failed => self.show_error(),
        }
    }

    /// Returns the error. Its button loads the page's code again, and so does the next visit of the page.
    fn show_error(self) -> AnyView {
        // Without a notification: the caller shows the error already.
        self.state.update_untracked(|state| *state = State::Failed);
        on_cleanup(move || {
            self.state.update_untracked(|state| {
                if *state == State::Failed {
                    *state = State::Absent;
                }
            });
        });
        set_title(self.title);
        view! { <LoadError page=self/> }.into_any()
    }
}

/// Polls a page's future once, which is enough: its code is loaded already.
///
/// An `await` would leave the previous page in the document, although its signals are disposed.
fn poll_once(page: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> Option<AnyView> {
    match pin!(page).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(view)) => Some(view),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

/// Says that a page's code could not be loaded, and loads it again on demand.
#[component]
fn LoadError(page: LazyPage) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert" data-testid="load-error">
            <b>"This part of the page can't be loaded"</b>
            "Check that Rollcall is running and that you are online, then try again. If Rollcall was updated \
             since you opened it, reload the page."
        </div>
        <p class="buttons">
            <button type="button" class="button" data-testid="load-again" on:click=click(move || page.load(State::Failed))>
                "Try again"
            </button>
        </p>
    }
}
