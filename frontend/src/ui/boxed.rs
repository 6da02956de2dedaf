//! Boxed closures and futures, which keep the page small.
//!
//! Leptos's generic code is compiled again for each closure's type, 1 to 3 KB each time. Boxed closures
//! share one type.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

/// A signal with a text.
pub(crate) fn text(text: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    let text: Box<dyn Fn() -> String + Send + Sync> = Box::new(text);
    Signal::derive(text)
}

/// A signal with a condition.
pub(crate) fn flag(flag: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    let flag: Box<dyn Fn() -> bool + Send + Sync> = Box::new(flag);
    Signal::derive(flag)
}

/// A view that is rebuilt whenever a signal that it reads changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// A view that is rebuilt whenever a signal that it reads changes.
pub(crate) fn part(part: impl FnMut() -> AnyView + Send + 'static) -> Part {
    Box::new(part)
}

/// As [`part`], for a view that may be absent.
pub(crate) fn maybe<V: IntoView + 'static>(part: impl Fn() -> Option<V> + Send + 'static) -> Part {
    Box::new(move || part().map_or_else(|| ().into_any(), |view| view.into_any()))
}

/// Runs now, and again whenever a signal that it reads changes.
pub(crate) fn effect(effect: impl FnMut() + 'static) {
    boxed_effect(Box::new(effect));
}

fn boxed_effect(mut effect: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| effect());
}

/// Runs a future on the browser's event loop.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    leptos::task::spawn_local(future);
}

/// A value computed from signals, which notifies its readers only when it differs.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    boxed_memo(Box::new(value))
}

fn boxed_memo<T: PartialEq + Send + Sync + 'static>(
    value: Box<dyn Fn() -> T + Send + Sync>,
) -> Memo<T> {
    // In a function that isn't generic over the closure, so that this closure has one type too.
    Memo::new(move |_| value())
}

/// A click handler.
pub(crate) fn click(mut action: impl FnMut() + 'static) -> Box<dyn FnMut(web_sys::MouseEvent)> {
    Box::new(move |_| action())
}
